"""Texts into vectors."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """`name` tells one model's vectors from another's; `embed` gives shape (n, dimension), unit length.

    A text longer than the model's window is embedded whole, in parts whose vectors are averaged. A model
    elsewhere raises NoVectors when it can't be asked, and gives a zero row for a text that it refuses.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def load(self) -> None:
        """Make the model ready, so that the next call is quick."""

    async def embed(self, texts: Sequence[str]) -> Vectors: ...


@runtime_checkable
class Probed(Protocol):
    """An embedder whose name another model may take: its vector of one fixed text tells them apart.

    Its `dimension` is known once it was probed, or was told what to expect.
    """

    async def probed(self) -> bytes:
        """The vector of the fixed text, as `expect` takes it; NoVectors when there is none to be had."""

    def expect(self, probe: bytes) -> None:
        """NoVectors from now on unless the model gives this vector, but for its last digits."""


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return scaled
