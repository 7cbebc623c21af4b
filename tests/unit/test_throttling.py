"""How often may be asked, and how wrong tokens are slowed down."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.throttling import KNOWN_MOST, Guesses, Patience, Rate, network
from coach.errors import TooMany
from tests.fakes import MovingClock


def counted(rate: Rate, name: str, times: int) -> int:
    """How many of so many requests were taken."""
    taken = 0
    for _ in range(times):
        try:
            rate.count(name)
            taken += 1
        except TooMany:
            pass
    return taken


def resting(guesses: Guesses, host: str) -> int:
    """Seconds that the address has to wait; 0 when it need not."""
    try:
        guesses.require_rested(host)
    except TooMany as told:
        return told.wait
    return 0


def guess_until_refused(guesses: Guesses, host: str, names: str = "guess") -> int:
    """How many different wrong tokens an address gets looked at."""
    for tried in range(10_000):
        if resting(guesses, host):
            return tried
        guesses.note(host, f"{names} {tried}")
    raise AssertionError("nobody was refused")


def test_a_minutes_worth_may_come_at_once_and_then_at_an_even_pace() -> None:
    clock = MovingClock()
    rate = Rate(60, clock.ticks, "requests")
    assert counted(rate, "maya", 100) == 60
    assert counted(rate, "ingrid", 1) == 1
    clock.pass_by(seconds=3)
    assert counted(rate, "maya", 100) == 3
    clock.pass_by(minutes=10)
    assert counted(rate, "maya", 100) == 60


def test_who_asks_too_often_is_told_when_to_come_back_and_may_then() -> None:
    clock = MovingClock()
    rate = Rate(2, clock.ticks, "requests")
    counted(rate, "maya", 2)
    with pytest.raises(TooMany, match="requests") as told:
        rate.count("maya")
    assert told.value.wait == 30
    clock.pass_by(seconds=29)
    assert counted(rate, "maya", 1) == 0
    clock.pass_by(seconds=1)
    assert counted(rate, "maya", 1) == 1


@given(st.lists(st.floats(0, 20), max_size=60), st.integers(1, 30))
def test_within_any_minute_at_most_twice_the_rate_goes_through(waits: list[float], most: int) -> None:
    clock = MovingClock()
    rate, taken = Rate(most, clock.ticks, "requests"), list[float]()
    for wait in waits:
        clock.pass_by(seconds=wait)
        if counted(rate, "maya", 1):
            taken.append(clock.ticks())
    for moment in taken:
        assert sum(moment <= other < moment + 60 for other in taken) <= 2 * most


def test_a_rate_of_nothing_holds_nobody_up() -> None:
    assert counted(Rate(0, MovingClock().ticks, "requests"), "maya", 5000) == 5000


def test_different_wrong_tokens_from_one_address_are_refused_after_a_while() -> None:
    guesses = Guesses(MovingClock().ticks)
    assert guess_until_refused(guesses, "192.0.2.1") == 20
    assert resting(guesses, "192.0.2.1") == 30
    assert resting(guesses, "192.0.2.2") == 0


def test_the_same_wrong_token_again_is_no_further_guess() -> None:
    guesses = Guesses(MovingClock().ticks)
    for _ in range(1000):
        guesses.note("192.0.2.1", "stale")
    assert resting(guesses, "192.0.2.1") == 0


def test_each_rest_is_longer_up_to_an_hour() -> None:
    clock = MovingClock()
    guesses, rests, tries = Guesses(clock.ticks), list[int](), list[int]()
    for round_ in range(10):
        tries.append(guess_until_refused(guesses, "192.0.2.1", f"round {round_}"))
        rests.append(resting(guesses, "192.0.2.1"))
        clock.pass_by(seconds=rests[-1])
    assert rests == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert tries == [20] + [5] * 9


def test_what_was_wrong_long_ago_is_forgotten() -> None:
    clock = MovingClock()
    guesses = Guesses(clock.ticks)
    for number in range(19):
        guesses.note("192.0.2.1", f"first {number}")
    clock.pass_by(minutes=11)
    assert guess_until_refused(guesses, "192.0.2.1", "second") == 20
    clock.pass_by(hours=2)
    assert guess_until_refused(guesses, "192.0.2.1", "third") == 20
    assert resting(guesses, "192.0.2.1") == 30


def test_a_day_of_guessing_from_one_address_tries_few_tokens() -> None:
    clock, looked_at = MovingClock(), 0
    guesses, end = Guesses(clock.ticks), clock.ticks() + 24 * 3600
    while clock.ticks() < end:
        wait = resting(guesses, "192.0.2.1")
        clock.pass_by(seconds=wait)
        guesses.note("192.0.2.1", f"guess {looked_at}")
        looked_at += 1
    assert looked_at < 200


async def test_a_turn_that_is_given_up_leaves_its_place_to_others() -> None:
    guesses, begun, host = Guesses(MovingClock().ticks, Patience(free=1)), list[str](), "192.0.2.1"

    async def look(name: str) -> None:
        async with guesses.turn(host):
            begun.append(name)
            await asyncio.sleep(0.01 if name == "last" else 60)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        looking, waiting, _ = [group.create_task(look(name)) for name in ("first", "given up", "last")]
        await asyncio.sleep(0.01)
        assert begun == ["first"]
        waiting.cancel()
        looking.cancel()
    assert begun == ["first", "last"]
    assert not guesses._looking


def test_memory_is_bounded_however_many_ask() -> None:
    clock = MovingClock()
    guesses, rate = Guesses(clock.ticks, Patience(free=2)), Rate(1, clock.ticks, "requests")
    for number in range(KNOWN_MOST + 500):
        guesses.note(f"2001:db8:{number:x}::1", "wrong")
        rate.count(f"person {number}")
    assert len(guesses._known) == KNOWN_MOST
    assert len(rate._due) == KNOWN_MOST


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("203.0.113.8:5000", "203.0.113.8", True),
        ("203.0.113.8:5000", "203.0.113.9:5000", False),
        ("[2001:db8::1]:99", "2001:db8::2", True),
        ("[2001:db8:0:1::1]:99", "[2001:db8:0:2::1]", False),
        (None, "not an address", True),
    ],
)
def test_an_address_is_what_one_customer_has(one: str | None, other: str | None, same: bool) -> None:
    assert (network(one) == network(other)) is same
