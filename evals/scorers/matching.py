"""Whether a line of the coach shows a labelled matter."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from coach.domain.work import ActionStatus, GoalStatus
from coach.drafting.phrases import phrases
from coach.language.detection import language_of
from coach.language.words import content_stems
from coach.rules.inert import inert
from evals.answers import Answer, Cited, Line, Task
from evals.cases.loading import Case, may_read
from evals.cases.schema import Evidence, Matter, Pair

_ENOUGH = 0.5
_LONG_ENOUGH = 24
QUOTE = re.compile(r"“([^”]*)”|„([^“]*)“|«\s?([^»]*?)\s?»")


@dataclass(frozen=True)
class Asked:
    """A task's answer in its program: what every scorer is given."""

    case: Case
    answer: Answer

    @property
    def task(self) -> Task:
        return self.answer.task

    @cached_property
    def pair(self) -> Pair:
        return self.case.by_key[self.task.pair or ""]

    @cached_property
    def readable(self) -> dict[str, str]:
        """The texts of the notes that the reader may read, by key; none for an owner."""
        if self.task.pair is None:
            return {}
        every = self.pair.notes.values()
        return {note.key: note.text for note in every if may_read(self.pair, self.task.reader, note.key)}

    @cached_property
    def language(self) -> str:
        """What the reader writes in, by their own notes; the pair's for who wrote none."""
        own = [note.text for note in self.pair.notes.values() if note.author == self.task.reader]
        return language_of("\n".join(own), self.pair.language)

    @cached_property
    def records(self) -> list[str]:
        """The words of goals, actions and objectives."""
        told = [*self.case.program.objectives, *(action.title for action in self.pair.actions)]
        for goal in self.pair.goals:
            told += [goal.title, goal.description or "", goal.measure or ""]
        return told


def quoted_in(text: str) -> list[str]:
    """What stands between quotation marks."""
    return [words for found in QUOTE.findall(text) for words in found if words]


def without_quotes(text: str) -> str:
    return QUOTE.sub("“”", text)


def shows(line: Line, matter: Matter, pair: Pair) -> bool:
    """Whether the line cites a passage that shows the matter, or names its goal or action."""
    if any(cites(cited, evidence, pair) for cited in line.citations for evidence in matter.evidence):
        return True
    titles = [goal.title for goal in pair.goals if goal.key == matter.goal]
    titles += [action.title for action in pair.actions if action.key == matter.action]
    return any(inert(title) in line.told for title in titles)


def cites(cited: Cited, evidence: Evidence, pair: Pair) -> bool:
    """Whether a citation overlaps a quote by half of the shorter, or by a good stretch of it."""
    if cited.note != evidence.note:
        return False
    told = places(pair.notes[evidence.note].text, evidence.quote)
    return any(meets((cited.start, cited.end), place) for place in told)


def meets(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether they share half of the shorter, or a good stretch."""
    (start, end), (other_start, other_end) = one, other
    shared = min(end, other_end) - max(start, other_start)
    shorter = min(end - start, other_end - other_start)
    return shared >= min(_LONG_ENOUGH, _ENOUGH * shorter) and shared > 0


def places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    """Every place of a quote in a text."""
    at = text.find(quote)
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


def shown(lines: Sequence[Line], matters: Iterable[Matter], pair: Pair) -> list[bool]:
    """For each matter whether some line shows it."""
    return [any(shows(line, matter, pair) for line in lines) for matter in matters]


def listed(matters: Iterable[Matter]) -> str:
    return "; ".join(matter.about for matter in matters)


def on_record(line: Line, pair: Pair) -> bool:
    """Whether it names an open goal or action, or one that is done."""
    open_goals = [goal.title for goal in pair.goals if goal.status is not GoalStatus.DROPPED]
    kept = [action.title for action in pair.actions if action.status is not ActionStatus.DROPPED]
    return any(inert(title) in line.told for title in (*open_goals, *kept))


@cache
def coaching_stems(language: str) -> frozenset[str]:
    """Stems of the coach's own fixed phrases."""
    return content_stems(" ".join(_texts(phrases(language).tables)), language)


def _texts(table: object) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict):
        for value in table.values():
            yield from _texts(value)
    elif isinstance(table, list):
        for value in table:
            yield from _texts(value)
