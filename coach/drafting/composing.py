"""A model's items and the offline coach's made into one draft: nothing twice, and nothing forgotten.

What the records tell comes from the offline coach alone. An item of the model's stands for what it
covers; what the model left out, or said and the notes don't bear out, the offline coach fills in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

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
from coach.domain.suggestions import Item
from coach.drafting.phrases import Phrases, phrases
from coach.drafting.rendering import theme_ids
from coach.drafting.wording.agenda import agenda_items, with_remark
from coach.drafting.wording.covering import cites_same, says_same
from coach.drafting.wording.progress import progress_items
from coach.rules.agenda import spread_minutes
from coach.rules.reflection import SECTIONS, uncovered_sections

_TOPICS = ("focus", "discussion")
_PHRASINGS = ("gentle", "direct", "question")


@dataclass
class Composition:
    """`plan`: the offline draft; `held`: the model's items that are taken, in the order they came."""

    plan: tuple[Item, ...]
    words: Phrases
    held: list[Item] = field(default_factory=list)

    def at_once(self) -> tuple[Item, ...]:
        """What needs no model and will be part of the whole as it is."""
        return ()

    def take(self, item: Item, theme: str | None = None) -> Item | None:
        """The item as it will be part of the whole; None while that is open, or where it says nothing new."""
        if any(says_same(item, earlier, self.words.language) for earlier in self.held):
            return None
        return self._placed(item, theme)

    def whole(self) -> tuple[Item, ...]:
        """Held items and what fills in for the others, in the order of the kind."""
        return tuple(self.held)

    def _placed(self, item: Item, theme: str | None) -> Item | None:
        self.held.append(item)
        return item


class _Agenda(Composition):
    """Topics take the offline coach's places, with their minutes; the last place is for what is left."""

    def __init__(self, brief: AgendaBrief, plan: tuple[Item, ...], words: Phrases) -> None:
        super().__init__(plan, words)
        self._brief = brief
        self._places = [item for item in plan if item.section in _TOPICS]
        self._early = min(len(self._places), max(1, len(self._places) - 1))

    def at_once(self) -> tuple[Item, ...]:
        return tuple(item for item in self.plan if item.section == "check_in") if self._places else ()

    def _placed(self, item: Item, theme: str | None) -> Item | None:
        at = len(self.held)
        told = with_remark(item, self._brief.reading, self.words)
        minutes = self._places[at].minutes if at < self._early else None
        self.held.append(replace(told, section=_TOPICS[at > 0], minutes=minutes))
        return self.held[at] if at < self._early else None

    def whole(self) -> tuple[Item, ...]:
        fixed = [*self.at_once(), *self.held[: self._early]]
        left = self._brief.minutes - sum(item.minutes or 0 for item in fixed)
        for limit in range(self._brief.limit, len(self.plan) - 1, -1):
            made = agenda_items(replace(self._brief, limit=limit), self.words, self.held)
            others = [item for item in made if not _among(item, fixed)]
            if len(others) <= left:
                break
        timed = iter(spread_minutes(others, left))
        return tuple(next((f for f in fixed if _same(f, item)), None) or next(timed) for item in made)


class _Progress(Composition):
    """Goals and actions by the records, then the model's lines, then what they leave out."""

    def __init__(self, brief: ProgressBrief, plan: tuple[Item, ...], words: Phrases) -> None:
        super().__init__(plan, words)
        self._brief = brief

    def at_once(self) -> tuple[Item, ...]:
        return progress_items(self._brief, self.words, ())

    def whole(self) -> tuple[Item, ...]:
        recorded = self.at_once()
        rest = [item for item in self.plan if item not in recorded and not _covered(item, self.held)]
        return progress_items(self._brief, self.words, [*self.held, *rest])


class _Reflection(Composition):
    """At most as many questions as were asked for, of each section one while there are places."""

    def __init__(self, limit: int, plan: tuple[Item, ...], words: Phrases) -> None:
        super().__init__(plan, words)
        self._limit = limit

    def _placed(self, item: Item, theme: str | None) -> Item | None:
        return super()._placed(item, theme) if self._has_place(item) else None

    def _has_place(self, item: Item) -> bool:
        sections = {held.section for held in self.held}
        left = self._limit - len(self.held)
        if item.section in sections:
            return left > len(uncovered_sections(sections))
        return left > 0

    def whole(self) -> tuple[Item, ...]:
        chosen = list(self.held)
        for item in sorted(self.plan, key=lambda i: i.section in {held.section for held in self.held}):
            if len(chosen) < self._limit and not any(_asks_same(item, other) for other in chosen):
                chosen.append(item)
        return tuple(sorted(chosen, key=lambda item: SECTIONS.index(item.section or "")))


class _Feedback(Composition):
    """One phrasing of each kind."""

    def _placed(self, item: Item, theme: str | None) -> Item | None:
        taken = {held.section for held in self.held}
        return super()._placed(item, theme) if item.section not in taken else None

    def whole(self) -> tuple[Item, ...]:
        by_section = {item.section: item for item in (*self.plan, *self.held)}
        return tuple(by_section[section] for section in _PHRASINGS)


class _Answer(Composition):
    """The model's sentences; the notes' own where none of them holds."""

    def whole(self) -> tuple[Item, ...]:
        return tuple(self.held) or self.plan


class _Learnings(Composition):
    """Each theme once, in the model's words or the offline coach's; the counts are the records'."""

    def __init__(self, brief: LearningsBrief, plan: tuple[Item, ...], words: Phrases) -> None:
        super().__init__(plan, words)
        self._by_theme = dict(zip(theme_ids(brief), plan, strict=True))
        self._told: set[str] = set()

    def _placed(self, item: Item, theme: str | None) -> Item | None:
        if theme is None or theme in self._told:
            return None
        self._told.add(theme)
        placed = replace(item, detail=self._by_theme[theme].detail, pairings=self._by_theme[theme].pairings)
        self._by_theme[theme] = placed
        return super()._placed(placed, theme)

    def whole(self) -> tuple[Item, ...]:
        return tuple(self._by_theme.values())


def composition_of(brief: Brief, plan: tuple[Item, ...]) -> Composition:
    words = phrases(language_of_brief(brief))
    match brief:
        case AgendaBrief():
            return _Agenda(brief, plan, words)
        case ProgressBrief():
            return _Progress(brief, plan, words)
        case ReflectionBrief():
            return _Reflection(brief.limit, plan, words)
        case FeedbackBrief():
            return _Feedback(plan, words)
        case AnswerBrief():
            return _Answer(plan, words)
        case LearningsBrief():
            return _Learnings(brief, plan, words)


def _covered(item: Item, by: Iterable[Item]) -> bool:
    return any(cites_same(item, other) for other in by)


def _asks_same(item: Item, other: Item) -> bool:
    return says_same(item, other) or (item.section == other.section and cites_same(item, other))


def _same(one: Item, other: Item) -> bool:
    return (one.section, one.text, one.detail) == (other.section, other.text, other.detail)


def _among(item: Item, others: Sequence[Item]) -> bool:
    return any(_same(item, other) for other in others)
