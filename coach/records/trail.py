"""What was seen on its way into the audit: together, within a second, and not at the reader's expense.

A look at a note waits for no writer: not for an import that holds the database, nor for the disk.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from coach.errors import NotReady
from coach.records.audit import Done

_log = logging.getLogger(__name__)
_SECONDS = 1.0
_MOST = 10_000


class Trail:
    """A crash loses at most what was seen within the last second, a stop nothing.

    When what waits can't be written, and too much waits, nothing more is shown.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Done]], Awaitable[None]],
        seconds: float = _SECONDS,
        most: int = _MOST,
    ) -> None:
        self._write = write
        self._seconds = seconds
        self._most = most
        self._waiting: list[Done] = []
        self._lock = asyncio.Lock()
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def take(self, seen: Sequence[Done]) -> None:
        """To be called before what was seen is shown; NotReady when it must not be."""
        if not seen:
            return
        if len(self._waiting) + len(seen) > self._most:
            raise NotReady("what is shown can't be put on record now; mend the database, or try again soon")
        self._waiting += seen
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_writing())

    async def settle(self) -> None:
        """Write what waits, now."""
        async with self._lock:
            seen, self._waiting = self._waiting, []
            if not seen:
                return
            try:
                await self._write(seen)
            except BaseException:
                self._waiting = [*seen, *self._waiting]
                raise

    async def stop(self) -> None:
        """Write what waits, and no more after that."""
        self._hurry.set()
        if self._task is not None:
            await self._task
        await self.settle()

    async def _keep_writing(self) -> None:
        while self._waiting:
            try:
                async with asyncio.timeout(self._seconds):
                    await self._hurry.wait()
            except TimeoutError:
                pass
            try:
                await self.settle()
            except Exception:
                _log.exception("%d entries of the audit could not be written yet", len(self._waiting))
                if self._hurry.is_set():
                    return
