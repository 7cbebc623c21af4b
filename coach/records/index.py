"""Which generation of the index serves: one row."""

from sqlalchemy import delete, select

from coach.domain.index import ServingIndex
from coach.records import tables as t
from coach.records.rows import Room, into


class IndexRecords(Room):
    async def serving(self) -> ServingIndex | None:
        row = await self.one(select(t.serving_index))
        return into(ServingIndex, row) if row else None

    async def serve(self, index: ServingIndex) -> None:
        """From now on that one, in the place of any other."""
        await self.connection.execute(delete(t.serving_index))
        await self.add(t.serving_index, [index])
