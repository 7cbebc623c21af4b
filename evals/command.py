"""`counterpart eval`: how good the coach is, and whether it became worse."""

import os
from pathlib import Path
from typing import Any

import click

_ENGINES = ("offline", "llm")
_FORMS = ("conversations", "qmsum")


@click.group(invoke_without_command=True)
@click.option("--engine", type=click.Choice(_ENGINES), default="offline", show_default=True)
@click.option("--fixtures", "pattern", default="*", help="Pairs as PROGRAM/PAIR, with * and ?; default all.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Fixtures of your own in the same form, instead of those that come with Counterpart.",
)
@click.option("--judge", is_flag=True, help="Have the configured model judge, too; no gate asks it.")
@click.option("--split", type=click.Choice(("tuning", "held_out")), help="One split alone.")
@click.option(
    "--repeat", type=click.IntRange(1, 100), default=1, show_default=True, help="Ask this many times."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="processors",
    help="Programs at a time.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data/eval"),
    show_default=True,
    help="Where log.jsonl, report.md and report.html go. A run that was broken off goes on there.",
)
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Fail when a figure fell behind this file beyond chance.",
)
@click.option(
    "--write-baseline",
    "keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the figures in this file, to be a baseline.",
)
@click.pass_context
def evaluate(context: click.Context, /, **options: Any) -> None:
    """Evaluate the coach against fixture conversations.

    Every pair's members ask for what they would ask, and code scores the answers; no model judges. The exit
    status is 1 when something leaked, a quote was inexact, anonymity broke or another hard rule did, and
    with --baseline also when a figure dropped beyond chance; it is 2 when nothing could be evaluated. All
    fixtures take two to four minutes on two processors. --engine llm asks the model that the COUNTERPART_LLM_
    settings name.
    """
    if context.invoked_subcommand is None:
        from evals.commanding import Options, run_evaluation

        raise SystemExit(run_evaluation(Options(**options)))


@evaluate.command()
@click.argument("first", type=click.Path(exists=True, path_type=Path))
@click.argument("second", type=click.Path(exists=True, path_type=Path))
def compare(first: Path, second: Path) -> None:
    """Compare two runs, pair by pair: folders of --out, or their logs."""
    from evals.commanding import run_comparison

    click.echo(run_comparison(first, second))


@evaluate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--form", type=click.Choice(("conversations", "qmsum")), default="conversations", show_default=True
)
def corpus(file: Path, form: str) -> None:
    """Measure finding and answering on a corpus of conversations.

    FILE holds conversations of several sessions with questions and gold evidence: JSON lines in the form
    that evals/datasets/conversations.py documents, or QMSum's meetings. Printed are the shares of gold found
    within budgets of characters, and how many questions are answered with gold.
    """
    from evals.commanding import run_corpus

    click.echo(run_corpus(file, form))
