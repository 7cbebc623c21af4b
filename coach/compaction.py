"""Files rid of what was erased: the index moved to a fresh generation, the database written anew.

Chroma keeps vectors and ids that were deleted, in the files of its graph and in its queue, and SQLite's
`secure_delete` leaves copies behind when the pages of an index are balanced. So the vectors that remain are
copied, without embedding anything, and the old generation's files are overwritten and removed.

That it is needed is told by traces in the records, each left in the transaction that erased. They are taken
away when it is done; whatever interrupts it leaves them, and one of the generations serving.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from coach.generations import Generations
from coach.ports import Transactions
from vectorstore.copying import copy, require_copied
from vectorstore.generation import Generation, Serving
from vectorstore.index import IndexStore

_log = logging.getLogger(__name__)

Recorded = Callable[[], Awaitable[set[str]]]


class Rewritable(Transactions, Protocol):
    async def rewrite(self) -> None:
        """Its files are written anew, without what was deleted."""


@dataclass
class Pace:
    """When to begin: soon, once for many erasures, and seldom where it takes long. All in seconds.

    `quiet` after the last erasure or `most` after the first; and not before `rest` times what the last one
    took has passed since it ended, but no longer than `longest_rest`.
    """

    quiet: float = 2.0
    most: float = 60.0
    rest: float = 9.0
    longest_rest: float = 840.0
    _seen: frozenset[str] = frozenset()
    _first: float = 0.0
    _last: float = 0.0
    _rested: float = field(default=float("-inf"))

    def is_due(self, at: float, traces: frozenset[str]) -> bool:
        if traces and not self._seen:
            self._first = at
        if traces - self._seen:
            self._last = at
        self._seen = traces
        calm = at - self._last >= self.quiet or at - self._first >= self.most
        return bool(traces) and calm and at >= self._rested

    def ended(self, at: float, took: float) -> None:
        """It was done or failed."""
        self._rested = at + min(self.rest * took, self.longest_rest)
        self._seen = frozenset()


class Compaction:
    """`grace`: seconds in which another process may still use the old generation of a shared store."""

    def __init__(
        self,
        records: Rewritable,
        generations: Generations,
        store: IndexStore,
        serving: Serving,
        recorded: Recorded,
        *,
        pace: Pace | None = None,
        grace: float = 0.0,
    ) -> None:
        self._records = records
        self._generations = generations
        self._store = store
        self._serving = serving
        self._recorded = recorded
        self._pace = pace or Pace()
        self._grace = grace

    async def traces(self) -> frozenset[str]:
        """One for each erasure that a file may still hold."""
        async with self._records.reading() as records:
            return await records.traces.left()

    async def is_due(self) -> bool:
        return self._pace.is_due(_now(), await self.traces())

    async def run(self, is_building: Callable[[], bool]) -> bool:
        """Whether it was done and another generation serves now.

        Not while one `is_building`: it may hold what was erased since it began. One that begins later does
        not hold what these traces tell of.
        """
        traces, began = await self.traces(), _now()
        if not traces or is_building():
            return False
        try:
            await self._records.rewrite()
            moved = await self._move()
            if moved is None:
                return False
            async with self._records.writing() as records:
                await records.traces.cleared(traces)
        finally:
            self._pace.ended(_now(), _now() - began)
        _log.info("no file holds %d erasures any more; %d passages moved", len(traces), moved)
        return True

    async def _move(self) -> int | None:
        """How many passages were; None when another generation is to serve first.

        What is left of a try that was killed is swept like any other generation.
        """
        old = self._serving.now
        fresh = await self._generations.beside(old)
        if fresh is None:
            return None
        try:
            moved = await self._copied(old, fresh)
        except BaseException:
            await fresh.index.close()
            await self._store.drop(fresh.id)
            raise
        served = False
        try:
            served = await self._generations.serve_instead(fresh, old)
        finally:
            if not served:
                await fresh.index.close()
        if not served:
            return None
        await self._serving.switch(fresh, lambda: self._catch_up(old, fresh))
        await asyncio.sleep(self._grace)
        await self._store.drop(old.id)
        if old.id in await self._store.generations():
            raise RuntimeError("the old generation of the index could not be removed")
        return moved

    async def _copied(self, old: Generation, fresh: Generation) -> int:
        wanted = await self._recorded()
        moved = await copy(old.index, fresh.index, wanted)
        await require_copied(old.index, fresh.index, wanted)
        return moved

    async def _catch_up(self, old: Generation, fresh: Generation) -> None:
        """What was put into the old one while it was copied."""
        await copy(old.index, fresh.index, await self._recorded())


def _now() -> float:
    return asyncio.get_running_loop().time()
