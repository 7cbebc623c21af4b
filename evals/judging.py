"""What a judging model says of answers, kept apart from the scores, and how far the two agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from evals.answers import SEARCH, Answer
from evals.cases.lines import held_at
from evals.cases.loading import Case, may_read
from evals.results import Scored
from evals.tasks import BEFORE

if TYPE_CHECKING:
    from coach.drafting.judging import Verdict

ASPECTS = ("faithful", "useful", "kind", "fitting")
PARALLELS = {
    "faithful": ("grounded composed", "grounded quoted", "quotes exact"),
    "useful": (
        "agenda coverage@6", "reflection touch", "progress recall",
        "answers correct", "abstention", "feedback parts",
    ),
    "kind": ("feedback words kept out", "feedback tone"),
    "fitting": ("role fit",),
}  # fmt: skip
_LEAST = 5


class Judge(Protocol):
    async def judge(self, variables: dict[str, Any], people: Sequence[str] = ()) -> "Verdict | None": ...


def is_judged(answer: Answer) -> bool:
    """Searches, what owners read, and agendas of the past are not."""
    task = answer.task
    return task.pair is not None and task.kind != SEARCH and task.variant != BEFORE and answer.failed is None


async def judged(case: Case, answer: Answer, judge: Judge) -> Mapping[str, tuple[int, str]]:
    """Each aspect's mark with its reason; empty where there is no verdict."""
    if not is_judged(answer):
        return {}
    people = case.by_key[answer.task.pair or ""].people
    verdict = await judge.judge(_variables(case, answer), [person.name for person in people])
    if verdict is None:
        return {}
    marks = {aspect: getattr(verdict, aspect) for aspect in ASPECTS}
    return {aspect: (mark.mark, mark.reason) for aspect, mark in marks.items()}


def _variables(case: Case, answer: Answer) -> dict[str, Any]:
    task = answer.task
    pair = case.by_key[task.pair or ""]
    names = {person.key: person.name for person in pair.people}
    mentors = {person.key for person in pair.mentors}
    return {
        "reader_name": names[task.reader],
        "reader_role": "mentor" if task.reader in mentors else "mentee",
        "pairing_kind": pair.kind.value,
        "today": case.program.today.isoformat(),
        "asked": f"{task.kind} {' '.join(str(value) for value in task.ask.values())}".strip(),
        "lines": [line.told for line in answer.lines],
        "notes": [
            {
                "key": note.key,
                "by": names[note.author],
                "date": f"{held_at(session):%Y-%m-%d}",
                "text": note.text,
            }
            for session in pair.sessions
            for note in session.notes
            if may_read(pair, task.reader, note.key)
        ],
    }


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of a judge's mark with the scores that mean the same: Spearman's rank correlation over `answers`.

    `correlation` None where one of both never varies, or fewer than five answers have both.
    """

    aspect: str
    mean: float
    answers: int
    unjudged: int
    correlation: float | None


def agreements(scored: Sequence[Scored]) -> list[Agreement]:
    """None without any verdict."""
    asked = [one for one in scored if is_judged(one.answer)]
    if not any(one.marks for one in asked):
        return []
    return [_agreement(aspect, asked) for aspect in ASPECTS]


def _agreement(aspect: str, asked: Sequence[Scored]) -> Agreement:
    marks = [one.marks[aspect][0] for one in asked if aspect in one.marks]
    both = [
        (one.marks[aspect][0], value)
        for one in asked
        if aspect in one.marks and (value := _parallel(one, aspect)) is not None
    ]
    return Agreement(
        aspect, sum(marks) / max(1, len(marks)), len(both), len(asked) - len(marks), _correlation(both)
    )


def _parallel(one: Scored, aspect: str) -> float | None:
    """The mean of an answer's scores that mean the same as an aspect."""
    values = [s.value for s in one.scores if s.metric in PARALLELS[aspect] and s.value is not None]
    return sum(values) / len(values) if values else None


def _correlation(both: Sequence[tuple[float, float]]) -> float | None:
    marks, values = [mark for mark, _ in both], [value for _, value in both]
    if len(both) < _LEAST or len(set(marks)) < 2 or len(set(values)) < 2:
        return None
    from scipy.stats import spearmanr

    return float(spearmanr(marks, values).statistic)
