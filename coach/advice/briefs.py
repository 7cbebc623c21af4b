"""What a drafter is given, one brief for each kind of advice, and what it gives back."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from coach.advice.reading import Reading
from coach.advice.sentences import Said
from coach.advice.tracing import Trace
from coach.domain.notes import Excerpt, Session
from coach.domain.people import Participant, Program
from coach.domain.releases import Wording
from coach.domain.suggestions import Draft, Item, Kind
from coach.domain.work import Action, ActionStatus, Goal
from coach.language.detection import language_of


class Reason(StrEnum):
    """Why something belongs on the agenda."""

    ASKED = "asked"
    QUESTION = "question"
    PROMISE = "promise"
    POSTPONED = "postponed"
    OPEN = "open"
    DIFFICULTY = "difficulty"
    GOAL_DUE = "goal_due"
    GOAL_QUIET = "goal_quiet"
    OBJECTIVE = "objective"


@dataclass(frozen=True)
class Point:
    """Something to talk about; `weight` orders points, `tie` is the goal it serves."""

    reason: Reason
    weight: float
    said: tuple[Said, ...] = ()
    goal: Goal | None = None
    tie: Goal | None = None
    subject: str | None = None
    difficulty: str | None = None

    @property
    def stems(self) -> frozenset[str]:
        return frozenset().union(*(said.stems for said in self.said))


@dataclass(frozen=True)
class TrackedAction:
    """An action and where the notes speak of it; `done` is a sentence that tells an open one as done."""

    action: Action
    said: tuple[Said, ...]
    done: Said | None = None

    @classmethod
    def of(cls, action: Action, trace: Trace) -> "TrackedAction":
        done = trace.latest_about(action.title, "done") if action.status is ActionStatus.OPEN else None
        return cls(action, (done,) if done else trace.about(action.title, 1), done)


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """`by_words_alone`: what the notes mean could not be searched when this was gathered."""

    by_words_alone: bool = False


@dataclass(frozen=True)
class AgendaBrief(Gathered):
    """`further`: what else may belong there; it has no place of its own in the plan."""

    reading: Reading
    minutes: int
    limit: int
    actions: tuple[TrackedAction, ...]
    points: tuple[Point, ...]
    opening: Said | None
    further: tuple[Said, ...] = ()
    kind: Kind = Kind.AGENDA

    @property
    def evidence(self) -> tuple[Excerpt, ...]:
        said = [s for tracked in self.actions for s in tracked.said]
        said += [s for point in self.points for s in point.said]
        return distinct([*said, *([self.opening] if self.opening else []), *self.further])


@dataclass(frozen=True)
class ReflectionBrief(Gathered):
    """`said`: what to reflect on, the weightiest first."""

    reading: Reading
    session: Session | None
    limit: int
    said: tuple[Said, ...]
    kind: Kind = Kind.REFLECTION

    @property
    def evidence(self) -> tuple[Excerpt, ...]:
        return distinct(self.said)


@dataclass(frozen=True)
class Parts:
    """A draft of feedback taken apart, in its own words; None for what it does not hold."""

    situation: str | None
    behaviour: str | None
    impact: str | None
    request: str | None


@dataclass(frozen=True)
class FeedbackBrief(Gathered):
    """`observed`: a dated fact of the notes that says what the draft says, and stands for what it lacks."""

    reading: Reading
    draft: str
    receiver: Participant
    upward: bool
    situation: str | None
    parts: Parts
    observed: tuple[Said, ...]
    related: tuple[Said, ...] = ()
    kind: Kind = Kind.FEEDBACK

    @property
    def evidence(self) -> tuple[Excerpt, ...]:
        return distinct([*self.observed, *self.related])


@dataclass(frozen=True)
class TrackedGoal:
    goal: Goal
    said: tuple[Said, ...]


@dataclass(frozen=True)
class ProgressBrief(Gathered):
    reading: Reading
    since: datetime | None
    until: datetime | None
    goals: tuple[TrackedGoal, ...]
    done_actions: tuple[TrackedAction, ...]
    open_actions: tuple[TrackedAction, ...]
    done: tuple[Said, ...]
    learned: tuple[Said, ...]
    open: tuple[Said, ...]
    promised: tuple[Said, ...]
    kind: Kind = Kind.PROGRESS

    @property
    def evidence(self) -> tuple[Excerpt, ...]:
        actions = [s for tracked in (*self.done_actions, *self.open_actions) for s in tracked.said]
        goals = [s for tracked in self.goals for s in tracked.said]
        return distinct([*goals, *actions, *self.done, *self.learned, *self.open, *self.promised])


@dataclass(frozen=True)
class AnswerBrief(Gathered):
    """`answers` hold the answer, best first; none when the notes don't. `near` is what came closest."""

    reading: Reading
    question: str
    answers: tuple[Said, ...]
    near: tuple[Said, ...]
    kind: Kind = Kind.ASK

    @property
    def evidence(self) -> tuple[Excerpt, ...]:
        return distinct([*self.answers, *self.near])


@dataclass(frozen=True)
class Theme:
    """What enough pairings write about: words that each of enough pairings uses, most telling first.

    `pairings` counts those that write about it; the other counts are None below the group size;
    `difficulty` names a known difficulty of mentoring, `lesson` what programs learn again and again.
    """

    words: tuple[str, ...]
    pairings: int
    learned: int | None
    struggling: int | None
    difficulty: str | None = None
    lesson: str | None = None
    id: str = ""


class Nothing(StrEnum):
    """Why a program's owner is told no theme: none is shared yet, none is new, or no release is so old."""

    SHARED = "no_themes"
    NEW = "nothing_new"
    BEFORE_RELEASES = "before_releases"


@dataclass(frozen=True)
class LearningsBrief(Gathered):
    """Holds no word of a note that fewer pairings than the program's group size use.

    `themes`: all of the release that answers, none where none is chosen. `chosen`: the ids of those that
    were asked for, in their order. `wording`: the release in words, once it was worded. `note_ids`: the
    notes that count now. `pairings`: how many the program had.
    """

    program: Program
    asked_by: Participant
    now: datetime
    since: datetime | None
    until: datetime | None
    themes: tuple[Theme, ...]
    pairings: int
    note_ids: tuple[str, ...] = ()
    release: int = 0
    chosen: tuple[str, ...] = ()
    wording: Wording | None = None
    nothing: Nothing | None = None
    kind: Kind = Kind.LEARNINGS

    @property
    def language(self) -> str:
        """The language of the program's own words."""
        return language_of(" ".join([self.program.description or "", *self.program.objectives]))

    @property
    def evidence(self) -> tuple[Excerpt, ...]:
        return ()


def language_of_brief(brief: "Brief") -> str:
    """The language to answer in: that of the notes, or of the program for its owner."""
    return brief.language if isinstance(brief, LearningsBrief) else brief.reading.language


def program_of(brief: "Brief") -> Program:
    return brief.program if isinstance(brief, LearningsBrief) else brief.reading.program


Brief = AgendaBrief | ReflectionBrief | FeedbackBrief | ProgressBrief | AnswerBrief | LearningsBrief


class Drafter(Protocol):
    """Puts a brief into words: items as soon as one is fit to be shown, if any are, and the whole draft last.

    What was given before is part of the whole. Nothing of it is checked against the records yet.
    """

    def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]: ...


def distinct(said: "list[Said] | tuple[Said, ...]") -> tuple[Excerpt, ...]:
    """Each excerpt once, in the order of first mention."""
    return tuple({(s.excerpt.note_id, s.excerpt.start, s.excerpt.end): s.excerpt for s in said}.values())
