"""What `counterpart eval` does, once it is asked to."""

import asyncio
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
from tqdm import tqdm

from coach.errors import CounterpartError, Invalid
from coach.settings import Settings
from coach.wiring.surroundings import silence_telemetry
from evals.cases.loading import FIXTURES, load_cases
from evals.comparing import compare, compared_text
from evals.corpora import corpus_text, measure, read_corpus
from evals.gates import drops, read_baseline, violations, write_baseline
from evals.report import Report, report_of, write_report
from evals.results import ALL, Scored
from evals.running import Work, hash_of, run, work_for
from evals.runs import Log, header_for, read_log


@dataclass(frozen=True)
class Options:
    """As they are given on the command line."""

    engine: str
    judge: bool
    pattern: str
    folder: Path | None
    split: str | None
    repeat: int
    jobs: int
    out: Path
    baseline: Path | None
    keep: Path | None


def run_evaluation(options: Options) -> int:
    """The exit status: 1 when a gate broke, 2 when nothing could be evaluated."""
    try:
        return _evaluated(options)
    except CounterpartError as error:
        click.echo(f"counterpart: {error.detail}", err=True)
    except OSError as error:
        click.echo(f"counterpart: can't write {error.filename} ({error.strerror})", err=True)
    except KeyboardInterrupt:
        click.echo("\nBroken off; the same command goes on from there.", err=True)
        return 130
    return 2


def _evaluated(options: Options) -> int:
    settings, folder = _settings(options.engine), options.folder or FIXTURES
    judging = _with_model("--judge") if options.judge else None
    cases = load_cases(folder)
    work = work_for(cases, options.pattern, options.split, options.repeat)
    before = read_baseline(options.baseline) if options.baseline else {}
    header = header_for(
        settings,
        options.engine,
        options.pattern,
        options.split,
        options.repeat,
        hash_of(folder),
        judging.llm_model if judging else None,
    )
    if options.keep is not None:
        options.keep.parent.mkdir(parents=True, exist_ok=True)
        options.keep.touch()
    with closing(Log(options.out, header)) as log:
        _ask(work, log, settings, options.jobs, judging)
    broken = [*violations(log.scored), *drops(before, log.scored)]
    report = report_of(header, log.scored, cases, broken)
    write_report(options.out, report)
    if options.keep is not None:
        write_baseline(options.keep, header, log.scored)
    _tell(report, options.out)
    return 1 if broken else 0


def _settings(engine: str) -> Settings:
    silence_telemetry()
    if engine == "offline":
        return Settings().model_copy(update={"llm_base_url": None, "llm_api_key": None})
    return _with_model("--engine llm")


def _with_model(asked: str) -> Settings:
    settings = Settings()
    if not settings.uses_llm:
        raise Invalid(f"{asked} needs COUNTERPART_LLM_BASE_URL or COUNTERPART_LLM_API_KEY")
    return settings


def _ask(work: list[Work], log: Log, settings: Settings, jobs: int, judging: Settings | None) -> None:
    held = {one.answer.task.id for one in log.scored}
    total = sum(len(program.tasks) for program in work)
    left = [rest for program in work if (rest := program.without(held)).tasks]
    if not left:
        click.echo("Everything was asked before; this is told from the log.", err=True)
    with tqdm(
        total=total, initial=total - sum(len(p.tasks) for p in left), unit="answer", disable=None
    ) as bar:
        for scored in run(left, settings, jobs, judging):
            log.add(scored)
            bar.update()


def _tell(report: Report, out: Path) -> None:
    click.echo(f"{report.answers} answers to {report.pairs} pairs, mean over pairs (95 % interval)")
    for row in report.rows:
        found = row.parts[ALL]
        interval = f"({found.low:.2f} to {found.high:.2f})" if found.pairs > 1 else ""
        click.echo(f"{row.metric.name:<28} {found.mean:7.2f}  {interval} {row.metric.unit}".rstrip())
    for gate in report.gates:
        click.echo(f"BROKEN {gate}", err=True)
    click.echo(f"The whole report: {out / 'report.html'}")


def run_comparison(first: Path, second: Path) -> str:
    """A table in Markdown."""
    held: list[list[Scored]] = []
    try:
        held = [read_log(place)[1] for place in (first, second)]
    except CounterpartError as error:
        raise click.ClickException(error.detail) from error
    told = list(compare(*held))
    if not told:
        raise click.ClickException("the runs share no pair: there is nothing to compare")
    return compared_text(told, (first.name, second.name))


def run_corpus(file: Path, form: str) -> str:
    """A table in Markdown."""
    try:
        conversations = read_corpus(file, form)
        return corpus_text(asyncio.run(measure(conversations, _settings("offline"))))
    except CounterpartError as error:
        raise click.ClickException(error.detail) from error
