"""Streams that can be left at any moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Given = TypeVar("Given")
_AGAIN = 0.05


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


class _Pump(Generic[Given]):
    def __init__(self, source: AsyncIterator[Given]) -> None:
        self._source = source
        self._given: asyncio.Queue[Given | _End] = asyncio.Queue()

    async def run(self) -> None:
        try:
            async for one in self._source:
                self._given.put_nowait(one)
        except Exception as error:
            self._given.put_nowait(_End(error))
        else:
            self._given.put_nowait(_End())

    async def __aiter__(self) -> AsyncIterator[Given]:
        while not isinstance(one := await self._given.get(), _End):
            yield one
        if one.error is not None:
            raise one.error


@asynccontextmanager
async def pumped(source: AsyncIterator[Given]) -> AsyncIterator[AsyncIterator[Given]]:
    """What a source gives, read in a task of its own, which is cancelled when nobody wants more.

    Clients nest generators that don't close each other: left half read, they end when they are collected,
    and in the wrong order; cancelled while they wait, they end from within. Some swallow a cancellation
    that comes along with a piece, and are cancelled again.
    """
    pump = _Pump(source)
    reading = asyncio.create_task(pump.run())
    try:
        yield aiter(pump)
    finally:
        while not reading.done():
            reading.cancel()
            await asyncio.wait([reading], timeout=_AGAIN)
