"""Rows into domain values and back."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Column, Executable, Select, Table, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
Row = dict[str, Any]

CHUNK = 500


class Room:
    """What every kind of record needs: one row, many rows, inserts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def one(self, query: Executable) -> Row | None:
        found = (await self.connection.execute(query)).mappings().one_or_none()
        return dict(found) if found is not None else None

    async def many(self, query: Executable, given: Mapping[str, Any] | None = None) -> list[Row]:
        """`given`: values of a query that is kept with their places left open."""
        return [dict(row) for row in (await self.connection.execute(query, given)).mappings()]

    async def many_in(self, query: Select[Any], column: Any, values: Iterable[str]) -> list[Row]:
        """Rows whose column is among the values, asked for in chunks that any database accepts."""
        wanted = list(values)
        rows: list[Row] = []
        for at in range(0, len(wanted), CHUNK):
            rows += await self.many(query.where(column.in_(wanted[at : at + CHUNK])))
        return rows

    async def save(self, table: Table, value: object) -> None:
        """Into the row with the value's id."""
        held = record_of(table, value)
        await self.connection.execute(update(table).where(table.c.id == held["id"]).values(held))

    async def remove(self, column: Column[str], values: Iterable[str]) -> int:
        """Delete the rows whose column is among the values; how many there were."""
        wanted, removed = list(values), 0
        for at in range(0, len(wanted), CHUNK):
            gone = delete(column.table).where(column.in_(wanted[at : at + CHUNK]))
            removed += (await self.connection.execute(gone)).rowcount
        return removed

    async def add(self, table: Table, values: Iterable[object]) -> None:
        rows = [record_of(table, value) for value in values]
        if rows:
            await self.connection.execute(insert(table), rows)


def record_of(table: Table, value: object) -> dict[str, Any]:
    """The columns of `table` that a dataclass or mapping holds."""
    held = value if isinstance(value, Mapping) else {f.name: getattr(value, f.name) for f in fields(value)}  # type: ignore[arg-type]
    return {name: plain(held[name]) for name in (column.name for column in table.columns) if name in held}


def plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def into(kind: type[T], row: Mapping[str, Any], /, **converters: Any) -> T:
    """A domain value from the row's columns of the same names; converters change single fields."""
    names = _names(cast(Hashable, kind))
    values = {name: row[name] for name in names if name in row}
    for name, convert in converters.items():
        if name not in row or row[name] is not None:
            values[name] = convert(row[name]) if name in row else convert
    return kind(**values)


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))  # type: ignore[arg-type]
