"""Writers to SQLite wait for each other, and not for ever."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from coach.errors import NotReady
from coach.records.database import Database
from tests.fakes import NOW


async def test_writers_go_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    database, went = _database(tmp_path, patience=30), list[int]()

    async def write(n: int) -> None:
        async with database.writing():
            await asyncio.sleep(0.001)
            went.append(n)

    await asyncio.gather(*map(write, range(12)))
    await database.close()
    assert went == list(range(12))


async def test_who_waits_too_long_is_told_and_takes_no_turn(tmp_path: Path) -> None:
    database = _database(tmp_path, patience=0.05)
    async with database.writing():
        with pytest.raises(NotReady, match="busy"):
            async with database.writing():
                pytest.fail("two write at once")
    async with database.writing():
        pass
    await database.close()


async def test_who_goes_away_while_waiting_takes_no_turn(tmp_path: Path) -> None:
    database = _database(tmp_path, patience=30)

    async def write() -> None:
        async with database.writing():
            pytest.fail("it went away")

    async with database.writing():
        waiting = asyncio.create_task(write())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with database.writing():
        pass
    await database.close()


def _database(folder: Path, patience: float) -> Database:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/records.db")
    return Database(engine, lambda: NOW, patience)
