"""One question to the coach, from who asks to what is answered and remembered."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from coach import access
from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.answers import QuestionAsk, answer_brief
from coach.advice.briefs import Brief, Drafter, LearningsBrief
from coach.advice.feedback import FeedbackAsk, feedback_brief
from coach.advice.learnings import LearningsAsk, learnings_brief
from coach.advice.progress import ProgressAsk, progress_brief
from coach.advice.reading import read_pairing
from coach.advice.reflection import ReflectionAsk, reflection_brief
from coach.domain.ids import new_id
from coach.domain.notes import Note, is_exact
from coach.domain.suggestions import Draft, Item, Suggestion
from coach.domain.visibility import Actor, counts_in_learnings, may_read_note
from coach.errors import Conflict, NotFound
from coach.ports import AnswerReader, Clock, Records, Search, Transactions

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


class Verifier(Protocol):
    def __call__(
        self,
        draft: Draft,
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

    async def advise(self, actor: Actor, ask: Ask) -> AsyncIterator[Event]:
        """Stages as they begin, each item once it is verified, and the whole suggestion at the end.

        A draft whose evidence was changed, hidden or erased meanwhile may hold its words anywhere: it is
        thrown away and made again. Conflict when that happens time after time.
        """
        now = self._clock()
        for _ in range(_ATTEMPTS):
            yield Stage("evidence")
            brief = await self._brief(actor, ask, now)
            yield Stage("drafting")
            draft = await self._drafter.draft(brief)
            yield Stage("verifying")
            async with self._transactions.writing() as records:
                await _require_asker(records, actor, brief)
                if not await _stands(records, actor, brief):
                    continue
                suggestion = await self._settle(records, actor, brief, draft, now)
            for item in suggestion.items:
                yield Verified(item)
            yield Done(suggestion)
            return
        raise Conflict("the notes changed each time while the coach was drafting; ask again in a moment")

    async def _brief(self, actor: Actor, ask: Ask, now: datetime) -> Brief:
        search = self._search
        async with self._transactions.reading() as records:
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

    async def _settle(
        self, records: Records, actor: Actor, brief: Brief, draft: Draft, now: datetime
    ) -> Suggestion:
        """Check the draft against the records as they are now, and remember what is left of it."""
        cited = {citation.note_id for item in draft.items for citation in item.citations}
        readable = await readable_now(records, actor, cited)
        names, texts = await _not_to_repeat(records, brief)
        items, dropped = self._verify(draft, brief, readable, names, texts)
        settled = _suggestion(brief, draft, items, (*draft.warnings, *dropped), now)
        sources = _note_ids(brief) | set(readable)
        await records.suggestions.add_suggestion(settled, sources)
        return settled


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
