"""The embedder on sentence-transformers; the packaged all-MiniLM-L6-v2 unless told otherwise."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from vectorstore.embedding import Vectors, unit
from vectorstore.packaged_model import MINILM_DIMENSION, MINILM_NAME, ModelNotUsable, packaged_model

_SPECIAL_TOKENS = 2
_BATCH = 64


class SentenceTransformerEmbedder:
    """One model on one thread of its own; a bulk job lets queries in between its batches."""

    def __init__(self, model: str | None = None) -> None:
        """`model`: a path or hub name; None for the packaged all-MiniLM-L6-v2."""
        self._chosen = model
        self._model: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")

    @property
    def name(self) -> str:
        return self._chosen or MINILM_NAME

    @property
    def dimension(self) -> int:
        if self._chosen is None:
            return MINILM_DIMENSION
        return int(self._loaded().get_embedding_dimension())

    async def load(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._loaded)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        loop = asyncio.get_running_loop()
        by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        batches = [by_length[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
        vectors: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in batches:
            chosen = [texts[at] for at in batch]
            vectors[batch] = await loop.run_in_executor(self._thread, self._embed_batch, chosen)
        return vectors

    def _embed_batch(self, texts: Sequence[str]) -> Vectors:
        model = self._loaded()
        parts = [self._parts(text) for text in texts]
        flat = model.encode(
            [part for pieces in parts for part in pieces], batch_size=_BATCH, show_progress_bar=False
        )
        ends = np.cumsum([len(pieces) for pieces in parts])
        averages = [
            flat[end - len(pieces) : end].mean(axis=0) for end, pieces in zip(ends, parts, strict=True)
        ]
        return unit(np.stack(averages))

    def _parts(self, text: str) -> list[str]:
        """The text in pieces that fit the window; a token never takes less than one byte."""
        model = self._model
        window = model.max_seq_length - _SPECIAL_TOKENS
        if len(text.encode()) <= window:
            return [text]
        offsets = model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )["offset_mapping"]
        starts = [offsets[at][0] for at in range(0, len(offsets), window)] or [0]
        return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = _load(self._chosen)
        return self._model


def _load(chosen: str | None) -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    path = chosen or str(packaged_model())
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(path)
    except OSError as error:
        raise ModelNotUsable(
            f"the embedding model {path!r} can't be loaded here; "
            "name a folder that holds it, or none for the packaged one"
        ) from error
