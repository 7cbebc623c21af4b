"""What `python -m evals.calibrate_answers` learned, evaluated with numpy: see answers_weights.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from coach.advice.answers_signals import KINDS, Floats

FAR = 5.0
_LIKELIEST = 10


@dataclass(frozen=True, slots=True)
class Ranker:
    """A network of one hidden layer over signals that are made standard first."""

    names: tuple[str, ...]
    middle: Floats
    spread: Floats
    inward: Floats
    inward_bias: Floats
    outward: Floats

    def scores(self, signals: Mapping[str, Floats]) -> Floats:
        """Shape (n,): the exponential of a score is a sentence's odds against the others."""
        columns = np.stack([signals[name] for name in self.names], axis=1)
        standard = np.clip((columns - self.middle) / self.spread, -FAR, FAR)
        hidden = np.tanh(standard @ self.inward + self.inward_bias)
        found: Floats = hidden @ self.outward
        return found


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether the best sentences answer at all: a logistic regression on what they are like."""

    names: tuple[str, ...]
    middle: Floats
    spread: Floats
    weights: Floats
    bias: float

    def probability(self, traits: Mapping[str, float]) -> float:
        given = np.array([traits[name] for name in self.names], dtype=np.float32)
        standard = np.clip((given - self.middle) / self.spread, -FAR, FAR)
        return float(1 / (1 + np.exp(-(standard @ self.weights + self.bias))))


# What the likeliest sentences are like, and which way each may speak for an answer: learning may weaken
# a trait to nothing and never turn it round.
TOWARDS = {
    "rare": 1,
    "rare near": 1,
    "least": 1,
    "covered": 1,
    "meaning": 1,
    **{f"lacks {kind}": -1 for kind in KINDS},
    "open": -1,
    "asks": -1,
}


def traits(signals: Mapping[str, Floats], scores: Floats) -> dict[str, float]:
    """Each signal of the likeliest sentences, by how likely they are; nothing of the question alone."""
    best = np.argsort(-scores, kind="stable")[:_LIKELIEST]
    odds = np.exp(scores[best] - scores[best[0]])
    return {name: float(signals[name][best] @ odds / odds.sum()) for name in TOWARDS}


@dataclass(frozen=True, slots=True)
class Learned:
    ranker: Ranker
    trust: Trust
    threshold: float


@cache
def learned() -> Learned:
    told = json.loads(resources.files("coach.advice").joinpath("answers_weights.json").read_text("utf-8"))
    return Learned(_ranker(told["ranker"]), _trust(told["trust"]), float(told["threshold"]))


def _ranker(told: Mapping[str, Any]) -> Ranker:
    parts = [_floats(told[name]) for name in ("middle", "spread", "inward", "inward_bias", "outward")]
    return Ranker(tuple(told["names"]), *parts)


def _trust(told: Mapping[str, Any]) -> Trust:
    middle, spread, weights = (_floats(told[name]) for name in ("middle", "spread", "weights"))
    return Trust(tuple(told["names"]), middle, spread, weights, float(told["bias"]))


def _floats(values: object) -> Floats:
    return np.array(values, dtype=np.float32)
