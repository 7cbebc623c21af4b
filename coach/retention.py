"""Transcripts that are kept no longer than so many days after their session."""

import logging

from coach.domain.erasing import Erased
from coach.ports import Clock, Transactions

_log = logging.getLogger(__name__)
_AT_ONCE = 100


class Retention:
    """`days`: for programs that name none of their own; None keeps transcripts."""

    def __init__(self, transactions: Transactions, clock: Clock, days: int | None) -> None:
        self._transactions = transactions
        self._clock = clock
        self._days = days

    async def enforce(self) -> list[str]:
        """Erase what is too old; answers the ids of the passages that are no more.

        Goals, actions, notes, and what people made of suggestions stay.
        """
        old = await self._old()
        gone = list[str]()
        for at in range(0, len(old), _AT_ONCE):
            gone += (await self._erase(old[at : at + _AT_ONCE])).passage_ids
        if old:
            _log.info("%d transcripts were erased, their time had run out", len(old))
        return gone

    async def _old(self) -> list[str]:
        now, old = self._clock(), list[str]()
        async with self._transactions.reading() as records:
            for program in await records.people.programs():
                since = program.kept_since(now, self._days)
                if since is not None:
                    old += await records.notes.transcripts_held_before(program.id, since)
        return old

    async def _erase(self, note_ids: list[str]) -> Erased:
        async with self._transactions.writing() as records:
            return await records.erasure.transcripts(note_ids)
