"""Answers: right, with the right evidence, or none."""

import unicodedata
from collections.abc import Iterator

from evals.cases.schema import Question
from evals.metrics import Score, share
from evals.scorers.matching import Asked, cites
from evals.tasks import UNANSWERABLE


def score_ask(asked: Asked) -> Iterator[Score]:
    if asked.task.variant == UNANSWERABLE:
        given = asked.pair.unanswerable[asked.task.gold]
        yield Score("abstention", float(not asked.answer.lines), f"{given.ask} ({given.why})")
        return
    yield from _answered(asked, asked.pair.answerable[asked.task.gold])


def _answered(asked: Asked, question: Question) -> Iterator[Score]:
    pair, lines = asked.pair, asked.answer.lines
    cited = [cited for line in lines for cited in line.citations]
    right = [any(cites(one, evidence, pair) for evidence in question.evidence) for one in cited]
    lacking = [told for told in question.says if not says(asked.answer.told, told)]
    why = f"{question.ask} (wanted: {question.answer})"
    yield Score("answers correct", float(bool(lines) and not lacking and any(right)), why)
    if lines:
        yield Score("answers evidence", float(any(right)), why)
        yield share("answers citations", sum(right), len(cited), why)


def says(text: str, told: str) -> bool:
    """Whether one of the ways between bars to say something stands in the text, whatever the case."""
    plain = _plain(text)
    return any(_plain(way) in plain for way in told.split("|"))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())
