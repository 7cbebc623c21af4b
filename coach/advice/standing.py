"""Whether what a brief was made from is still there, and still its reader's to see."""

from collections.abc import Iterable, Mapping, Sequence

from coach import access
from coach.advice.briefs import Brief, LearningsBrief
from coach.domain.notes import Excerpt, Note, is_exact
from coach.domain.pairings import Pairing
from coach.domain.suggestions import Item
from coach.domain.visibility import Actor, may_read_note
from coach.domain.work import Action, Goal
from coach.errors import NotFound
from coach.ports import Records


async def readable_notes(
    records: Records, actor: Actor, brief: Brief, items: Sequence[Item]
) -> Mapping[str, Note]:
    """Those of the notes that were drafted from or are cited which the asker may read at this moment.

    NotFound when whoever asked was erased, or left the pairing, while the coach was drafting. A program's
    learnings cite none.
    """
    if isinstance(brief, LearningsBrief):
        if await records.people.participant(brief.asked_by.id) is None:
            raise NotFound("there is no such participant any more")
        return {}
    pairing = await access.member_pairing(records, actor, brief.reading.pairing.id)
    cited = {citation.note_id for item in items for citation in item.citations}
    return readable_in(await records.notes.notes(notes_of(brief) | cited), actor, pairing)


def readable_in(notes: Mapping[str, Note], actor: Actor, pairing: Pairing) -> Mapping[str, Note]:
    return {note_id: note for note_id, note in notes.items() if may_read_note(actor, note, pairing)}


async def stands(records: Records, brief: Brief, readable: Mapping[str, Note]) -> bool:
    """Whether everything that the drafter was shown is still there, word for word, and may be read."""
    if isinstance(brief, LearningsBrief):
        marks = await records.notes.program_marks(brief.program.id)
        return {note_id for _, note_id, _ in marks}.issuperset(brief.note_ids)
    reading = brief.reading
    if not are_exact(brief.evidence, readable):
        return False
    there = await records.people.participants(reading.people)
    if there.keys() != reading.people.keys():
        return False
    work: list[Goal | Action] = [*reading.goals, *reading.actions]
    shown = {each.id: each.title for each in work}
    titles = await records.work.titles_of(reading.pairing.id) if shown else {}
    return shown.items() <= titles.items()


def are_exact(evidence: Iterable[Excerpt], readable: Mapping[str, Note]) -> bool:
    return all(is_exact(excerpt, readable) for excerpt in evidence)


def notes_of(brief: Brief) -> set[str]:
    """The ids of the notes that a brief was made from."""
    if isinstance(brief, LearningsBrief):
        return set(brief.note_ids)
    return {excerpt.note_id for excerpt in brief.evidence}
