"""A release is put into words once; what is answered from it afterwards are these words."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from coach.advice.briefs import Brief, Drafter, LearningsBrief
from coach.domain.notes import Note
from coach.domain.releases import Wording
from coach.domain.suggestions import Draft, Engine, Item
from coach.ports import Records


class Verifier(Protocol):
    def __call__(
        self,
        items: Iterable[Item],
        brief: Brief,
        readable: Mapping[str, Note],
        names: Sequence[str] = (),
        program_texts: Sequence[str] = (),
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]: ...


class WordedOnce:
    """Any drafter, but that a model is not asked for the words of a release that it gave before."""

    def __init__(self, drafter: Drafter) -> None:
        self._drafter = drafter

    async def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]:
        if isinstance(brief, LearningsBrief) and brief.wording and _is_models(brief.wording):
            yield Draft((), brief.wording.drafted_by)
            return
        async for drafted in self._drafter.drafting(brief):
            yield drafted


async def worded(records: Records, brief: LearningsBrief, draft: Draft, verify: Verifier) -> Wording:
    """The words held for a release; the draft's where none are, or where a model's can take their place.

    These are verified against the notes of this moment: a later note changes nothing of what was told.
    """
    held = await records.releases.wording(brief.program.id, brief.release)
    if held and (_is_models(held) or draft.drafted_by.engine is Engine.OFFLINE):
        return held
    people = await records.people.participants_of(brief.program.id)
    notes = await records.notes.program_notes(brief.program.id)
    names, texts = [person.name for person in people], [note.text for note in notes]
    kept, warnings = verify(draft.items, replace(brief, by_words_alone=False), {}, names, texts)
    told = zip(brief.themes, draft.items, strict=True)
    made = Wording(draft.drafted_by, {theme.id: item for theme, item in told if item in kept}, warnings)
    await records.releases.add_wording(brief.program.id, brief.release, made)
    return made


def chosen_items(brief: LearningsBrief, wording: Wording) -> tuple[Item, ...]:
    return tuple(wording.items[key] for key in brief.chosen if key in wording.items)


def _is_models(wording: Wording) -> bool:
    return wording.drafted_by.engine is Engine.LLM
