"""A model's answer read against its brief: what stands on no evidence that was given is left out."""

from collections.abc import Sequence

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    ProgressBrief,
    ReflectionBrief,
)
from coach.domain.notes import Excerpt
from coach.domain.suggestions import Item
from coach.drafting.phrases import phrases
from coach.drafting.rendering import evidence_ids, theme_ids
from coach.drafting.shapes import SECTIONS, Answer, Line
from coach.drafting.wording.agenda import agenda_items
from coach.drafting.wording.answers import answer_warnings
from coach.drafting.wording.progress import progress_items
from coach.language.words import content_stems, overlap
from coach.rules.feedback import flags
from coach.rules.reflection import violations

_BORNE_OUT = 0.7
_PARTS = ("situation", "behaviour", "impact", "request")


class NothingHolds(Exception):
    """The model gave lines, and none of them holds."""


def items_from(answer: Answer, brief: Brief) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items that hold, with what the records add, and warnings; NothingHolds when none does."""
    given = evidence_ids(brief)
    held = [item for line in answer.items if (item := _item(line, brief, given)) is not None]
    if not held and (answer.items or not isinstance(brief, AnswerBrief)):
        raise NothingHolds
    dropped = len(answer.items) - len(held)
    warnings = (f"{dropped} of the model's lines were left out: they stand on no evidence or break a rule",)
    return _completed(held, brief), warnings if dropped else _own_warnings(held, brief)


def _own_warnings(held: Sequence[Item], brief: Brief) -> tuple[str, ...]:
    return answer_warnings(brief, phrases()) if isinstance(brief, AnswerBrief) and not held else ()


def _item(line: Line, brief: Brief, given: dict[str, Excerpt]) -> Item | None:
    if isinstance(brief, LearningsBrief):
        theme = theme_ids(brief).get(line.theme or "")
        return Item(line.text, pairings=theme.pairings) if theme else None
    cited = tuple(dict.fromkeys(given[key] for key in line.evidence if key in given))
    if brief.kind in SECTIONS and line.section not in SECTIONS[brief.kind]:
        return None
    if isinstance(brief, FeedbackBrief):
        return _phrasing(line, brief, cited)
    if not cited or (isinstance(brief, ReflectionBrief) and violations(line.text)):
        return None
    return Item(line.text, line.detail, line.section, citations=cited)


def _phrasing(line: Line, brief: FeedbackBrief, cited: tuple[Excerpt, ...]) -> Item | None:
    """Feedback whose every part stands in the draft or in what it cites, and that judges nobody."""
    source = " ".join([brief.draft, brief.situation or "", *(excerpt.text for excerpt in cited)])
    parts = {name: (line.parts or {}).get(name) for name in _PARTS}
    invents = any(
        part and overlap(content_stems(part), content_stems(source)) < _BORNE_OUT for part in parts.values()
    )
    if invents or flags(line.text):
        return None
    return Item(line.text, line.detail, line.section, parts=parts, citations=cited)


def _completed(held: Sequence[Item], brief: Brief) -> tuple[Item, ...]:
    """What the records know is added from them: actions and goals are never the model's to tell."""
    match brief:
        case AgendaBrief():
            return agenda_items(brief, phrases(), held)
        case ProgressBrief():
            return progress_items(brief, phrases(), held)
        case ReflectionBrief():
            return tuple(held[: brief.limit])
    return tuple(held)
