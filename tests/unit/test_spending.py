"""What the model takes: prices, estimates, limits, and what is held for requests under way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from coach.domain.spending import Limits, Prices, Spent, Taken, by_key, in_millionths, in_units, total
from coach.domain.suggestions import Kind, Usage
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.spending import Spending, settled
from coach.ports import Records
from tests.fakes import NOW, Accounts

_PRICES = Prices(Decimal("0.25"), Decimal("2"), "EUR")
_ANSWER = 2_000


@dataclass
class Metered:
    usage: Usage = field(default_factory=Usage)
    requests: int = 0
    read: int = 0
    said: int = 0

    def answered(self, prompt: int, completion: int) -> None:
        self.requests, self.usage = self.requests + 1, Usage(prompt, completion)


class Day:
    """A clock that is moved by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def spending(
    accounts: Accounts, limits: Limits | None = None, prices: Prices = _PRICES, clock: Day | None = None
) -> Spending:
    return Spending(accounts, prices, limits or Limits(), "small", clock or Day())


async def asked(held: Spending, prompt: int, completion: int, program: str = "p") -> Usage:
    """The usage that was booked for a request that took so many tokens."""
    metered = Metered()
    async with held.asking(program, Kind.ASK, 400, metered):
        metered.answered(prompt, completion)
    return metered.usage


@pytest.mark.parametrize(
    ("usage", "millionths"),
    [(Usage(), 0), (Usage(4, 1), 3), (Usage(1, 0), 1), (Usage(1_000_000, 1_000_000), 2_250_000)],
)
def test_a_token_costs_its_price_in_millionths_rounded_up(usage: Usage, millionths: int) -> None:
    assert _PRICES.cost(usage) == millionths


@pytest.mark.parametrize(
    ("millionths", "told"), [(0, "0.000000"), (1, "0.000001"), (2_250_000, "2.250000"), (None, None)]
)
def test_money_is_told_exactly(millionths: int | None, told: str | None) -> None:
    assert in_units(millionths) == told


def test_a_limit_of_less_than_a_millionth_is_no_limit_of_nothing() -> None:
    assert in_millionths(Decimal("0.0000001")) == 1
    assert in_millionths(Decimal("1.5")) == 1_500_000


@pytest.mark.parametrize(
    ("limits", "taken", "room"),
    [
        (Limits(), Taken(prompt_tokens=10**12, cost=10**12), True),
        (Limits(tokens=10), Taken(prompt_tokens=5, completion_tokens=4), True),
        (Limits(tokens=10), Taken(prompt_tokens=5, completion_tokens=5), False),
        (Limits(cost=10), Taken(prompt_tokens=99, cost=9), True),
        (Limits(cost=10), Taken(cost=10), False),
        (Limits(tokens=10, cost=10), Taken(prompt_tokens=1, cost=10), False),
    ],
)
def test_there_is_room_while_something_is_left_of_each(limits: Limits, taken: Taken, room: bool) -> None:
    assert limits.leave_room(taken) is room


def test_what_was_taken_adds_up() -> None:
    one = Taken(requests=1, prompt_tokens=2, completion_tokens=3, kept_answers=4, cost=5)
    assert total([one, one]) == Taken(
        requests=2, prompt_tokens=4, completion_tokens=6, kept_answers=8, cost=10
    )


@pytest.mark.parametrize(
    ("metered", "usage"),
    [
        (Metered(Usage(7, 8), 1, read=400, said=400), Usage(7, 8)),
        (Metered(Usage(), 1, read=401, said=9), Usage(101, 3)),
        (Metered(Usage(7, 0), 1, read=400, said=8), Usage(7, 2)),
        (Metered(Usage(), 3), Usage()),
    ],
)
def test_tokens_that_nobody_counted_are_reckoned_from_characters(metered: Metered, usage: Usage) -> None:
    assert settled(metered) == usage


async def test_a_request_is_booked_with_its_cost() -> None:
    accounts = Accounts()
    usage = await asked(spending(accounts), 1000, 10)
    assert usage == Usage(1000, 10, 270, "EUR")
    assert accounts.booked == [
        Spent(
            program_id="p",
            day=date(2027, 3, 10),
            kind=Kind.ASK,
            model="small",
            requests=1,
            prompt_tokens=1000,
            completion_tokens=10,
            cost=270,
        )
    ]


async def test_without_prices_nothing_is_said_of_cost() -> None:
    accounts = Accounts()
    assert await asked(spending(accounts, prices=Prices()), 1000, 10) == Usage(1000, 10)
    assert accounts.booked[0].cost == 0


async def test_the_day_is_that_of_utc() -> None:
    accounts = Accounts()
    clock = Day(datetime.fromisoformat("2027-03-10T23:30:00-05:00"))
    await asked(spending(accounts, clock=clock), 1, 1)
    assert accounts.booked[0].day == date(2027, 3, 11)


async def test_a_request_that_failed_is_booked_too() -> None:
    accounts, metered = Accounts(), Metered(requests=1, read=400, said=40)
    with pytest.raises(DraftingFailed):
        async with spending(accounts).asking("p", Kind.ASK, 400, metered):
            raise DraftingFailed(Fault.LATE)
    assert [(s.prompt_tokens, s.completion_tokens) for s in accounts.booked] == [(100, 10)]


async def test_where_no_request_was_made_nothing_is_booked() -> None:
    accounts = Accounts()
    with pytest.raises(DraftingFailed):
        async with spending(accounts).asking("p", Kind.ASK, 400, Metered()):
            raise DraftingFailed(Fault.RESTS)
    assert accounts.booked == []


async def test_a_kept_answer_counts_without_tokens_and_needs_no_room() -> None:
    accounts = Accounts()
    held = spending(accounts, Limits(tokens=10))
    await asked(held, 10, 0)
    await held.kept("p", Kind.AGENDA)
    assert [(s.requests, s.kept_answers, s.tokens) for s in accounts.booked] == [(1, 0, 10), (0, 1, 0)]


async def test_a_spent_day_lets_no_request_begin_until_the_next() -> None:
    accounts, clock = Accounts(), Day()
    held = spending(accounts, Limits(tokens=100), clock=clock)
    await asked(held, 60, 39)
    await asked(held, 1, 0)
    with pytest.raises(DraftingFailed) as failed:
        await asked(held, 1, 0)
    assert failed.value.fault is Fault.SPENT
    await asked(held, 1, 0, program="another")
    clock.now += timedelta(days=1)
    await asked(held, 1, 0)
    assert len(accounts.booked) == 4


async def test_a_limit_of_cost_holds_as_one_of_tokens() -> None:
    held = spending(Accounts(), Limits(cost=270))
    await asked(held, 1000, 10)
    with pytest.raises(DraftingFailed):
        await asked(held, 1, 1)


async def test_requests_under_way_hold_their_estimates() -> None:
    """Of many at once as many begin as the limit has room for by their estimates; none more when one ends."""
    accounts = Accounts()
    held = spending(accounts, Limits(tokens=3 * (100 + _ANSWER)))
    begun, end = 0, asyncio.Event()

    async def one() -> None:
        nonlocal begun
        metered = Metered()
        async with held.asking("p", Kind.ASK, 400, metered):
            begun += 1
            await end.wait()
            metered.answered(100, _ANSWER)

    tasks = [asyncio.create_task(one()) for _ in range(20)]
    await asyncio.sleep(0.01)
    assert begun == 3
    end.set()
    failed = [e for e in await asyncio.gather(*tasks, return_exceptions=True) if e is not None]
    assert len(failed) == 17 and all(isinstance(e, DraftingFailed) for e in failed)
    assert total(accounts.booked).tokens == 3 * (100 + _ANSWER)


async def test_what_was_held_and_not_taken_is_free_again() -> None:
    held = spending(Accounts(), Limits(tokens=_ANSWER))
    for _ in range(3):
        await asked(held, 10, 1)


class Leaving(Accounts):
    """While the day's sum is being read, the request that was under way ends."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: asyncio.Event | None = None
        self.ended: asyncio.Event = asyncio.Event()

    async def on_day(self, program_id: str, day: date) -> Taken:
        taken = await super().on_day(program_id, day)
        if self.meanwhile is not None:
            self.meanwhile.set()
            await self.ended.wait()
        return taken


async def test_a_request_that_ends_while_the_sum_is_read_is_counted() -> None:
    accounts = Leaving()
    held = spending(accounts, Limits(tokens=_ANSWER))
    end = asyncio.Event()

    async def other() -> None:
        metered = Metered()
        async with held.asking("p", Kind.ASK, 400, metered):
            await end.wait()
            metered.answered(100, _ANSWER)
        accounts.ended.set()

    under_way = asyncio.create_task(other())
    await asyncio.sleep(0)
    accounts.meanwhile = end
    with pytest.raises(DraftingFailed):
        await asked(held, 1, 1)
    await under_way


class Slow(Accounts):
    """Books only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()

    async def book(self, spent: Spent) -> None:
        await self.may.wait()
        await super().book(spent)


async def test_who_leaves_again_and_again_is_booked_before_the_end() -> None:
    accounts = Slow()
    held, metered = spending(accounts), Metered(requests=1, read=400)

    async def one() -> None:
        async with held.asking("p", Kind.ASK, 400, metered):
            await asyncio.sleep(3600)

    task = asyncio.create_task(one())
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert accounts.booked == []
    accounts.may.set()
    await held.stop()
    assert [s.prompt_tokens for s in accounts.booked] == [100]


class Broken(Accounts):
    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Records]:
        raise OSError("the disk is full")
        yield


async def test_an_answer_stands_when_it_can_not_be_booked(caplog: pytest.LogCaptureFixture) -> None:
    held = spending(Broken(), Limits(tokens=_ANSWER))
    assert (await asked(held, 10, 1)).prompt_tokens == 10
    assert "11 tokens" in caplog.text
    await asked(held, 10, 1)


async def test_listeners_are_told_of_what_is_booked() -> None:
    held, told = spending(Accounts()), list[Spent]()
    held.tell(told.append)
    await asked(held, 10, 1)
    assert [(s.kind, s.tokens) for s in told] == [(Kind.ASK, 11)]


def test_bookings_of_the_same_program_day_kind_and_model_are_one() -> None:
    day = NOW.date()

    def spent(program: str, kind: Kind, tokens: int) -> Spent:
        return Spent(program_id=program, day=day, kind=kind, model="small", requests=1, prompt_tokens=tokens)

    merged = by_key([spent("p", Kind.ASK, 3), spent("q", Kind.ASK, 5), spent("p", Kind.ASK, 4)])
    assert [(one.program_id, one.requests, one.prompt_tokens) for one in merged] == [("p", 2, 7), ("q", 1, 5)]
    assert len(by_key([spent("p", Kind.ASK, 1), spent("p", Kind.AGENDA, 1)])) == 2
