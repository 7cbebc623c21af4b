"""The baseline that a build must not fall behind."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coach.errors import Invalid
from evals.metrics import BY_NAME, Gate, Metric
from evals.results import Scored, Values, by_pair
from evals.runs import Header
from evals.statistics import estimate, paired_difference

_ROUNDING = 6
_SLACK = 1e-6
LEAST_PAIRS = 5


def write_baseline(file: Path, header: Header, scored: Sequence[Scored]) -> None:
    """Each gated metric's value for each pair, with what the run was made with."""
    values = by_pair(scored)
    told = {
        "run": header.model_dump(mode="json", exclude={"versions"}),
        "metrics": {
            name: {unit: round(value, _ROUNDING) for unit, value in units.items()}
            for name, units in sorted(values.items())
            if BY_NAME[name].gate is not Gate.NONE
        },
    }
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def read_baseline(file: Path) -> Values:
    """Metric by pair; Invalid when the file is none of ours."""
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        metrics: Mapping[str, Mapping[str, float]] = told["metrics"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid(f"{file} is no baseline of counterpart eval") from error
    return metrics


def violations(scored: Sequence[Scored]) -> Iterator[str]:
    """Hard gates that are broken, each with an example."""
    for metric in BY_NAME.values():
        if metric.gate is Gate.HARD:
            broken = [
                (one, score)
                for one in scored
                for score in one.scores
                if score.metric == metric.name and score.value not in (None, metric.best)
            ]
            if broken:
                first, score = broken[0]
                yield f"{metric.name}: {len(broken)} times, such as {first.answer.task.id}: {score.why}"


def drops(baseline: Values, scored: Sequence[Scored]) -> Iterator[str]:
    """Metrics that fell beyond chance, over the pairs that baseline and run share.

    Of fewer than LEAST_PAIRS nothing can be told from chance.
    """
    now = by_pair(scored)
    if baseline and not _shared(baseline, now):
        yield "the baseline and this run share no pair: nothing was compared"
    for name, before in baseline.items():
        metric = BY_NAME.get(name)
        if metric is not None and metric.gate is Gate.DROP:
            shared = sorted(before.keys() & now.get(name, {}).keys())
            lost = sorted(_asked(scored) & before.keys() - now.get(name, {}).keys())
            if lost:
                yield f"{name}: no longer scored for {', '.join(lost)}"
            if len(shared) >= LEAST_PAIRS:
                yield from _drop(metric, [before[u] for u in shared], [now[name][u] for u in shared])


def _shared(baseline: Values, now: Values) -> set[str]:
    before = {unit for units in baseline.values() for unit in units}
    return before & {unit for units in now.values() for unit in units}


def _asked(scored: Sequence[Scored]) -> set[str]:
    return {one.unit for one in scored}


def _drop(metric: Metric, before: list[float], now: list[float]) -> Iterator[str]:
    """Below the baseline's interval, or worse on the same pairs by more than chance."""
    sign = 1 if metric.higher else -1
    held = estimate([sign * value for value in before])
    got = estimate([sign * value for value in now])
    change = paired_difference([sign * value for value in before], [sign * value for value in now])
    if got.mean < held.low - _SLACK or change.high < -_SLACK:
        yield (
            f"{metric.name}: {abs(got.mean):.3f}, it was {abs(held.mean):.3f} "
            f"(change {change.mean:+.3f}, {change.low:+.3f} to {change.high:+.3f}, {change.pairs} pairs)"
        )
