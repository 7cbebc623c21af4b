"""Connections and transactions.

On SQLite: write-ahead log, every commit synced to the disk, foreign keys on, and each writing
transaction takes its lock at the start, so that it waits rather than fails half-way.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from coach.records.records import Records

_BUSY_SECONDS = 30


class Database:
    """`reading()` and `writing()` give Records inside one transaction; writing commits at its end."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Records]:
        async with self.engine.connect() as connection:
            yield Records(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Records]:
        async with self.engine.connect() as connection:
            await connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")
            async with connection.begin():
                yield Records(connection)

    async def forget(self) -> None:
        """Empty SQLite's write-ahead log, which still holds what was just erased."""
        if self.engine.dialect.name != "sqlite":
            return
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def ping(self) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def open_database(url: str) -> Database:
    """A database at a SQLAlchemy URL with an asynchronous driver; nothing is opened before first use."""
    engine = create_async_engine(url, **_engine_options(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _configure_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return Database(engine)


def _engine_options(url: str) -> dict[str, Any]:
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": _BUSY_SECONDS}, "pool_size": 8, "max_overflow": 24}
    return {"pool_pre_ping": True}


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
