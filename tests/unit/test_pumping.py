"""Streams that can be left at any moment."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest

from coach.drafting.pumping import pumped


class Source:
    """Gives numbers up to `count`, then waits for ever; knows whether it was ended from within."""

    def __init__(self, count: int) -> None:
        self.given = 0
        self.ended_by: type[BaseException] | None = None
        self._count = count

    async def numbers(self) -> AsyncIterator[int]:
        try:
            while self.given < self._count:
                self.given += 1
                yield self.given
            await asyncio.Event().wait()
        except BaseException as error:
            self.ended_by = type(error)
            raise


async def some(*numbers: int, then: Exception | None = None) -> AsyncIterator[int]:
    for number in numbers:
        yield number
    if then is not None:
        raise then


async def test_all_that_a_source_gives_comes_in_its_order() -> None:
    async with pumped(some(1, 2, 3)) as numbers:
        assert [number async for number in numbers] == [1, 2, 3]


async def test_a_source_that_gives_nothing_ends() -> None:
    async with pumped(some()) as numbers:
        assert [number async for number in numbers] == []


async def test_an_error_comes_through_after_what_was_given_before_it() -> None:
    got = []
    with pytest.raises(ValueError, match="broken"):
        async with pumped(some(1, 2, then=ValueError("broken"))) as numbers:
            async for number in numbers:
                got.append(number)
    assert got == [1, 2]


async def test_a_source_that_is_left_half_read_is_cancelled_before_one_goes_on() -> None:
    source = Source(3)
    async with pumped(source.numbers()) as numbers:
        async for number in numbers:
            if number == 3:
                break
        await asyncio.sleep(0)
        assert source.ended_by is None
    assert source.ended_by is asyncio.CancelledError


async def test_a_source_is_cancelled_when_its_reader_fails() -> None:
    source = Source(1)
    with pytest.raises(LookupError):
        async with pumped(source.numbers()) as numbers:
            async for _ in numbers:
                raise LookupError
    assert source.ended_by is asyncio.CancelledError


async def test_a_source_is_cancelled_when_its_reader_is() -> None:
    source, reading = Source(1), asyncio.Event()

    async def read() -> None:
        async with pumped(source.numbers()) as numbers:
            async for _ in numbers:
                reading.set()

    task = asyncio.create_task(read())
    await reading.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.ended_by is asyncio.CancelledError


async def test_a_generator_that_pumps_ends_its_source_when_it_is_closed() -> None:
    source = Source(2)

    async def told() -> AsyncGenerator[int]:
        async with pumped(source.numbers()) as numbers:
            async for number in numbers:
                yield number

    async with aclosing(told()) as numbers:
        assert await anext(numbers) == 1
    assert source.ended_by is asyncio.CancelledError


async def test_an_error_of_a_source_that_nobody_reads_any_more_is_not_raised() -> None:
    async with pumped(some(1, then=ValueError("late"))) as numbers:
        assert await anext(numbers) == 1
        await asyncio.sleep(0)
