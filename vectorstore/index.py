"""Where vectors are kept: opaque ids, scopes and vectors, and never a word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

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
    """A passage's place: the ids of its pairing and program."""

    id: str
    pairing_id: str
    program_id: str


class IndexBuiltOtherwise(Exception):
    """The index on disk was built by another model or passage format."""

    def __init__(self, found: str, wanted: Fingerprint) -> None:
        super().__init__(
            f"the index was built with {found}, the settings ask for {wanted}; "
            "stop the service and run `counterpart reindex` to rebuild it from the records"
        )


class VectorIndex(Protocol):
    async def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Vectors of shape (n, dimension), one for each entry; an id that is there is replaced."""

    async def remove(self, ids: Sequence[str]) -> None:
        """Ids that aren't there are passed over."""

    async def vectors(self, scope: Mapping[str, str]) -> tuple[list[str], Vectors]:
        """All that is in a scope, `{"pairing": id}` or `{"program": id}`: ids and shape (n, dimension)."""

    async def nearest(self, wanted: Vectors, scope: Mapping[str, str], most: int) -> list[tuple[str, float]]:
        """The nearest of a scope to a unit vector, found approximately: ids and cosines, best first."""

    async def ids(self) -> set[str]: ...

    async def count(self) -> int: ...
