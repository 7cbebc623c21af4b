"""A model's lines read against their brief: form, evidence, and the rules of the kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from coach.advice.briefs import (
    AgendaBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    ProgressBrief,
    ReflectionBrief,
)
from coach.domain.notes import Excerpt
from coach.domain.suggestions import Item
from coach.drafting.objections import Objection, Reason
from coach.drafting.rendering import theme_ids
from coach.drafting.shapes import PARTS, SECTIONS, Line
from coach.rules.feedback import flags
from coach.rules.reflection import violations


@dataclass(frozen=True, slots=True)
class Told:
    """A line in form as the item that it would be, and the theme that it words."""

    item: Item
    theme: str | None = None


class LineReader:
    """Reads one answer's lines; `cited_others` once a line named evidence that was not given."""

    def __init__(self, brief: Brief, given: Mapping[str, Excerpt]) -> None:
        """`given`: the evidence that the prompt shows, by its ids."""
        self._brief = brief
        self._given = given
        self.cited_others = False

    def read(self, line: Any) -> Told | Objection:
        try:
            return self._told(Line.model_validate(line))
        except ValidationError:
            return Objection(Reason.FORM)

    def _told(self, line: Line) -> Told | Objection:
        brief = self._brief
        if isinstance(brief, LearningsBrief):
            theme = theme_ids(brief).get(line.theme or "")
            item = Item(line.text, pairings=theme.pairings if theme else None)
            return Told(item, line.theme) if theme else Objection(Reason.EVIDENCE)
        if brief.kind in SECTIONS and line.section not in SECTIONS[brief.kind]:
            return Objection(Reason.FORM)
        self.cited_others |= not set(line.evidence) <= self._given.keys()
        cited = tuple(dict.fromkeys(self._given[key] for key in line.evidence if key in self._given))
        if not cited and not isinstance(brief, FeedbackBrief):
            return Objection(Reason.EVIDENCE)
        return self._ruled(line, cited)

    def _ruled(self, line: Line, cited: tuple[Excerpt, ...]) -> Told | Objection:
        brief = self._brief
        match brief:
            case ReflectionBrief():
                wrong = violations(line.text, line.section, brief.reading.language)
                if wrong:
                    return Objection(Reason.RULE, "; ".join(wrong))
            case FeedbackBrief():
                judged = flags(line.text, brief.reading.language)
                if judged:
                    return Objection(Reason.RULE, ", ".join(flag.words for flag in judged))
                parts = {name: (line.parts or {}).get(name) or None for name in PARTS}
                return Told(Item(line.text, None, line.section, parts=parts, citations=cited))
            case ProgressBrief():
                if not set(cited) <= _told_as(line.section, brief):
                    return Objection(Reason.STATUS, f"told as {line.section}")
        detail = line.detail if isinstance(brief, AgendaBrief) else None
        return Told(Item(line.text, detail, line.section, citations=cited))


def _told_as(section: str | None, brief: ProgressBrief) -> set[Excerpt]:
    """What the notes themselves tell as done, learned, open or promised."""
    actions = {"done": brief.done_actions, "open": brief.open_actions, "next": brief.open_actions}
    said = {"done": brief.done, "learned": brief.learned, "open": brief.open, "next": brief.promised}
    tracked = [s for action in actions.get(section or "", ()) for s in action.said]
    return {s.excerpt for s in (*tracked, *said.get(section or "", ()))}
