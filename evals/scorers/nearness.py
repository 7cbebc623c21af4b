"""How near texts are to each other in meaning."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedding import Embedder

Cosines = NDArray[np.float32]


class Nearness(Protocol):
    async def cosines(self, ones: Sequence[str], others: Sequence[str]) -> Cosines:
        """Shape (len(ones), len(others)), each from -1 to 1."""


class EmbeddedNearness:
    """By the product's embedder, whose vectors have length 1."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def cosines(self, ones: Sequence[str], others: Sequence[str]) -> Cosines:
        first, second = await self._embedder.embed(list(ones)), await self._embedder.embed(list(others))
        return np.asarray(first @ second.T, dtype=np.float32)
