"""Every table that refers to what can be erased is erased with it, those that are added later too."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, Table, func, insert, select
from sqlalchemy.types import JSON, BigInteger, TypeEngine

from coach.records import tables as t
from coach.records.database import Database, open_database
from coach.records.erasure import EMPTIED, reached_from
from tests.fakes import NOW

NO_KEYS = {
    "serving_index.generation",
    "audit.place_id",
    "audit_concerns.note_id",
    "disclosures.request_id",
    "disclosures.program_id",
    "release_carriers.theme_id",
}
"""Columns that hold an id of something that is not in the records, or need not be there any more."""

_OUTSIDE = {"serving_index", "traces"}
"""Tables that hold nothing of any program."""

_AUDIT = {"audit", "audit_concerns"}
_RELEASES = {"release_carriers", "release_marks"}
_BESIDE = {
    "notes": _RELEASES,
    "pairings": set[str](),
    "participants": {"audit_concerns", *_RELEASES},
    "programs": _AUDIT,
}
"""Where rows go, too, uncounted: the database takes them out of the audit, and numbers lose a pairing."""

_VALUES: list[tuple[type[TypeEngine[Any]], Any]] = [
    (t.UtcDateTime, datetime(2027, 3, 1, tzinfo=UTC)),
    (DateTime, datetime(2027, 3, 1, tzinfo=UTC)),
    (Date, date(2027, 3, 1)),
    (JSON, []),
    (LargeBinary, b"x"),
    (Boolean, True),
    (BigInteger, 1),
    (Integer, 1),
]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite+aiosqlite:///{tmp_path / 'counterpart.db'}", lambda: NOW)
    async with opened.engine.begin() as connection:
        await connection.run_sync(t.metadata.create_all)
    yield opened
    await opened.close()


def test_an_id_of_something_else_is_a_foreign_key() -> None:
    """Without one, a table would not be erased, and nothing would tell."""
    loose = [
        f"{table.name}.{column.name}"
        for table in t.metadata.sorted_tables
        for column in table.columns
        if (column.name.endswith("_id") or column.name in ("asked_by", "generation"))
        and not column.foreign_keys
    ]
    assert set(loose) <= NO_KEYS


def test_a_programs_erasing_reaches_every_table_but_those_that_hold_nothing_of_it() -> None:
    assert {table.name for table in reached_from(t.programs)} == t.metadata.tables.keys() - _OUTSIDE


@pytest.mark.parametrize("what", ["notes", "participants", "pairings", "programs"])
async def test_no_row_refers_to_what_was_erased(database: Database, what: str) -> None:
    """With a row of two programs in each table."""
    async with database.writing() as records:
        for number in ("1", "2"):
            for table in t.metadata.sorted_tables:
                await records.erasure.connection.execute(insert(table).values(_row(table, number)))
    async with database.writing() as records:
        before = await _counts(records.erasure.connection)
        erased = await _erase(records.erasure, what)
        after = await _counts(records.erasure.connection)
    assert erased.rows[what] == 1
    gone = {name: before[name] - after[name] for name in before if name != "traces"}
    beside = _BESIDE[what]
    assert {name: gone[name] for name in gone if name not in beside} == {
        name: erased.rows[name] for name in gone if name not in beside
    }
    assert {name for name in beside if gone[name]} == beside
    reached = {table.name for table in reached_from(t.metadata.tables[what])} - _AUDIT
    assert {name for name, rows in erased.rows.items() if rows} == reached
    assert after["traces"] > before["traces"]
    assert bool(erased.passage_ids) == ("passages" in reached)


async def test_goals_and_actions_stay_without_their_owner(database: Database) -> None:
    async with database.writing() as records:
        for table in t.metadata.sorted_tables:
            await records.erasure.connection.execute(insert(table).values(_row(table, "1")))
        await records.erasure.participant("1")
        for column in EMPTIED:
            assert (await records.erasure.connection.execute(select(column))).scalars().all() == [None]


async def _erase(erasure: Any, what: str) -> Any:
    if what == "notes":
        return await erasure.notes(["1"])
    return await getattr(erasure, what.removesuffix("s"))("1")


async def _counts(connection: Any) -> dict[str, int]:
    tables = t.metadata.sorted_tables
    return {
        table.name: (await connection.execute(select(func.count()).select_from(table))).scalar()
        for table in tables
    }


def _row(table: Table, number: str) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: str) -> Any:
    if column.primary_key or column.foreign_keys or column.unique:
        if isinstance(column.type, Integer):
            return int(number)
        plain = next((value for kind, value in _VALUES if isinstance(column.type, kind)), None)
        return number if plain is None else plain
    return next((value for kind, value in _VALUES if isinstance(column.type, kind)), "word")
