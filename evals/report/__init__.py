"""A run told in Markdown and as one self-contained HTML page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from coach.domain.suggestions import Kind
from evals.answers import Answer
from evals.cases.loading import Case
from evals.cases.schema import Matter, Split
from evals.judging import Agreement, agreements
from evals.metrics import METRICS, Metric
from evals.results import ALL, PARTS, Failure, Scored, estimates, unscored, worst
from evals.runs import Header
from evals.statistics import Estimate
from evals.tasks import UNANSWERABLE

_WORST = 3


@dataclass(frozen=True)
class Row:
    """A metric's estimates by part of the fixtures."""

    metric: Metric
    parts: Mapping[str, Estimate]
    unscored: int


@dataclass(frozen=True)
class Shown:
    """A failure beside what was wanted."""

    failure: Failure
    wanted: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    header: Header
    rows: tuple[Row, ...]
    cases: Mapping[str, tuple[Shown, ...]]
    answers: int
    pairs: int
    gates: tuple[str, ...]
    judged: tuple[Agreement, ...]


def report_of(
    header: Header, scored: Sequence[Scored], programs: Sequence[Case], gates: Sequence[str]
) -> Report:
    """`gates`: what broke. Worst cases are of the tuning split alone: held-out pairs stay unread."""
    held, lacking = estimates(scored), unscored(scored)
    by_key = {case.program.key: case for case in programs}
    rows = [
        Row(metric, held[metric.name], lacking.get(metric.name, 0))
        for metric in METRICS
        if metric.name in held
    ]
    cases = {
        row.metric.name: tuple(
            Shown(failure, tuple(_wanted(by_key[failure.answer.task.program], failure.answer)))
            for failure in worst(scored, row.metric, _WORST, Split.TUNING.value)
        )
        for row in rows
    }
    pairs = len({one.unit for one in scored if one.answer.task.pair})
    shown = {name: failures for name, failures in cases.items() if failures}
    return Report(header, tuple(rows), shown, len(scored), pairs, tuple(gates), tuple(agreements(scored)))


def _wanted(case: Case, answer: Answer) -> Iterator[str]:
    """What the labels ask of this answer."""
    task = answer.task
    if task.pair is None:
        yield from (f"{theme.about} ({len(theme.pairings)} pairings)" for theme in case.program.themes)
        return
    pair = case.by_key[task.pair]
    match task.kind:
        case Kind.AGENDA:
            gold = pair.agenda[task.gold]
            yield from (f"{due.priority}: {_matter(due)}" for due in gold.must)
            yield from (f"optional: {_matter(matter)}" for matter in gold.optional)
            yield from (f"not ({never.why}): {_matter(never)}" for never in gold.never)
        case Kind.REFLECTION:
            yield from (_matter(matter) for matter in pair.reflection[task.gold].touch)
        case Kind.PROGRESS:
            yield from (f"{fact.section}: {_matter(fact)}" for fact in pair.progress[task.gold].facts)
        case Kind.ASK if task.variant == UNANSWERABLE:
            yield f"no answer ({pair.unanswerable[task.gold].why})"
        case Kind.ASK:
            question = pair.answerable[task.gold]
            yield question.answer
            yield from (f"“{shown.quote}” ({shown.note})" for shown in question.evidence)
        case Kind.FEEDBACK:
            given = pair.feedback[task.gold]
            for part in ("situation", "behaviour", "impact", "request"):
                yield f"{part}: {getattr(given, f'holds_{part}') or 'a blank'}"


def _matter(matter: Matter) -> str:
    shown = "; ".join(f"“{evidence.quote}” ({evidence.note})" for evidence in matter.evidence)
    return f"{matter.about}: {shown}" if shown else matter.about


def write_report(folder: Path, report: Report) -> None:
    """report.md and report.html in the folder."""
    for name, escapes in (("report.md", False), ("report.html", True)):
        (folder / name).write_text(_rendered(name, report, escapes), "utf-8")


def _rendered(name: str, report: Report, escapes: bool) -> str:
    template = resources.files("evals.report").joinpath(f"{name}.j2").read_text("utf-8")
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=escapes
    )
    environment.filters["told"] = _told
    return environment.from_string(template).render(report=report, parts=PARTS, all=ALL)


def _told(found: Estimate | None, metric: Metric) -> str:
    """A mean with its interval: "0.84 (0.78–0.89)"; of a single pair without, of none a dash."""
    if found is None:
        return "–"
    digits = 1 if metric.unit in ("LIX", "tokens") else 2
    if found.pairs == 1:
        return f"{found.mean:.{digits}f}"
    return f"{found.mean:.{digits}f} ({found.low:.{digits}f}–{found.high:.{digits}f})"
