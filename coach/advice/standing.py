"""Whether what a brief was made from is still there, and still its reader's to see."""

from collections.abc import Iterable, Mapping, Sequence

from coach import access
from coach.advice.briefs import Brief, LearningsBrief
from coach.advice.reading import Reading
from coach.domain.notes import Excerpt, Note, is_exact
from coach.domain.pairings import Pairing
from coach.domain.suggestions import Item
from coach.domain.visibility import Actor, may_read_note
from coach.domain.work import Action, Goal
from coach.errors import NotFound
from coach.ports import Records


async def still_readable(
    records: Records, actor: Actor, brief: Brief, items: Sequence[Item]
) -> Mapping[str, Note] | None:
    """Those of the notes that were drafted from or are cited which the asker may read at this moment.

    None when something that the drafter was shown is no longer there, word for word, or who was in the
    pairing was erased. NotFound when whoever asked was, or left the pairing, while the coach was drafting.
    A program's learnings cite no note.
    """
    if isinstance(brief, LearningsBrief):
        if await records.people.participant(brief.asked_by.id) is None:
            raise NotFound("there is no such participant any more")
        marks = await records.notes.program_marks(brief.program.id)
        return {} if {note_id for _, note_id, _ in marks}.issuperset(brief.note_ids) else None
    reading = brief.reading
    pairing = await access.member_pairing(records, actor, reading.pairing.id)
    cited = {citation.note_id for item in items for citation in item.citations}
    readable = readable_in(await records.notes.notes(notes_of(brief) | cited), actor, pairing)
    are_there = reading.pairing.ids_ever <= pairing.ids_ever and are_exact(brief.evidence, readable)
    return readable if are_there and await _is_titled_so(records, reading) else None


async def _is_titled_so(records: Records, reading: Reading) -> bool:
    """Whether goals and actions have the titles that were shown."""
    work: list[Goal | Action] = [*reading.goals, *reading.actions]
    shown = {each.id: each.title for each in work}
    titles = await records.work.titles_of(reading.pairing.id) if shown else {}
    return shown.items() <= titles.items()


def readable_in(notes: Mapping[str, Note], actor: Actor, pairing: Pairing) -> Mapping[str, Note]:
    return {note_id: note for note_id, note in notes.items() if may_read_note(actor, note, pairing)}


def are_exact(evidence: Iterable[Excerpt], readable: Mapping[str, Note]) -> bool:
    return all(is_exact(excerpt, readable) for excerpt in evidence)


def notes_of(brief: Brief) -> set[str]:
    """The ids of the notes that a brief was made from."""
    if isinstance(brief, LearningsBrief):
        return set(brief.note_ids)
    return {excerpt.note_id for excerpt in brief.evidence}
