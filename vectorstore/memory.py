"""An index in memory, for evaluations and tests."""

from collections.abc import Mapping, Sequence

import numpy as np

from vectorstore.embedding import Vectors
from vectorstore.index import Entry


class MemoryIndex:
    """Vectors by id, with the place of each."""

    def __init__(self, dimension: int) -> None:
        self.held: dict[str, tuple[Entry, Vectors]] = {}
        self._dimension = dimension

    async def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        self.held.update({e.id: (e, v) for e, v in zip(entries, vectors, strict=True)})

    async def remove(self, ids: Sequence[str]) -> None:
        for passage_id in ids:
            self.held.pop(passage_id, None)

    async def vectors(self, scope: Mapping[str, str]) -> tuple[list[str], Vectors]:
        inside = {
            i: vector
            for i, (entry, vector) in self.held.items()
            if {"pairing": entry.pairing_id, "program": entry.program_id}.items() >= scope.items()
        }
        rows = np.array(list(inside.values()), dtype=np.float32).reshape(len(inside), self._dimension)
        return list(inside), rows

    async def nearest(self, wanted: Vectors, scope: Mapping[str, str], most: int) -> list[tuple[str, float]]:
        ids, held = await self.vectors(scope)
        cosines = held @ wanted
        return [(ids[at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:most]]

    async def ids(self) -> set[str]:
        return set(self.held)

    async def count(self) -> int:
        return len(self.held)
