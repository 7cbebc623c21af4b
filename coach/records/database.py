"""Connections and transactions.

On SQLite: write-ahead log, every commit synced to the disk, foreign keys on, and each writing
transaction takes its lock at the start, so that it waits rather than fails half-way. What is deleted is
overwritten, and nothing is sorted or kept in temporary files.

On PostgreSQL the same order holds: one writes at a time, whatever process it is in, and who reads sees
what was there when they began.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from socket import gaierror
from typing import Any

from sqlalchemy import Connection, event, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from coach.errors import NotReady
from coach.ports import Clock
from coach.records.audit import Done
from coach.records.one_visit import OneVisit
from coach.records.records import Records
from coach.records.trail import Trail

_log = logging.getLogger(__name__)
_FORGET_MILLISECONDS = 500
_BUSY_SECONDS = 30
_SERIAL = 0x636F756E74657270
_LOCK_NOT_AVAILABLE = "55P03"
# Connections lost, no room for more, and a server that is stopping.
_AWAY = ("08", "53", "57")
_BUSY = "the database is busy or can't be written now; try again in a moment"
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
)


class Database:
    """`reading()` and `writing()` give Records inside one transaction; writing commits at its end.

    What one writes may rest on what it read, so that one writes at a time; the others wait in turn.

    What is audited while reading is written soon after the transaction ended without an error.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock, patience: float = _BUSY_SECONDS) -> None:
        """`patience`: seconds that a writer waits for its turn."""
        self.engine = engine
        self._patience = patience
        self.trail = Trail(self._append)
        self._clock = clock
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Records]:
        seen: list[Done] = []
        with _told_as_not_ready():
            async with self.engine.connect() as connection:
                if self._is_server:
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                yield Records(connection, self._clock, seen)
        self.trail.take(seen)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Records]:
        with _told_as_not_ready():
            async with self._in_turn(), self.engine.connect() as connection:
                await connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")
                async with connection.begin():
                    if self._is_server:
                        await self._alone(connection)
                    yield Records(connection, self._clock)

    async def _alone(self, connection: AsyncConnection) -> None:
        """To the end of the transaction, among all processes that write to the server's database."""
        wait = f"SET LOCAL lock_timeout = {round(self._patience * 1000)}"
        await connection.execute(text(wait))
        await connection.execute(select(func.pg_advisory_xact_lock(_SERIAL)))
        await connection.execute(text("SET LOCAL lock_timeout = 0"))

    @property
    def _is_server(self) -> bool:
        return self.engine.dialect.name != "sqlite"

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            _log.error("another has been writing for %g s", self._patience)
            raise NotReady(_BUSY) from None
        try:
            yield
        finally:
            self._turn.release()

    async def _append(self, seen: Sequence[Done]) -> None:
        async with self.writing() as records:
            await records.audit.append(seen)

    async def forget(self) -> bool:
        """Empty SQLite's write-ahead log, which still holds what was just erased.

        False when another process is reading, so that it has to be tried again.
        """
        if self._is_server:
            return True
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            assert driver is not None
            await driver.execute(f"PRAGMA busy_timeout={_FORGET_MILLISECONDS}")
            try:
                async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as told:
                    busy, _, _ = await told.fetchone()
            finally:
                await driver.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
        return not busy

    async def rewrite(self) -> None:
        """Write SQLite's file anew from what is there: `secure_delete` misses copies in balanced pages.

        It takes as much memory as the file is large; nobody can write meanwhile. Elsewhere nothing.
        """
        if self._is_server:
            return
        with _told_as_not_ready():
            async with self.engine.connect() as connection:
                raw = await connection.get_raw_connection()
                assert raw.driver_connection is not None
                await raw.driver_connection.execute("VACUUM")
        await self.forget()

    async def ping(self) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.trail.stop()
        await self.engine.dispose()


@contextmanager
def _told_as_not_ready() -> Iterator[None]:
    """A database that is busy, full or away is told as NotReady, with nothing of what was written."""
    try:
        yield
    except (DBAPIError, NoConnection, sqlite3.OperationalError, ConnectionError, gaierror) as error:
        if isinstance(error, DBAPIError) and not _is_away(error):
            raise
        _log.error("the database does not answer: %s", getattr(error, "orig", None) or error)
        raise NotReady(_BUSY) from None


def _is_away(error: DBAPIError) -> bool:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    lost = error.connection_invalidated or state == _LOCK_NOT_AVAILABLE or state.startswith(_AWAY)
    return lost or isinstance(error, OperationalError)


def open_database(url: str, clock: Clock) -> Database:
    """A database at a SQLAlchemy URL with an asynchronous driver; nothing is opened before first use.

    Its driver for SQLite may log no more than warnings: at DEBUG it logs what is written, notes among it.
    """
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
    engine = create_async_engine(url, hide_parameters=True, **_engine_options(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _configure_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return Database(engine, clock)


def _engine_options(url: str) -> dict[str, Any]:
    if make_url(url).get_backend_name() == "sqlite":
        return {
            "module": OneVisit(),
            "connect_args": {"timeout": _BUSY_SECONDS},
            "pool_size": 8,
            "max_overflow": 24,
        }
    return {"pool_pre_ping": True}


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
