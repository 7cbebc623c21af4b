"""Fit the weights by which `coach.advice.answers` decides whether a sentence answers a question.

    python -m evals.calibrate_answers

Reports by leaving one demonstration pair out at a time, then fits on all of them and prints the weights.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from api.demo import demo_key, demo_lines
from api.jobs import import_lines
from coach.advice.answers import Candidate, candidates
from coach.advice.reading import read_pairing
from coach.domain.ids import imported_id
from coach.domain.visibility import Person
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service

FEATURES = ("likeness", "coverage", "context", "missing", "score", "kind", "open")


@dataclass(frozen=True)
class Asked:
    """A question with its candidates' features, shape (n, 7), and which of them hold the gold evidence."""

    pair: str
    question: str
    answerable: bool
    features: NDArray[np.float64]
    gold: NDArray[np.bool_]


def questions() -> Iterator[tuple[dict[str, Any], dict[str, Any], bool]]:
    """Each pair's entry, a question of it, and whether the notes hold the answer."""
    told = yaml.safe_load(
        resources.files("evals").joinpath("fixtures/demo_questions.yaml").read_text("utf-8")
    )
    for pair in told:
        yield from ((pair, question, True) for question in pair["answerable"])
        yield from ((pair, question, False) for question in pair["unanswerable"])


async def asked(service: Service) -> list[Asked]:
    every = []
    for pair, question, answerable in questions():
        async with service.database.reading() as records:
            reader = await records.people.participant(imported_id("participant", demo_key(pair["asker"])))
            assert reader is not None
            home = imported_id("pairing", demo_key(pair["pair"]))
            reading = await read_pairing(records, Person(reader), home, service.clock())
        found = await candidates(reading, service.search, question["question"])
        every.append(_asked(pair, question, answerable, found))
    return every


def _asked(pair: dict[str, Any], question: dict[str, Any], answerable: bool, found: list[Candidate]) -> Asked:
    note = imported_id("note", demo_key(pair["pair"], question["note"])) if answerable else None
    evidence = question.get("evidence", "")
    gold = [c.said.excerpt.note_id == note and _overlaps(c.said.text, evidence) for c in found]
    features = [[c.features[name] for name in FEATURES] for c in found]
    return Asked(
        pair["pair"],
        question["question"],
        answerable,
        np.array(features).reshape(-1, len(FEATURES)),
        np.array(gold, dtype=bool),
    )


def _overlaps(sentence: str, evidence: str) -> bool:
    return evidence.strip() in sentence or sentence.strip() in evidence


def fit(train: list[Asked]) -> LogisticRegression:
    """On every candidate: does this sentence hold the answer?"""
    rows = np.concatenate([a.features for a in train])
    gold = np.concatenate([a.gold for a in train])
    return LogisticRegression(C=0.3, class_weight="balanced", max_iter=1000).fit(rows, gold)


def top(model: LogisticRegression, asked: Asked) -> tuple[float, bool]:
    """The likeliest candidate's probability and whether it holds the gold evidence."""
    if not len(asked.features):
        return 0.0, False
    probabilities = model.predict_proba(asked.features)[:, 1]
    at = int(probabilities.argmax())
    return float(probabilities[at]), bool(asked.gold[at])


def best_threshold(tops: list[tuple[float, bool]], asked: list[Asked]) -> float:
    """Balances answering rightly what can be answered and refusing what cannot."""

    def balance(threshold: float) -> float:
        answerable = [
            p >= threshold and gold for (p, gold), a in zip(tops, asked, strict=True) if a.answerable
        ]
        refused = [p < threshold for (p, _), a in zip(tops, asked, strict=True) if not a.answerable]
        return float(np.mean(answerable) + np.mean(refused))

    return max((p for p, _ in tops), key=balance)


def report(tops: list[tuple[float, bool]], asked: list[Asked], threshold: float) -> None:
    can = [t for t, a in zip(tops, asked, strict=True) if a.answerable]
    cannot = [t for t, a in zip(tops, asked, strict=True) if not a.answerable]
    reachable = sum(bool(a.gold.any()) for a in asked if a.answerable)
    print(
        f"answerable: {sum(p >= threshold for p, _ in can)} of {len(can)} answered, "
        f"{sum(p >= threshold and gold for p, gold in can)} with the gold evidence "
        f"({reachable} have it among the candidates)\n"
        f"unanswerable: {sum(p < threshold for p, _ in cannot)} of {len(cannot)} refused"
    )


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_service(Settings(data_dir=Path(folder))) as service:
            await import_lines(service, [line.encode() for line in demo_lines(service.clock())])
            every = await asked(service)
    tops = [top(fit([b for b in every if b.pair != a.pair]), a) for a in every]
    threshold = best_threshold(tops, every)
    report(tops, every, threshold)
    model = fit(every)
    weights = dict(zip(FEATURES, model.coef_[0].round(2).tolist(), strict=True))
    print(f"weights {weights}, bias {model.intercept_[0]:.2f}, threshold {threshold:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
