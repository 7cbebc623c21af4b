"""An index in memory, for evaluations and tests."""

from collections.abc import AsyncIterator, Collection, Sequence

import numpy as np

from coach.domain.notes import Scope
from vectorstore.embedding import Vectors
from vectorstore.index import Entry


class MemoryIndex:
    """Vectors by id, with the home of each."""

    def __init__(self, dimension: int) -> None:
        self.held: dict[str, tuple[Entry, Vectors]] = {}
        self._dimension = dimension

    async def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        self.held.update({e.id: (e, v) for e, v in zip(entries, vectors, strict=True)})

    async def remove(self, ids: Sequence[str]) -> None:
        for passage_id in ids:
            self.held.pop(passage_id, None)

    async def vectors(self, scope: Scope) -> tuple[list[str], Vectors]:
        inside = {i: vector for i, (entry, vector) in self.held.items() if _is_in(entry, scope)}
        rows = np.array(list(inside.values()), dtype=np.float32).reshape(len(inside), self._dimension)
        return list(inside), rows

    async def entries(self, ids: Collection[str]) -> AsyncIterator[tuple[list[Entry], Vectors]]:
        there = [self.held[i] for i in self.held if i in ids]
        if there:
            yield [entry for entry, _ in there], np.array([vector for _, vector in there])

    async def nearest(self, wanted: Vectors, program_id: str, most: int) -> list[tuple[str, float]]:
        ids, held = await self.vectors(Scope(program_id))
        cosines = held @ wanted
        return [(ids[at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:most]]

    async def ids(self) -> set[str]:
        return set(self.held)

    async def count(self) -> int:
        return len(self.held)

    async def close(self) -> None:
        """Nothing to close."""


def _is_in(entry: Entry, scope: Scope) -> bool:
    if entry.home.program_id != scope.program_id:
        return False
    return entry.home.shared if scope.pairing_id is None else entry.home.pairing_id == scope.pairing_id
