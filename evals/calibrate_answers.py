"""Fit what `coach.advice.answers_model` reads: how sentences are ranked, and when to answer at all.

    python -m evals.calibrate_answers

Learns from the English tuning pairs of `evals/fixtures/programs`, the demonstration pairs and the
dialogues. Whether the notes answer is learned on these questions, those that the notes answer asked once
more of the notes without the sentences that do; how a question itself is worded tells nothing, since
whoever writes questions words those with an answer otherwise than those without.
Reports by leaving one eighth of the pairs out at a time, then fits on all and writes the weights.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from coach.advice.answers import Candidates, answering
from coach.advice.answers_model import FAR, TOWARDS, Ranker, Trust, traits
from evals.calibrate_answers_data import Asked, every_question

Floats = NDArray[np.float32]

FOLDS = 8
_SEEDS, _HIDDEN, _EPOCHS, _BATCH, _RATE, _DECAY = 3, 16, 12, 64, 3e-3, 1.0
_MOST = 120
_WEIGHT = {"fixture": 2.0, "demo": 1.0, "dialogue": 0.7}
_AS_ASKED = {"fixture": 1.0, "demo": 1.0, "dialogue": 0.1}
_WITHOUT = {"fixture": 0.2, "demo": 1.0, "dialogue": 0.1}
_RIDGE = 10.0
_REFUSED = 0.67
_ENOUGH, _FLAT = 3, 1e-3


@dataclass(frozen=True)
class Lists:
    """Candidates of several questions side by side: shapes (questions, n, signals) and (questions, n)."""

    columns: Floats
    gold: NDArray[np.bool_]
    real: NDArray[np.bool_]
    weight: Floats

    @classmethod
    def of(cls, asked: Sequence[Asked], names: Sequence[str], middle: Floats, spread: Floats) -> "Lists":
        columns = np.zeros((len(asked), _MOST, len(names)), dtype=np.float32)
        gold, real = np.zeros((2, len(asked), _MOST), dtype=np.bool_)
        for row, a in enumerate(asked):
            kept = np.argsort(-(a.signals["rare"] + 9 * a.gold), kind="stable")[:_MOST]
            standard = np.clip((a.columns(names)[kept] - middle) / spread, -FAR, FAR)
            columns[row, : len(kept)], gold[row, : len(kept)] = standard, a.gold[kept]
            real[row, : len(kept)] = True
        return cls(columns, gold, real, np.array([_WEIGHT[a.source] for a in asked], dtype=np.float32))


def fit_ranker(asked: Sequence[Asked]) -> Ranker:
    """Several networks from different beginnings, side by side as one."""
    answerable = [a for a in asked if a.gold.any()]
    names = tuple(answerable[0].signals)
    every = np.concatenate([a.columns(names) for a in answerable])
    middle, spread = every.mean(axis=0), _spread(every)
    lists = Lists.of(answerable, names, middle, spread)
    inward, bias, outward = zip(*(_trained(lists, seed) for seed in range(_SEEDS)), strict=True)
    return Ranker(
        names,
        middle,
        spread,
        np.concatenate(inward, axis=1),
        np.concatenate(bias),
        (np.concatenate(outward) / _SEEDS).astype(np.float32),
    )


def _spread(columns: Floats) -> Floats:
    """One for a column that never changes."""
    found = columns.std(axis=0)
    return np.where(found < _FLAT, 1, found).astype(np.float32)


def _trained(lists: Lists, seed: int) -> list[Floats]:
    """Inward weights, their bias and outward weights, by Adam on the likelihood of the gold sentences."""
    random = np.random.default_rng(seed)
    width = lists.columns.shape[2]
    weights = [
        random.normal(0, width**-0.5, (width, _HIDDEN)).astype(np.float32),
        np.zeros(_HIDDEN, dtype=np.float32),
        random.normal(0, _HIDDEN**-0.5, _HIDDEN).astype(np.float32),
    ]
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    step = 0
    for _ in range(_EPOCHS):
        order = random.permutation(len(lists.weight))
        for at in range(0, len(order), _BATCH):
            step += 1
            slopes = _slopes(lists, order[at : at + _BATCH], weights)
            for n, (slope, (first, second)) in enumerate(zip(slopes, moments, strict=True)):
                first += 0.1 * (slope - first)
                second += 0.001 * (slope**2 - second)
                move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
                weights[n] = (weights[n] - _RATE * (move + _DECAY * weights[n])).astype(np.float32)
    return weights


def _slopes(lists: Lists, rows: NDArray[np.int_], weights: Sequence[Floats]) -> list[Floats]:
    inward, bias, outward = weights
    columns, real, gold = lists.columns[rows], lists.real[rows], lists.gold[rows]
    hidden = np.tanh(columns @ inward + bias)
    scores = np.where(real, hidden @ outward, -1e9)
    wrong = (_shares(scores) - _shares(np.where(gold, scores, -1e9))) * lists.weight[rows, None] / len(rows)
    back = wrong[..., None] * outward * (1 - hidden**2)
    return [
        np.einsum("qns,qnh->sh", columns, back),
        back.sum(axis=(0, 1)),
        np.einsum("qn,qnh->h", wrong, hidden),
    ]


def _shares(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True)
class Doubt:
    """What the best sentences of a question are like, with its answer among the notes or without."""

    traits: dict[str, float]
    holds: bool
    weight: float


def doubts(asked: Asked, scores: Floats) -> list[Doubt]:
    """The question as it is, and, where it can be answered, with the answer left out."""
    signals = asked.signals
    found = [Doubt(traits(signals, scores), bool(asked.gold.any()), _AS_ASKED[asked.source])]
    near = np.convolve(asked.gold, [1, 1, 1], "same") > 0
    if near.any() and (~near).sum() >= _ENOUGH:
        without = {name: values[~near] for name, values in signals.items()}
        found.append(Doubt(traits(without, scores[~near]), False, _WITHOUT[asked.source]))
    return found


def fit_trust(given: Sequence[Doubt]) -> Trust:
    names = tuple(TOWARDS)
    columns = np.array([[d.traits[name] for name in names] for d in given], dtype=np.float32)
    middle, spread = columns.mean(axis=0), _spread(columns)
    towards = np.array([TOWARDS[name] for name in names], dtype=np.float32)
    standard = np.clip((columns - middle) / spread, -FAR, FAR) * towards
    sign = np.array([1 if d.holds else -1 for d in given])
    weight = np.array([d.weight for d in given])

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (standard @ values[:-1] + values[-1])
        pull = -sign * weight / (1 + np.exp(margin))
        slope = np.append(standard.T @ pull + _RIDGE * values[:-1], pull.sum())
        return float((weight * np.logaddexp(0, -margin)).sum() + _RIDGE / 2 * (values[:-1] ** 2).sum()), slope

    bounds = [(0, None)] * len(names) + [(None, None)]
    best = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Trust(names, middle, spread, (best[:-1] * towards).astype(np.float32), float(best[-1]))


@dataclass(frozen=True)
class Judged:
    """A question with the rank of its best gold sentence, from 0, and whether what is shown is right."""

    asked: Asked
    trust: float
    rank: int
    right: bool


def judged(asked: Asked, ranker: Ranker, trust: Trust) -> Judged:
    scores = ranker.scores(asked.signals)
    found = Candidates(asked.heard, asked.signals, scores)
    order = np.argsort(-scores, kind="stable")
    rank = int(np.argmax(asked.gold[order])) if asked.gold.any() else sys.maxsize
    right = asked.is_right(answering(asked.reading, found)) if asked.answerable else False
    return Judged(asked, trust.probability(traits(found.signals, scores)), rank, right)


def cross_validated(asked: Sequence[Asked]) -> list[Judged]:
    pairs = sorted({a.pair for a in asked})
    fold = dict(zip(np.random.default_rng(0).permutation(pairs).tolist(), range(len(pairs)), strict=True))
    every: list[Judged] = []
    for out in range(FOLDS):
        rest = [a for a in asked if fold[a.pair] % FOLDS != out]
        ranker, trust = fitted(rest)
        every += [judged(a, ranker, trust) for a in asked if fold[a.pair] % FOLDS == out]
    return every


def fitted(asked: Sequence[Asked]) -> tuple[Ranker, Trust]:
    """Trust is learned on ranks that leave a pair's own questions out, half of the pairs at a time."""
    pairs = sorted({a.pair for a in asked})
    given: list[Doubt] = []
    for half in (set(pairs[::2]), set(pairs[1::2])):
        ranker = fit_ranker([a for a in asked if a.pair not in half])
        for a in asked:
            if a.pair in half:
                given += doubts(a, ranker.scores(a.signals))
    return fit_ranker(asked), fit_trust(given)


def report(every: Sequence[Judged]) -> float:
    """Prints what unseen pairs would get; the threshold that refuses as much as we want of the fixtures."""
    threshold = 0.5
    for source in ("fixture", "demo", "dialogue"):
        told = [j for j in every if j.asked.source == source]
        can = [j for j in told if j.asked.answerable]
        cannot = np.array([j.trust for j in told if not j.asked.answerable])
        within = ", ".join(f"{k}: {np.mean([j.rank < k for j in can]):.2f}" for k in (1, 3, 5, 10))
        print(f"{source}: {len(can)} answerable, gold within {within}; right {_share(can, -1):.2f}")
        for refused in (0.5, _REFUSED, 0.8, 0.9) if len(cannot) else ():
            least = float(np.quantile(cannot, refused))
            given = np.mean([j.trust > least for j in can])
            print(
                f"  {refused:.2f} refused: {given:.2f} answered, {_share(can, least):.2f} right ({least:.3f})"
            )
            if source == "fixture" and refused == _REFUSED:
                threshold = least
    return threshold


def _share(can: Sequence[Judged], least: float) -> float:
    return float(np.mean([j.right and j.trust > least for j in can]))


def written(ranker: Ranker, trust: Trust, threshold: float) -> str:
    told = {
        "ranker": {name: _plain(getattr(ranker, name)) for name in Ranker.__slots__},
        "trust": {name: _plain(getattr(trust, name)) for name in Trust.__slots__},
        "threshold": round(threshold, 4),
    }
    return json.dumps(told, separators=(",", ":")).replace("],", "],\n") + "\n"


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return np.round(value.astype(np.float64), 4).tolist()
    return list(value) if isinstance(value, tuple) else value


def main() -> None:
    asked = asyncio.run(every_question())
    threshold = report(cross_validated(asked))
    place = Path(str(resources.files("coach.advice").joinpath("answers_weights.json")))
    place.write_text(written(*fitted(asked), threshold), "utf-8")


if __name__ == "__main__":
    main()
