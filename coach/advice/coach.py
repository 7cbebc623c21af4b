"""One question to the coach, from who asks to what is answered and remembered."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.answers import QuestionAsk, answer_brief
from coach.advice.briefs import AgendaBrief, Brief, Drafter, LearningsBrief
from coach.advice.feedback import FeedbackAsk, feedback_brief
from coach.advice.learnings import LearningsAsk, hold, learnings_brief, next_release
from coach.advice.progress import ProgressAsk, progress_brief
from coach.advice.reading import read_pairing
from coach.advice.reflection import ReflectionAsk, reflection_brief
from coach.advice.searching import Searching
from coach.advice.standing import notes_of, still_readable
from coach.advice.wording import Verifier, WordedOnce, chosen_items, worded
from coach.auditing import asked, cited_in, did
from coach.domain.audit import AuditAction
from coach.domain.ids import new_id
from coach.domain.notes import Note
from coach.domain.suggestions import Draft, Item, Kind, Suggestion
from coach.domain.visibility import Actor
from coach.errors import Conflict
from coach.ports import AnswerReader, Clock, Records, Search, Transactions
from coach.rules.agenda import fitted
from coach.rules.inert import inert, inert_item
from coach.spans import span

PairAsk = AgendaAsk | ReflectionAsk | FeedbackAsk | ProgressAsk | QuestionAsk
Ask = PairAsk | LearningsAsk


@dataclass(frozen=True, slots=True)
class Stage:
    """`evidence`, `drafting` or `verifying` begins."""

    name: str


@dataclass(frozen=True, slots=True)
class Verified:
    """An item that may be shown."""

    item: Item


@dataclass(frozen=True, slots=True)
class Done:
    suggestion: Suggestion


Event = Stage | Verified | Done
_ATTEMPTS = 3
_AT_ONCE = 8


class Embeddings(Protocol):
    async def lets_ask(self, actor: Actor, kind: str) -> bool:
        """Whether the words that somebody asks with may be embedded."""


class Coach:
    def __init__(
        self,
        transactions: Transactions,
        search: Search,
        reader: AnswerReader,
        drafter: Drafter,
        verify: Verifier,
        clock: Clock,
        embeddings: Embeddings,
        reporting_period: timedelta,
    ) -> None:
        """`reporting_period`: how long what a program was told of its learnings is held."""
        self._transactions = transactions
        self._search = search
        self._reader = reader
        self._drafter = WordedOnce(drafter)
        self._verify = verify
        self._clock = clock
        self._embeddings = embeddings
        self._reporting_period = reporting_period
        self._gathering = asyncio.Semaphore(_AT_ONCE)

    async def advise(self, actor: Actor, ask: Ask, *, early: bool = False) -> AsyncIterator[Event]:
        """Stages as they begin, each item once it is verified, and the whole suggestion at the end.

        With `early` an item comes before the draft is whole, which takes a look at the records of its own.

        A draft whose evidence was changed, hidden or erased meanwhile may hold its words anywhere: it is
        thrown away and made again, from the stage `evidence` on, and what was shown of it counts no more.
        Conflict when that happens time after time.
        """
        now = self._clock()
        for _ in range(_ATTEMPTS):
            yield Stage("evidence")
            brief = await self._brief(actor, ask, now)
            yield Stage("drafting")
            draft, shown = None, list[Item]()
            async with aclosing(self._drafter.drafting(brief)) as drafting:
                async for drafted in drafting:
                    if isinstance(drafted, Draft):
                        draft = drafted
                    elif early:
                        verified = await self._shown_early(actor, brief, drafted)
                        if verified is None:
                            break
                        shown += verified
                        for item in verified:
                            yield Verified(item)
            if draft is None:
                continue
            yield Stage("verifying")
            suggestion = await self._settled(actor, brief, draft, now)
            if suggestion is None:
                continue
            for item in suggestion.items:
                if item not in shown:
                    yield Verified(item)
            yield Done(suggestion)
            return
        raise Conflict("the notes changed each time while the coach was drafting; ask again in a moment")

    async def _shown_early(self, actor: Actor, brief: Brief, item: Item) -> tuple[Item, ...] | None:
        """An item that may be shown before the whole draft is there; None when its evidence is gone.

        What a program has learned is checked against every note of it, once, at the end.
        """
        if isinstance(brief, LearningsBrief):
            return ()
        async with self._transactions.reading() as records:
            readable = await still_readable(records, actor, brief, [item])
            if readable is None:
                return None
            held, _ = self._verified(brief, readable, [item])
            if cited := cited_in(held):
                await records.audit.record(did(actor, AuditAction.SHOWN_PASSAGE, concerns=cited))
            return held

    async def _brief(self, actor: Actor, ask: Ask, now: datetime) -> Brief:
        searches = not isinstance(ask, ReflectionAsk)
        lets = not searches or await self._embeddings.lets_ask(actor, kind_of(ask).value)
        search = Searching(self._search, by_words_alone=not lets)
        with span("retrieve") as retrieving:
            if isinstance(ask, LearningsAsk):
                brief: Brief = await self._released(search, actor, ask, now)
            else:
                brief = await self._gathered(search, actor, ask, now)
            retrieving.set_attributes(
                {"counterpart.kind": brief.kind.value, "counterpart.evidence": len(brief.evidence)}
            )
        return replace(brief, by_words_alone=search.by_words_alone)

    async def _released(
        self, search: Searching, actor: Actor, ask: LearningsAsk, now: datetime
    ) -> LearningsBrief:
        """From the last release, or from a new one where one is due, which is held before it is told."""
        for _ in range(_ATTEMPTS):
            async with self._gathering, self._transactions.reading() as records:
                made = await next_release(records, search, actor, ask, now, self._reporting_period)
                if made is None:
                    return await learnings_brief(records, actor, ask, now)
            async with self._transactions.writing() as records:
                if await hold(records, made):
                    return await learnings_brief(records, actor, ask, now)
        raise Conflict("the notes changed each time while they were looked at; ask again in a moment")

    async def _gathered(self, search: Search, actor: Actor, ask: PairAsk, now: datetime) -> Brief:
        """At most so many at once that the event loop gets its turn in between."""
        async with self._gathering, self._transactions.reading() as records:
            match ask:
                case AgendaAsk():
                    return await agenda_brief(records, search, actor, ask, now)
                case ReflectionAsk():
                    return await reflection_brief(records, actor, ask, now)
                case FeedbackAsk():
                    return await feedback_brief(records, search, actor, ask, now)
                case ProgressAsk():
                    return await progress_brief(records, search, actor, ask, now)
                case QuestionAsk():
                    reading = await read_pairing(records, actor, ask.pairing_id, now)
        return await answer_brief(reading, search, self._reader, ask.question)

    async def _settled(self, actor: Actor, brief: Brief, draft: Draft, now: datetime) -> Suggestion | None:
        """What is left of a draft after checking it against the records as they are now, remembered.

        None when its evidence is no longer what it was.
        """
        async with self._transactions.writing() as records:
            readable = await still_readable(records, actor, brief, draft.items)
            if readable is None:
                return None
            if isinstance(brief, LearningsBrief):
                draft = await self._held(records, brief, draft)
            items, dropped = self._verified(brief, readable, draft.items)
            timed = fitted(items, brief.minutes) if isinstance(brief, AgendaBrief) else items
            settled = _suggestion(brief, draft, timed, (*draft.warnings, *dropped), now)
            cited = {citation.note_id for item in items for citation in item.citations}
            await records.suggestions.add_suggestion(settled, notes_of(brief) | cited)
            await records.audit.record(asked(actor, settled))
            return settled

    async def _held(self, records: Records, brief: LearningsBrief, draft: Draft) -> Draft:
        """A draft of what was asked for, in the words that are held for the release."""
        if not brief.themes:
            return draft
        wording = await worded(records, brief, draft, self._verify)
        items, warnings = chosen_items(brief, wording), (*draft.warnings, *wording.warnings)
        return replace(draft, items=items, drafted_by=wording.drafted_by, warnings=warnings)

    def _verified(
        self, brief: Brief, readable: Mapping[str, Note], items: Sequence[Item]
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """Items that hold, their words inert, and warnings."""
        held, dropped = self._verify(items, brief, readable)
        return tuple(map(inert_item, held)), dropped


def kind_of(ask: Ask) -> Kind:
    match ask:
        case AgendaAsk():
            return Kind.AGENDA
        case ReflectionAsk():
            return Kind.REFLECTION
        case FeedbackAsk():
            return Kind.FEEDBACK
        case ProgressAsk():
            return Kind.PROGRESS
        case LearningsAsk():
            return Kind.LEARNINGS
        case QuestionAsk():
            return Kind.ASK


def _suggestion(
    brief: Brief, draft: Draft, items: tuple[Item, ...], warnings: tuple[str, ...], now: datetime
) -> Suggestion:
    if isinstance(brief, LearningsBrief):
        program_id, pairing_id, asked_by = brief.program.id, None, brief.asked_by.id
    else:
        reading = brief.reading
        program_id, pairing_id, asked_by = reading.program.id, reading.pairing.id, reading.reader.id
    return Suggestion(
        id=new_id(),
        kind=brief.kind,
        program_id=program_id,
        pairing_id=pairing_id,
        asked_by=asked_by,
        created_at=now,
        items=items,
        drafted_by=draft.drafted_by,
        warnings=tuple(map(inert, warnings)),
        usage=draft.usage,
    )
