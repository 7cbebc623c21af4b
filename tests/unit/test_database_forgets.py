"""SQLite's file holds nothing of deleted rows once it is written anew."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from coach.records.database import open_database
from coach.records.migrate import migrate
from tests.fakes import NOW

_CHANGES = 6_000
_MARK = re.compile(rb"MARK\d{7}\.")


def _churned(connection: sqlite3.Connection, chance: Random) -> Iterator[bytes]:
    """Rows of many sizes come and go, so that pages are balanced time and again; those that stay."""
    connection.execute("CREATE TABLE churned (owner TEXT, key TEXT, PRIMARY KEY (owner, key))")
    live = list[str]()
    for change in range(_CHANGES):
        if live and chance.random() < (0.2, 0.5)[change // 1500 % 2]:
            key = live.pop(chance.randrange(len(live)))
            connection.execute("DELETE FROM churned WHERE key = ?", (key,))
        else:
            key = f"{chance.getrandbits(16):04x}MARK{change:07d}." + "x" * chance.choice([0, 5, 30, 200])
            live.append(key)
            connection.execute("INSERT INTO churned VALUES (?, ?)", (f"{chance.getrandbits(128):032x}", key))
    yield from (key[4:16].encode() for key in live)


async def test_no_copy_of_a_deleted_key_is_left_in_a_page(tmp_path: Path) -> None:
    """`secure_delete` alone leaves some, in the SQLite of this writing."""
    file = tmp_path / "counterpart.db"
    database = open_database(f"sqlite+aiosqlite:///{file}", lambda: NOW)
    await migrate(database)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=OFF")
        live = set(_churned(connection, Random(1)))
    assert await database.forget()
    await database.rewrite()
    assert set(_MARK.findall(file.read_bytes())) == live
    assert not (tmp_path / "counterpart.db-wal").read_bytes()
    await database.close()


async def test_nothing_is_sorted_in_temporary_files(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'counterpart.db'}", lambda: NOW)
    async with database.reading() as records:
        kept = await records.erasure.connection.exec_driver_sql("PRAGMA temp_store")
        assert kept.scalar() == 2
    await database.close()
