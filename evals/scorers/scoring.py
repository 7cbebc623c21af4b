"""Every score of an answer."""

from collections.abc import Mapping
from dataclasses import replace

from coach.domain.suggestions import Kind
from evals.answers import SEARCH, Answer, Task
from evals.cases.loading import Case
from evals.metrics import BY_NAME, Score
from evals.scorers.agenda import score_agenda
from evals.scorers.answers import score_ask
from evals.scorers.feedback import score_feedback
from evals.scorers.grounding import score_grounding
from evals.scorers.matching import Asked
from evals.scorers.nearness import Nearness
from evals.scorers.privacy import score_privacy
from evals.scorers.progress import score_progress
from evals.scorers.reflection import score_reflection
from evals.scorers.wording import score_wording
from evals.tasks import BEFORE

_WORDED = {kind.value for kind in Kind} - {Kind.LEARNINGS.value}


async def scores_of(
    case: Case, answer: Answer, before: Mapping[str, Answer], nearness: Nearness
) -> list[Score]:
    """`before`: answers of the same run by their task's id, an agenda's predecessor among them.

    A score at its best gives no reason.
    """
    every = await _scores(case, answer, before, nearness)
    return [replace(s, why="") if s.value == BY_NAME[s.metric].best else s for s in every]


async def _scores(
    case: Case, answer: Answer, before: Mapping[str, Answer], nearness: Nearness
) -> list[Score]:
    if answer.failed is not None:
        return [Score("answered", 0.0, answer.failed)]
    asked = Asked(case, answer)
    scores = [Score("answered", 1.0), *score_privacy(asked), *await score_grounding(asked, nearness)]
    if answer.task.kind != SEARCH:
        scores.append(Score("latency", answer.seconds))
        scores.append(Score("tokens", float(answer.prompt_tokens + answer.completion_tokens)))
    if answer.task.kind in _WORDED:
        scores += score_wording(asked)
    return [*scores, *await _of_kind(asked, before, nearness)]


async def _of_kind(asked: Asked, before: Mapping[str, Answer], nearness: Nearness) -> list[Score]:
    if asked.task.variant == BEFORE:
        return []
    match asked.task.kind:
        case Kind.AGENDA:
            return list(score_agenda(asked, before.get(earlier_id(asked.task))))
        case Kind.REFLECTION:
            return list(score_reflection(asked))
        case Kind.PROGRESS:
            return await score_progress(asked, nearness)
        case Kind.ASK:
            return list(score_ask(asked))
        case Kind.FEEDBACK:
            return list(score_feedback(asked))
        case _:
            return []


def earlier_id(task: Task) -> str:
    """The id of the same agenda asked before the latest session."""
    head, _, tail = task.id.partition(f"/{Kind.AGENDA.value}/")
    return f"{head}/{Kind.AGENDA.value}/{BEFORE}/{tail}"
