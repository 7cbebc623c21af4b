"""One question to the coach, from who asks to what is answered and remembered."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from coach import access
from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.answers import QuestionAsk, answer_brief
from coach.advice.briefs import AgendaBrief, Brief, Drafter, LearningsBrief
from coach.advice.feedback import FeedbackAsk, feedback_brief
from coach.advice.learnings import LearningsAsk, learnings_brief
from coach.advice.progress import ProgressAsk, progress_brief
from coach.advice.reading import read_pairing
from coach.advice.reflection import ReflectionAsk, reflection_brief
from coach.advice.searching import Searching
from coach.domain.ids import new_id
from coach.domain.notes import Note, is_exact
from coach.domain.suggestions import Draft, Item, Suggestion
from coach.domain.visibility import Actor, counts_in_learnings, may_read_note
from coach.errors import Conflict, NotFound
from coach.ports import AnswerReader, Clock, Records, Search, Transactions
from coach.rules.agenda import fitted
from coach.spans import span

Ask = AgendaAsk | ReflectionAsk | FeedbackAsk | ProgressAsk | QuestionAsk | LearningsAsk


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


class Verifier(Protocol):
    def __call__(
        self,
        items: Iterable[Item],
        brief: Brief,
        readable: Mapping[str, Note],
        names: Sequence[str] = (),
        program_texts: Sequence[str] = (),
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]: ...


class Coach:
    def __init__(
        self,
        transactions: Transactions,
        search: Search,
        reader: AnswerReader,
        drafter: Drafter,
        verify: Verifier,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._search = search
        self._reader = reader
        self._drafter = drafter
        self._verify = verify
        self._clock = clock
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
            await _require_asker(records, actor, brief)
            if not await _stands(records, actor, brief):
                return None
            held, _ = await self._verified(records, actor, brief, [item])
            return held

    async def _brief(self, actor: Actor, ask: Ask, now: datetime) -> Brief:
        search = Searching(self._search)
        with span("retrieve") as retrieving:
            brief = await self._gathered(search, actor, ask, now)
            retrieving.set_attributes(
                {"counterpart.kind": brief.kind.value, "counterpart.evidence": len(brief.evidence)}
            )
        return replace(brief, by_words_alone=search.by_words_alone)

    async def _gathered(self, search: Search, actor: Actor, ask: Ask, now: datetime) -> Brief:
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
                case LearningsAsk():
                    return await learnings_brief(records, search, actor, ask, now)
                case QuestionAsk():
                    reading = await read_pairing(records, actor, ask.pairing_id, now)
        return await answer_brief(reading, search, self._reader, ask.question)

    async def _settled(self, actor: Actor, brief: Brief, draft: Draft, now: datetime) -> Suggestion | None:
        """What is left of a draft after checking it against the records as they are now, remembered.

        None when its evidence is no longer what it was.
        """
        async with self._transactions.writing() as records:
            await _require_asker(records, actor, brief)
            if not await _stands(records, actor, brief):
                return None
            items, dropped = await self._verified(records, actor, brief, draft.items)
            timed = fitted(items, brief.minutes) if isinstance(brief, AgendaBrief) else items
            settled = _suggestion(brief, draft, timed, (*draft.warnings, *dropped), now)
            cited = {citation.note_id for item in items for citation in item.citations}
            await records.suggestions.add_suggestion(settled, _note_ids(brief) | cited)
            return settled

    async def _verified(
        self, records: Records, actor: Actor, brief: Brief, items: Sequence[Item]
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        cited = {citation.note_id for item in items for citation in item.citations}
        readable = await readable_now(records, actor, cited)
        names, texts = await _not_to_repeat(records, brief)
        return self._verify(items, brief, readable, names, texts)


async def _require_asker(records: Records, actor: Actor, brief: Brief) -> None:
    """NotFound when whoever asked was erased, or left the pairing, while the coach was drafting."""
    person = access.require_person(actor)
    if await records.people.participant(person.id) is None:
        raise NotFound("there is no such participant any more")
    if not isinstance(brief, LearningsBrief):
        await access.member_pairing(records, actor, brief.reading.pairing.id)


async def _stands(records: Records, actor: Actor, brief: Brief) -> bool:
    """Whether everything that the drafter was shown is still there, word for word, and may be read."""
    if isinstance(brief, LearningsBrief):
        counted = await records.notes.notes(brief.note_ids)
        return len(counted) == len(brief.note_ids) and all(map(counts_in_learnings, counted.values()))
    readable = await readable_now(records, actor, _note_ids(brief))
    return all(is_exact(excerpt, readable) for excerpt in brief.evidence)


def _note_ids(brief: Brief) -> set[str]:
    """The notes that a brief was made from."""
    if isinstance(brief, LearningsBrief):
        return set(brief.note_ids)
    return {excerpt.note_id for excerpt in brief.evidence}


async def readable_now(records: Records, actor: Actor, note_ids: set[str]) -> dict[str, Note]:
    """Those of the notes that exist and that the actor may read at this moment."""
    notes = await records.notes.notes(note_ids)
    homes = {i: await records.people.pairing(i) for i in {note.pairing_id for note in notes.values()}}
    return {
        note.id: note
        for note in notes.values()
        if (home := homes[note.pairing_id]) is not None and may_read_note(actor, note, home)
    }


async def _not_to_repeat(records: Records, brief: Brief) -> tuple[list[str], list[str]]:
    """For a program's learnings: everyone's name and every counted note's text."""
    if not isinstance(brief, LearningsBrief):
        return [], []
    people = await records.people.participants_of(brief.program.id)
    notes = await records.notes.program_notes(brief.program.id)
    return [person.name for person in people], [note.text for note in notes]


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
        warnings=warnings,
        usage=draft.usage,
    )
