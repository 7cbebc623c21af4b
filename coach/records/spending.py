"""What programs took from the language model: sums by day, kind and model; no person and no word."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from coach.domain.spending import Spent, Taken
from coach.domain.suggestions import Kind
from coach.records import tables as t
from coach.records.rows import Room, into, record_of

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_KEY = [column for column in t.spending.columns if column.primary_key]
_SUMS = [column for column in t.spending.columns if not column.primary_key]


class SpendingRecords(Room):
    async def book(self, spent: Spent) -> None:
        """Added to what the same program took that day for the same kind from the same model."""
        row = _INSERT[self.connection.dialect.name](t.spending).values(record_of(t.spending, spent))
        sums = {column.name: column + row.excluded[column.name] for column in _SUMS}
        await self.connection.execute(row.on_conflict_do_update(index_elements=_KEY, set_=sums))

    async def on_day(self, program_id: str, day: date) -> Taken:
        c = t.spending.c
        query = select(*(func.coalesce(func.sum(s), 0).label(s.name) for s in _SUMS))
        row = await self.one(query.where(c.program_id == program_id, c.day == day))
        return Taken(**{name: int(value) for name, value in (row or {}).items()})

    async def of_program(self, program_id: str, since: date, until: date) -> list[Spent]:
        """Both days included, by day, kind and model."""
        c = t.spending.c
        query = select(t.spending).where(c.program_id == program_id, c.day.between(since, until))
        return [
            into(Spent, row, kind=Kind) for row in await self.many(query.order_by(c.day, c.kind, c.model))
        ]
