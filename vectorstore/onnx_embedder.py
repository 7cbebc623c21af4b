"""The packaged all-MiniLM-L6-v2 on onnxruntime: the same vectors, sooner there and quicker than torch."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedding import Vectors, unit
from vectorstore.packaged_model import MINILM_DIMENSION, MINILM_NAME, packaged_folder, packaged_weights
from vectorstore.tokens import Tokens, no_vectors

_WINDOW = 256
_SPECIAL_TOKENS = 2
_TOKENS_AT_ONCE, _TOKENS_AT_LEAST = 1024, 128
_TEXTS_AT_ONCE = 256
_FEW = 4
_QUICK_THREADS, _SPIN_MICROSECONDS = 2, "100"

Part = tuple[int, list[int]]


class OnnxEmbedder:
    """Many texts run as whole batches, each on one core; a few, as of a query, on two and never behind them.

    The two ways have a session each, the one for many made when it is first needed.
    """

    dimension = MINILM_DIMENSION

    def __init__(self, int8: bool = False) -> None:
        """`int8`: a good deal quicker and a little less exact; its vectors don't mix with the others."""
        self._int8 = int8
        self._quick: Any = None
        self._thorough: Any = None
        self._making = Lock()
        self._tokenizer: Any = None
        self._edges = (0, 0)
        self._workers = os.cpu_count() or 1
        self._bulk = ThreadPoolExecutor(self._workers, thread_name_prefix="embedder")
        self._prompt = ThreadPoolExecutor(1, thread_name_prefix="query-embedder")

    @property
    def name(self) -> str:
        return f"{MINILM_NAME}/int8" if self._int8 else MINILM_NAME

    async def load(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._prompt, self._load)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        loop = asyncio.get_running_loop()
        if self._quick is None:
            await self.load()
        if len(texts) <= _FEW:
            return await loop.run_in_executor(self._prompt, self._embed_quickly, texts)
        vectors: Vectors = np.zeros((len(texts), MINILM_DIMENSION), dtype=np.float32)
        for at in range(0, len(texts), _TEXTS_AT_ONCE):
            chosen = texts[at : at + _TEXTS_AT_ONCE]
            parts = await loop.run_in_executor(self._bulk, self._parts, chosen)
            batches = list(_batches(parts, self._workers))
            summed = await asyncio.gather(
                *(
                    loop.run_in_executor(self._bulk, self._run, [parts[n][1] for n in batch])
                    for batch in batches
                )
            )
            for batch, states in zip(batches, summed, strict=True):
                np.add.at(vectors, [at + parts[n][0] for n in batch], states)
        return unit(vectors)

    async def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Each text's tokens as they are meant there; a token past the window is left out."""
        loop = asyncio.get_running_loop()
        if self._quick is None:
            await self.load()
        if len(texts) <= _FEW:
            return await loop.run_in_executor(self._prompt, self._tokens_of, lambda: self._quick, texts)
        tokens: list[Tokens] = []
        for at in range(0, len(texts), _TEXTS_AT_ONCE):
            chosen = texts[at : at + _TEXTS_AT_ONCE]
            tokens += await loop.run_in_executor(self._bulk, self._tokens_of, self._whole, chosen)
        return tokens

    def _tokens_of(self, session_of: Callable[[], Any], texts: Sequence[str]) -> list[Tokens]:
        within = _WINDOW - _SPECIAL_TOKENS
        first, last = self._edges
        told = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        parts = [(at, [first, *one.ids[:within], last]) for at, one in enumerate(told)]
        found = [Tokens(np.zeros((0, 2), dtype=np.int32), no_vectors(MINILM_DIMENSION))] * len(texts)
        for batch in _batches(parts, 1):
            states, _ = _states(session_of(), [parts[n][1] for n in batch])
            for row, n in enumerate(batch):
                places = np.array(told[n].offsets[:within], dtype=np.int32).reshape(-1, 2)
                found[n] = Tokens(places, unit(states[row, 1 : 1 + len(places)]))
        return found

    def _parts(self, texts: Sequence[str]) -> list[Part]:
        """Each text's tokens in pieces that fit the window, with the text's place among `texts`."""
        pieces: list[Part] = []
        first, last = self._edges
        for place, told in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            within = _WINDOW - _SPECIAL_TOKENS
            ids = told.ids
            pieces += [
                (place, [first, *ids[a : a + within], last]) for a in range(0, max(1, len(ids)), within)
            ]
        return pieces

    def _embed_quickly(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = np.zeros((len(texts), MINILM_DIMENSION), dtype=np.float32)
        parts = self._parts(texts)
        for batch in _batches(parts, 1):
            states = _mean_states(self._quick, [parts[n][1] for n in batch])
            np.add.at(vectors, [parts[n][0] for n in batch], states)
        return unit(vectors)

    def _run(self, tokens: Sequence[list[int]]) -> Vectors:
        return _mean_states(self._whole(), tokens)

    def _whole(self) -> Any:
        with self._making:
            if self._thorough is None:
                self._thorough = encoder_session(self._int8)
        return self._thorough

    def _load(self) -> None:
        if self._quick is not None:
            return
        from tokenizers import Tokenizer

        folder = packaged_folder()
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        first, last = tokenizer.encode("").ids
        self._edges = first, last
        self._tokenizer = tokenizer
        self._quick = encoder_session(self._int8, min(_QUICK_THREADS, self._workers))


def encoder_session(int8: bool = False, threads: int = 1) -> Any:
    """An onnxruntime session on the packaged weights: int32 `ids` and `mask` in, states out.

    `threads` is what one run uses; 0 leaves it to onnxruntime.
    """
    import onnxruntime

    from vectorstore.bert_graph import bert_graph, written_graph

    graph = bert_graph(packaged_weights(), int8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.spin_duration_us", _SPIN_MICROSECONDS)
    options.add_external_initializers(
        list(graph.weights),
        [onnxruntime.OrtValue.ortvalue_from_numpy(values) for values in graph.weights.values()],
    )
    model = written_graph(int8).read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _mean_states(session: Any, tokens: Sequence[list[int]]) -> Vectors:
    """The unit mean of each piece's states."""
    states, mask = _states(session, tokens)
    return unit(np.einsum("bld,bl->bd", states, mask.astype(np.float32)))


def _states(session: Any, tokens: Sequence[list[int]]) -> tuple[Vectors, NDArray[np.int32]]:
    """Each piece's states, shape (pieces, longest, dimension), and which of them are its own."""
    ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int32)
    mask = np.zeros_like(ids)
    for row, told in enumerate(tokens):
        ids[row, : len(told)] = told
        mask[row, : len(told)] = 1
    (states,) = session.run(None, {"ids": ids, "mask": mask})
    return states, mask


def _batches(parts: Sequence[Part], workers: int) -> Iterator[list[int]]:
    """Positions of parts of like length, so that little is padded, and enough batches for every worker."""
    every = sum(len(tokens) for _, tokens in parts)
    most = min(_TOKENS_AT_ONCE, max(_TOKENS_AT_LEAST, every // workers))
    batch: list[int] = []
    for at in sorted(range(len(parts)), key=lambda n: len(parts[n][1])):
        if batch and (len(batch) + 1) * len(parts[at][1]) > most:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch
