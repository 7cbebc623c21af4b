"""What programs take from the language model: booked by the day, and held within the day's limits."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date
from math import ceil
from typing import Any, Protocol

from coach.domain.spending import Limits, Prices, Spent, Taken, by_key, total
from coach.domain.suggestions import Kind, Usage
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.together import Together
from coach.ports import Clock, Transactions

_log = logging.getLogger(__name__)
_CHARACTERS_OF_A_TOKEN = 4
_TOKENS_OF_AN_ANSWER = 2_000


class Metered(Protocol):
    """What asking the model took so far, true at any moment: requests, and tokens as the server counted.

    `read` counts the characters of requests that the endpoint did not turn away, `said` those of its
    answers.
    """

    usage: Usage
    requests: int
    read: int
    said: int


@dataclass(frozen=True, eq=False)
class _Held:
    """What a request under way is reckoned to take."""

    program_id: str
    day: date
    taken: Taken


class Spending:
    """Books each request to its program's UTC day, and lets none begin when the day's limit is reached.

    A request under way counts with an estimate: its prompt, and 2,000 tokens for the answer. However many
    are asked for at once, a day goes over its limit by no more than one request that began when something
    was left, and what requests under way take beyond their estimates. Of other processes on the same
    database it counts what they booked, and not what they have under way.
    """

    def __init__(
        self, transactions: Transactions, prices: Prices, limits: Limits, model: str, clock: Clock
    ) -> None:
        self.prices = prices
        self._transactions = transactions
        self._limits = limits
        self._model = model
        self._clock = clock
        self._under_way: set[_Held] = set()
        self._bookings: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[Spent], None]] = []
        self._written = Together(self._write)

    def tell(self, listener: Callable[[Spent], None]) -> None:
        """From now on `listener` is told of whatever is booked."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def asking(
        self, program_id: str, kind: Kind, characters: int, metered: Metered
    ) -> AsyncIterator[None]:
        """Room for asking the model with a prompt of so many characters; DraftingFailed(SPENT) without.

        What it took is booked at the end, however it ends, and `metered.usage` made what was booked.
        """
        held = _Held(program_id, self._today(), self._reckoned(characters))
        await self._require_room(held)
        self._under_way.add(held)
        try:
            yield
        finally:
            metered.usage = self._priced(settled(metered))
            await self._to_its_end(self._settle(held, kind, metered))

    async def kept(self, program_id: str, kind: Kind) -> None:
        """An answer was given from memory."""
        spent = Spent(program_id=program_id, day=self._today(), kind=kind, model=self._model, kept_answers=1)
        await self._to_its_end(self._book(spent))

    async def stop(self) -> None:
        """Wait for the end of what is being booked."""
        await asyncio.gather(*self._bookings)

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    def _reckoned(self, characters: int) -> Taken:
        usage = Usage(tokens_in(characters), _TOKENS_OF_AN_ANSWER)
        return Taken(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cost=self.prices.cost(usage),
        )

    async def _require_room(self, held: _Held) -> None:
        """DraftingFailed(SPENT) when nothing is left of the day.

        A request that ends while the day's sum is read counts twice rather than not at all.
        """
        if not self._limits.are_set:
            return
        before = self._beside(held)
        async with self._transactions.reading() as records:
            spent = await records.spending.on_day(held.program_id, held.day)
        under_way = before | self._beside(held)
        if not self._limits.leave_room(total([spent, *(other.taken for other in under_way)])):
            raise DraftingFailed(Fault.SPENT)

    def _beside(self, held: _Held) -> set[_Held]:
        """What is under way for the same program and day."""
        return {o for o in self._under_way if (o.program_id, o.day) == (held.program_id, held.day)}

    def _priced(self, usage: Usage) -> Usage:
        if not self.prices.are_known:
            return usage
        return replace(usage, cost=self.prices.cost(usage), currency=self.prices.currency)

    async def _settle(self, held: _Held, kind: Kind, metered: Metered) -> None:
        try:
            if metered.requests:
                await self._book(self._spent(held, kind, metered))
        finally:
            self._under_way.discard(held)

    def _spent(self, held: _Held, kind: Kind, metered: Metered) -> Spent:
        return Spent(
            program_id=held.program_id,
            day=held.day,
            kind=kind,
            model=self._model,
            requests=metered.requests,
            prompt_tokens=metered.usage.prompt_tokens,
            completion_tokens=metered.usage.completion_tokens,
            cost=metered.usage.cost or 0,
        )

    async def _book(self, spent: Spent) -> None:
        for listener in self._listeners:
            listener(spent)
        await self._written.of(spent)

    async def _write(self, booked: Sequence[Spent]) -> None:
        try:
            async with self._transactions.writing() as records:
                for spent in by_key(booked):
                    await records.spending.book(spent)
        except Exception:  # the answer stands, whatever becomes of its booking
            tokens = sum(spent.tokens for spent in booked)
            _log.exception("%d tokens of %s could not be booked", tokens, self._model)

    async def _to_its_end(self, booking: Coroutine[Any, Any, None]) -> None:
        """Whoever asked may go away meanwhile, again and again; what was taken is booked all the same."""
        task = asyncio.create_task(booking)
        self._bookings.add(task)
        task.add_done_callback(self._bookings.discard)
        await asyncio.shield(task)


def settled(metered: Metered) -> Usage:
    """The tokens that the server counted; where it counted none, four characters are reckoned as one.

    A request that was turned away took nothing. One that was given up before its end took its prompt and
    what had been said by then: servers count at the end.
    """
    counted = metered.usage
    return Usage(
        counted.prompt_tokens or tokens_in(metered.read), counted.completion_tokens or tokens_in(metered.said)
    )


def tokens_in(characters: int) -> int:
    """An estimate, good for English; other languages take more."""
    return ceil(characters / _CHARACTERS_OF_A_TOKEN)
