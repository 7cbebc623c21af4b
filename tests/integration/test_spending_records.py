"""What the model took in the records: sums that many may add to, and that go with their program."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select

from coach.domain.people import Program
from coach.domain.spending import Spent, Taken
from coach.domain.suggestions import Kind
from coach.errors import NotReady
from coach.records import tables as t
from coach.records.database import Database
from coach.settings import Settings
from coach.wiring import open_records
from tests.fakes import NOW

_DAY = date(2027, 3, 10)
_ONE = Spent(
    program_id="p",
    day=_DAY,
    kind=Kind.ASK,
    model="small",
    requests=1,
    prompt_tokens=100,
    completion_tokens=10,
    kept_answers=2,
    cost=3_000_000_000,
)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = await open_records(settings)
    async with opened.writing() as records:
        for name in ("p", "q"):
            await records.people.add_program(Program(name, name, (), None, 5, NOW))
    yield opened
    await opened.close()


async def book(database: Database, spent: Spent) -> None:
    async with database.writing() as records:
        await records.spending.book(spent)


async def of(database: Database, program: str, since: date = _DAY, until: date = _DAY) -> list[Spent]:
    async with database.reading() as records:
        return await records.spending.of_program(program, since, until)


async def test_many_bookings_at_once_add_up(database: Database) -> None:
    await asyncio.gather(*(book(database, _ONE) for _ in range(50)))
    summed: dict[str, Any] = {"requests": 50, "prompt_tokens": 5000, "completion_tokens": 500}
    assert await of(database, "p") == [replace(_ONE, **summed, kept_answers=100, cost=150_000_000_000)]


async def test_each_program_day_kind_and_model_has_its_own_sum(database: Database) -> None:
    others = [
        replace(_ONE, program_id="q"),
        replace(_ONE, day=date(2027, 3, 11)),
        replace(_ONE, kind=Kind.AGENDA),
        replace(_ONE, model="large"),
    ]
    for spent in (_ONE, *others):
        await book(database, spent)
    assert await of(database, "p") == [others[2], others[3], _ONE]
    assert await of(database, "p", _DAY, date(2027, 3, 11)) == [others[2], others[3], _ONE, others[1]]
    assert await of(database, "q") == [others[0]]
    async with database.reading() as records:
        assert (await records.spending.on_day("p", _DAY)).cost == 3 * _ONE.cost
        assert await records.spending.on_day("p", date(2027, 3, 12)) == Taken()


async def test_a_program_takes_its_sums_with_it(database: Database) -> None:
    await book(database, _ONE)
    await book(database, replace(_ONE, program_id="q"))
    async with database.engine.begin() as connection:
        await connection.execute(delete(t.programs).where(t.programs.c.id == "p"))
        kept = (await connection.execute(select(t.spending.c.program_id))).scalars().all()
    assert kept == ["q"]


async def test_a_booking_that_is_rolled_back_leaves_nothing(database: Database) -> None:
    with pytest.raises(NotReady):
        async with database.writing() as records:
            await records.spending.book(_ONE)
            raise NotReady("as this test asked")
    assert await of(database, "p") == []
