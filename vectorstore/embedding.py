"""Texts into vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """`name` tells one model's vectors from another's; `embed` gives shape (n, dimension), unit length.

    A text longer than the model's window is embedded whole, in parts whose vectors are averaged.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def load(self) -> None:
        """Make the model ready, so that the next call is quick."""

    async def embed(self, texts: Sequence[str]) -> Vectors: ...


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return scaled
