"""The packaged all-MiniLM-L6-v2 on onnxruntime: the same vectors, sooner there and quicker than torch."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import numpy as np

from vectorstore.embedding import Vectors, unit
from vectorstore.encoder import WINDOW, batches, encoder_session, packaged_tokenizer, states_of
from vectorstore.packaged_model import MINILM_DIMENSION, MINILM_NAME, packaged_weights

_SPECIAL_TOKENS = 2
_TEXTS_AT_ONCE = 256
_FEW = 4
_QUICK_THREADS = 2

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
            shared = list(batches([len(ids) for _, ids in parts], self._workers))
            summed = await asyncio.gather(
                *(
                    loop.run_in_executor(self._bulk, self._run, [parts[n][1] for n in batch])
                    for batch in shared
                )
            )
            for batch, states in zip(shared, summed, strict=True):
                np.add.at(vectors, [at + parts[n][0] for n in batch], states)
        return unit(vectors)

    def _parts(self, texts: Sequence[str]) -> list[Part]:
        """Each text's tokens in pieces that fit the window, with the text's place among `texts`."""
        pieces: list[Part] = []
        first, last = self._edges
        for place, told in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            within = WINDOW - _SPECIAL_TOKENS
            ids = told.ids
            pieces += [
                (place, [first, *ids[a : a + within], last]) for a in range(0, max(1, len(ids)), within)
            ]
        return pieces

    def _embed_quickly(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = np.zeros((len(texts), MINILM_DIMENSION), dtype=np.float32)
        parts = self._parts(texts)
        for batch in batches([len(ids) for _, ids in parts]):
            states = _mean_states(self._quick, [parts[n][1] for n in batch])
            np.add.at(vectors, [parts[n][0] for n in batch], states)
        return unit(vectors)

    def _run(self, tokens: Sequence[list[int]]) -> Vectors:
        return _mean_states(self._whole(), tokens)

    def _whole(self) -> Any:
        with self._making:
            if self._thorough is None:
                self._thorough = encoder_session(packaged_weights(), self._int8)
        return self._thorough

    def _load(self) -> None:
        if self._quick is not None:
            return
        tokenizer = packaged_tokenizer()
        first, last = tokenizer.encode("").ids
        self._edges = first, last
        self._tokenizer = tokenizer
        self._quick = encoder_session(packaged_weights(), self._int8, min(_QUICK_THREADS, self._workers))


def _mean_states(session: Any, tokens: Sequence[list[int]]) -> Vectors:
    """The unit mean of each piece's states."""
    states, mask = states_of(session, tokens)
    return unit(np.einsum("bld,bl->bd", states, mask.astype(np.float32)))
