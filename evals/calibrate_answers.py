"""Fit the weights by which `coach.advice.answers` decides whether a sentence answers a question.

    python -m evals.calibrate_answers

Fits on the questions of every other demonstration pair, reports on the others, and prints the weights.
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
from coach.settings import Settings
from coach.wiring import Service, open_service

FEATURES = ("likeness", "coverage", "nearby", "kind")


@dataclass(frozen=True)
class Asked:
    """A question with its candidates' features, shape (n, 4), and which of them hold the gold evidence."""

    pair: str
    question: str
    answerable: bool
    features: NDArray[np.float64]
    gold: NDArray[np.bool_]
    best: str


def questions() -> Iterator[tuple[dict[str, Any], dict[str, Any], bool]]:
    """Each pair's entry, a question of it, and whether the notes hold the answer."""
    told = yaml.safe_load(resources.files("evals").joinpath("fixtures/demo_questions.yaml").read_text("utf-8"))
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
    best = found[0].said.text if found else ""
    return Asked(
        pair["pair"],
        question["question"],
        answerable,
        np.array(features).reshape(-1, len(FEATURES)),
        np.array(gold, dtype=bool),
        best,
    )


def _overlaps(sentence: str, evidence: str) -> bool:
    return evidence.strip() in sentence or sentence.strip() in evidence


def fit(train: list[Asked]) -> LogisticRegression:
    """On every candidate: does this sentence hold the answer?"""
    rows = np.concatenate([a.features for a in train])
    gold = np.concatenate([a.gold for a in train])
    return LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000).fit(rows, gold)


def best_threshold(model: LogisticRegression, train: list[Asked]) -> float:
    """Balances answering what can be answered and refusing what cannot."""
    tops = np.array([_top(model, a)[0] for a in train])
    answerable = np.array([a.answerable for a in train])
    grid = np.unique(tops)
    return float(max(grid, key=lambda t: (tops[answerable] >= t).mean() + (tops[~answerable] < t).mean()))


def _top(model: LogisticRegression, a: Asked) -> tuple[float, bool]:
    if not len(a.features):
        return 0.0, False
    probabilities = model.predict_proba(a.features)[:, 1]
    at = int(probabilities.argmax())
    return float(probabilities[at]), bool(a.gold[at])


def report(name: str, model: LogisticRegression, threshold: float, part: list[Asked]) -> None:
    can = [(_top(model, a), a) for a in part if a.answerable]
    cannot = [_top(model, a)[0] for a in part if not a.answerable]
    answered = sum(top >= threshold for (top, _), _ in can)
    right = sum(top >= threshold and gold for (top, gold), _ in can)
    refused = sum(top < threshold for top in cannot)
    reachable = sum(bool(a.gold.any()) for _, a in can)
    print(
        f"{name:<10} answered {answered}/{len(can)}, right {right}/{len(can)} "
        f"(evidence among candidates {reachable}/{len(can)}), refused {refused}/{len(cannot)} unanswerable"
    )


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_service(Settings(data_dir=Path(folder))) as service:
            await import_lines(service, [line.encode() for line in demo_lines(service.clock())])
            every = await asked(service)
    pairs = sorted({a.pair for a in every})
    train = [a for a in every if a.pair in pairs[::2]]
    held_out = [a for a in every if a.pair in pairs[1::2]]
    model = fit(train)
    threshold = best_threshold(model, train)
    report("fitted on", model, threshold, train)
    report("held out", model, threshold, held_out)
    weights = dict(zip(FEATURES, model.coef_[0].round(2).tolist(), strict=True))
    print(f"weights {weights}, bias {model.intercept_[0]:.2f}, threshold {threshold:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
