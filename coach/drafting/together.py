"""One run for all who ask at the same time, to its end whoever of them goes away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Batch(Generic[Asked, Result]):
    asked: list[Asked]
    task: "asyncio.Task[Result]"


class Together(Generic[Asked, Result]):
    """A run begins when the one before has ended; what is asked after it began waits for the next."""

    def __init__(self, run: Callable[[Sequence[Asked]], Awaitable[Result]]) -> None:
        self._run = run
        self._next: _Batch[Asked, Result] | None = None
        self._turn = asyncio.Lock()

    async def of(self, asked: Asked) -> Result:
        """The result of the run for this and the others, or its exception."""
        if self._next is None:
            task = asyncio.create_task(self._in_turn())
            task.add_done_callback(_seen)
            self._next = _Batch([], task)
        self._next.asked.append(asked)
        return await asyncio.shield(self._next.task)

    async def _in_turn(self) -> Result:
        async with self._turn:
            batch, self._next = self._next, None
            assert batch is not None
            return await self._run(batch.asked)


def _seen(task: "asyncio.Task[Result]") -> None:
    """Nobody may be left to be told of an exception."""
    if not task.cancelled():
        task.exception()
