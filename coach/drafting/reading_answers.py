"""A model's answer read against its brief: what stands on no evidence that was given is left out."""

import re
from collections.abc import Sequence
from dataclasses import replace

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    ProgressBrief,
    ReflectionBrief,
    language_of_brief,
)
from coach.domain.notes import Excerpt
from coach.domain.suggestions import Item, Kind
from coach.drafting.phrases import phrases
from coach.drafting.rendering import evidence_ids, theme_ids
from coach.drafting.shapes import SECTIONS, Answer, Line
from coach.drafting.wording.agenda import agenda_items
from coach.drafting.wording.progress import progress_items
from coach.language.words import content_stems, overlap
from coach.rules.feedback import flags
from coach.rules.reflection import violations

_PART, _PHRASING = 0.7, 0.5
_SUPPORTED = {Kind.AGENDA: 0.4, Kind.REFLECTION: 0.0, Kind.PROGRESS: 0.5, Kind.ASK: 0.7}
_BLANK = re.compile(r"\[[^\]]*\]")
_PARTS = ("situation", "behaviour", "impact", "request")


class NothingHolds(Exception):
    """The model gave lines, and none of them holds."""


def items_from(answer: Answer, brief: Brief) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items that hold, with what the records add, and warnings; NothingHolds when none does."""
    given = evidence_ids(brief)
    held = [item for line in answer.items if (item := _item(line, brief, given)) is not None]
    if not held and (answer.items or not isinstance(brief, AnswerBrief)):
        raise NothingHolds
    words, warnings = phrases(language_of_brief(brief)), list[str]()
    if dropped := len(answer.items) - len(held):
        warnings.append(words["warnings.model.dropped"][dropped > 1].format(n=dropped))
    if any(set(line.evidence) - given.keys() for line in answer.items):
        warnings.append(words["warnings.model.cited"])
    if not held:
        warnings.append(words["warnings.no_answer"])
    return _completed(held, brief), tuple(warnings)


def _item(line: Line, brief: Brief, given: dict[str, Excerpt]) -> Item | None:
    if isinstance(brief, LearningsBrief):
        theme = theme_ids(brief).get(line.theme or "")
        return Item(line.text, pairings=theme.pairings) if theme else None
    cited = tuple(dict.fromkeys(given[key] for key in line.evidence if key in given))
    if brief.kind in SECTIONS and line.section not in SECTIONS[brief.kind]:
        return None
    if isinstance(brief, FeedbackBrief):
        return _phrasing(line, brief, cited)
    if not cited or (
        isinstance(brief, ReflectionBrief) and violations(line.text, line.section, brief.reading.language)
    ):
        return None
    if isinstance(brief, ProgressBrief) and not set(cited) <= _told_as(line.section, brief):
        return None
    if not is_borne_out(f"{line.text} {line.detail or ''}", _known(brief, cited), _SUPPORTED[brief.kind]):
        return None
    return Item(line.text, line.detail, line.section, citations=cited)


def is_borne_out(line: str, source: str, least: float) -> bool:
    """Whether a line's numbers all stand in the source, and of its words at least the share `least`."""
    told = content_stems(_BLANK.sub(" ", line))
    numbers = {stem for stem in told if any(char.isdigit() for char in stem)}
    known = content_stems(source)
    return numbers <= known and (not told or overlap(told, known) >= least)


def _known(brief: Brief, cited: tuple[Excerpt, ...]) -> str:
    """What a line may speak of: what it cites with its date and speaker, the records, the asker's words."""
    if isinstance(brief, LearningsBrief):
        return ""
    reading = brief.reading
    records = [*(a.title for a in reading.actions), *(g.title for g in reading.goals)]
    due = [d for d in (*(a.due for a in reading.actions), *(g.due for g in reading.goals)) if d]
    dates = [f"{day.day} {day:%B %Y}" for day in (*(c.held_at for c in cited), *due)]
    dates += [f"{abs((day - reading.today).days)} days" for day in due]
    names = [person.name for person in reading.people.values()]
    own = [brief.question] if isinstance(brief, AnswerBrief) else []
    return " ".join([*(f"{c.speaker} {c.text}" for c in cited), *records, *dates, *names, *own])


def _told_as(section: str | None, brief: ProgressBrief) -> set[Excerpt]:
    """What the notes themselves tell as done, learned, open or promised."""
    actions = {"done": brief.done_actions, "open": brief.open_actions, "next": brief.open_actions}
    said = {"done": brief.done, "learned": brief.learned, "open": brief.open, "next": brief.promised}
    tracked = [s for action in actions.get(section or "", ()) for s in action.said]
    return {s.excerpt for s in (*tracked, *said.get(section or "", ()))}


def _phrasing(line: Line, brief: FeedbackBrief, cited: tuple[Excerpt, ...]) -> Item | None:
    """Feedback whose every part stands in the draft or in what it cites, and that judges nobody."""
    source = " ".join([brief.draft, brief.situation or "", *(excerpt.text for excerpt in cited)])
    parts = {name: (line.parts or {}).get(name) for name in _PARTS}
    invents = any(part and not is_borne_out(part, source, _PART) for part in parts.values())
    if invents or not is_borne_out(line.text, source, _PHRASING) or flags(line.text, brief.reading.language):
        return None
    return Item(line.text, line.detail, line.section, parts=parts, citations=cited)


def _one_focus(topics: Sequence[Item]) -> list[Item]:
    """The first topic that the model put in focus comes first; any other is for discussion."""
    ordered = sorted(topics, key=lambda topic: topic.section != "focus")
    return [
        replace(t, section="discussion") if at and t.section == "focus" else t for at, t in enumerate(ordered)
    ]


def _completed(held: Sequence[Item], brief: Brief) -> tuple[Item, ...]:
    """What the records know is added from them: actions and goals are never the model's to tell."""
    match brief:
        case AgendaBrief():
            return agenda_items(brief, phrases(language_of_brief(brief)), _one_focus(held))
        case ProgressBrief():
            return progress_items(brief, phrases(language_of_brief(brief)), held)
        case ReflectionBrief():
            return tuple(held[: brief.limit])
    return tuple(held)
