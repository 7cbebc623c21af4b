"""Where vectors are kept: opaque ids, whose they are, and vectors, and never a word."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from coach.domain.notes import Home, Scope
from vectorstore.embedding import Embedder, Vectors
from vectorstore.passages import PASSAGE_FORMAT


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an index was built with; two that differ don't mix."""

    model: str
    dimension: int
    passage_format: str

    @classmethod
    def of(cls, embedder: Embedder) -> "Fingerprint":
        return cls(embedder.name, embedder.dimension, PASSAGE_FORMAT)


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage by its id, and whose it is."""

    id: str
    home: Home


class IndexUnusable(Exception):
    """A generation of the index can't be read; the records can fill another one."""


class IndexBuiltOtherwise(IndexUnusable):
    """It was built by another model or passage format."""

    def __init__(self, found: str, wanted: Fingerprint) -> None:
        super().__init__(f"the index was built with {found}, wanted is {wanted}")


class VectorIndex(Protocol):
    async def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Vectors of shape (n, dimension), one for each entry; an id that is there is replaced."""

    async def remove(self, ids: Sequence[str]) -> None:
        """Ids that aren't there are passed over."""

    async def vectors(self, scope: Scope) -> tuple[list[str], Vectors]:
        """All that is in a scope: ids and shape (n, dimension)."""

    def entries(self, ids: Collection[str]) -> AsyncIterator[tuple[list[Entry], Vectors]]:
        """Those of the ids that are there, some hundred at a time, with their vectors (n, dimension)."""

    async def nearest(self, wanted: Vectors, program_id: str, most: int) -> list[tuple[str, float]]:
        """Of what a program's pairings share with it the nearest to a unit vector, found approximately.

        Ids and cosines, best first.
        """

    async def ids(self) -> set[str]: ...

    async def count(self) -> int: ...

    async def close(self) -> None: ...


class IndexStore(Protocol):
    """Holds generations of the index side by side, each under a name of its own."""

    async def open(self, generation: str, fingerprint: Fingerprint) -> VectorIndex:
        """That generation, empty where it was not there; IndexUnusable when it does not fit or is damaged."""

    def has_lost(self, generation: str) -> bool:
        """Whether what holds an opened generation has been taken away."""

    async def generations(self) -> set[str]: ...

    async def drop(self, generation: str) -> None:
        """Its files or collections are no more; a generation that isn't there is passed over."""
