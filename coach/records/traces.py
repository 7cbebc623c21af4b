"""Erasures whose bytes may still be in a file: an index that held the vectors, a page of the database."""

from collections.abc import Iterable

from sqlalchemy import select

from coach.domain.ids import new_id
from coach.records import tables as t
from coach.records.rows import Room


class TraceRecords(Room):
    """One row for each erasure, left in its transaction and taken away when no file holds it any more."""

    async def leave(self) -> None:
        await self.add(t.traces, [{"id": new_id()}])

    async def left(self) -> frozenset[str]:
        return frozenset(row["id"] for row in await self.many(select(t.traces.c.id)))

    async def cleared(self, ids: Iterable[str]) -> None:
        await self.remove(t.traces.c.id, ids)
