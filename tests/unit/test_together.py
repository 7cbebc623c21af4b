"""Many askers, one run."""

import asyncio
from collections.abc import Sequence

import pytest

from coach.drafting.together import Together


class Running:
    """Runs that last until they are let go."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.may_end = asyncio.Event()

    async def __call__(self, asked: Sequence[int]) -> int:
        self.runs.append(list(asked))
        await self.may_end.wait()
        if 13 in asked:
            raise ValueError("thirteen")
        return len(self.runs)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_while_a_run_is_under_way_shares_the_next() -> None:
    running = Running()
    together = Together(running)
    first = asyncio.create_task(together.of(1))
    await settled()
    others = [asyncio.create_task(together.of(n)) for n in (2, 3)]
    await settled()
    assert running.runs == [[1]]
    running.may_end.set()
    assert [await first, *(await asyncio.gather(*others))] == [1, 2, 2]
    assert running.runs == [[1], [2, 3]]


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    running = Running()
    together = Together(running)
    gone, stays = asyncio.create_task(together.of(1)), asyncio.create_task(together.of(2))
    await settled()
    gone.cancel()
    await settled()
    running.may_end.set()
    assert await stays == 1
    assert running.runs == [[1, 2]]


async def test_an_exception_is_everybodys_of_that_run_and_of_no_other() -> None:
    running = Running()
    running.may_end.set()
    together = Together(running)
    told = await asyncio.gather(together.of(13), together.of(1), return_exceptions=True)
    assert [str(one) for one in told] == ["thirteen", "thirteen"]
    assert await together.of(2) == 2
    with pytest.raises(ValueError, match="thirteen"):
        await together.of(13)
