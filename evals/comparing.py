"""Two runs side by side, pair by pair."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.metrics import METRICS, Metric
from evals.results import Scored, by_pair
from evals.statistics import Difference, paired_difference

_SURE = 0.05


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric in two runs over the pairs that both scored."""

    metric: Metric
    first: float
    second: float
    difference: Difference

    @property
    def verdict(self) -> str:
        """Whether the second is better, worse, or neither beyond chance."""
        if self.difference.p > _SURE:
            return "no difference beyond chance"
        return "better" if (self.difference.mean > 0) == self.metric.higher else "worse"


def compare(first: Sequence[Scored], second: Sequence[Scored]) -> Iterator[Compared]:
    """Metrics that both runs scored for at least one common pair."""
    ones, others = by_pair(first), by_pair(second)
    for metric in METRICS:
        units = sorted(ones.get(metric.name, {}).keys() & others.get(metric.name, {}).keys())
        if units:
            before = [ones[metric.name][unit] for unit in units]
            after = [others[metric.name][unit] for unit in units]
            yield Compared(
                metric,
                sum(before) / len(before),
                sum(after) / len(after),
                paired_difference(before, after),
            )


def compared_text(compared: Sequence[Compared], names: tuple[str, str]) -> str:
    """A Markdown table."""
    lines = [
        f"| metric | {names[0]} | {names[1]} | change (95 %) | p | pairs | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for one in compared:
        d = one.difference
        lines.append(
            f"| {one.metric.name} | {one.first:.3f} | {one.second:.3f} | "
            f"{d.mean:+.3f} ({d.low:+.3f} to {d.high:+.3f}) | {d.p:.3f} | {d.pairs} | {one.verdict} |"
        )
    return "\n".join(lines) + "\n"
