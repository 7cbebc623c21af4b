"""What a run found: scores by metric, pair and split, with the worst cases."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from evals.answers import Answer
from evals.cases.schema import Split
from evals.metrics import METRICS, Metric, Score
from evals.statistics import Estimate, estimate

ALL = "all"
PARTS = (ALL, Split.TUNING.value, Split.HELD_OUT.value)


@dataclass(frozen=True)
class Scored:
    """An answer with all that was scored of it, and a judge's marks with their reasons apart from that."""

    answer: Answer
    scores: tuple[Score, ...]
    marks: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        """What the bootstrap draws: the pair, or the program where the owner asked."""
        task = self.answer.task
        return f"{task.program}/{task.pair}" if task.pair else task.program


Values = Mapping[str, Mapping[str, float]]


def by_pair(scored: Iterable[Scored], part: str = ALL) -> Values:
    """For each metric the mean of each pair's scores; unscored ones left out."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in scored:
        if part in (ALL, one.answer.task.split.value):
            for score in one.scores:
                if score.value is not None:
                    found[score.metric][one.unit].append(score.value)
    return {
        metric: {unit: sum(values) / len(values) for unit, values in sorted(units.items())}
        for metric, units in found.items()
    }


def estimates(scored: Sequence[Scored]) -> dict[str, dict[str, Estimate]]:
    """For each metric and part of the fixtures the mean over pairs; what nothing was scored of is absent."""
    parts = {part: by_pair(scored, part) for part in PARTS}
    return {
        metric.name: {
            part: estimate(list(values[metric.name].values()))
            for part, values in parts.items()
            if metric.name in values
        }
        for metric in METRICS
        if metric.name in parts[ALL]
    }


def unscored(scored: Iterable[Scored]) -> dict[str, int]:
    """How many scores of each metric could not be given."""
    counts: dict[str, int] = defaultdict(int)
    for one in scored:
        for score in one.scores:
            counts[score.metric] += score.value is None
    return {metric: count for metric, count in counts.items() if count}


@dataclass(frozen=True)
class Failure:
    """A score short of the best, with the answer it is of."""

    metric: Metric
    score: Score
    answer: Answer


def worst(scored: Iterable[Scored], metric: Metric, most: int, part: str) -> Iterator[Failure]:
    """The worst first, one of each answer, the last of those as bad; none of a metric that only tells a
    size, none at its best.
    """
    if metric.unit:
        return
    short = [
        (
            score.value if metric.higher else -score.value,
            one.answer.task.id,
            Failure(metric, score, one.answer),
        )
        for one in scored
        for score in reversed(one.scores)
        if score.metric == metric.name and score.value is not None and score.value != metric.best
        if one.answer.task.split.value == part
    ]
    by_answer: dict[str, Failure] = {}
    for _, answer, failure in sorted(short, key=lambda found: found[:2]):
        by_answer.setdefault(answer, failure)
    yield from islice(by_answer.values(), most)
