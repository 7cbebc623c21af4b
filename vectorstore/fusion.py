"""The signals of a passage made one score, by weights that `python -m evals.calibrate_search` learned."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from vectorstore.lexical import Scores, window_sums
from vectorstore.signals import PassageSet, Query, question_traits, signals

_NEAR, _NEAR_WEIGHT = 3, 0.3
_WIDE, _WIDE_WEIGHT = 8, 3.0
_LOOK_UP_TERMS, _LOOK_UP_WEIGHT = 2, 20.0


@dataclass(frozen=True, slots=True)
class Weights:
    """`values` has shape (traits, signals): a signal's weight is a sum over the question's traits."""

    names: tuple[str, ...]
    values: NDArray[np.float32]


@cache
def learned_weights() -> Weights:
    told = json.loads(resources.files("vectorstore").joinpath("fusion.json").read_text("utf-8"))
    return Weights(tuple(told["signals"]), np.array(told["weights"], dtype=np.float32))


def fused_scores(query: Query, scope: PassageSet) -> Scores:
    """How likely each passage is to be the one that holds what is asked for, shape (n,), sum 1."""
    found = signals(query, scope)
    single = weighed(found, question_traits(query, found, scope), learned_weights())
    scores = extended(query, single, scope) + _LOOK_UP_WEIGHT * looked_up(query, scope)
    likely = np.exp(scores - scores.max())
    shares: Scores = (likely / likely.sum()).astype(np.float32)
    return shares


def weighed(found: Mapping[str, Scores], traits: NDArray[np.float32], weights: Weights) -> Scores:
    columns = np.stack([found[name] for name in weights.names], axis=1)
    scores: Scores = columns @ (traits @ weights.values)
    return scores


def extended(query: Query, single: Scores, scope: PassageSet) -> Scores:
    """A passage in good company is lifted: by near ones always, by a wide stretch in a discussion."""
    likely = np.exp(np.maximum(single - single.max(), -30)).astype(np.float32)
    scores = single + _NEAR_WEIGHT * _mean_log(likely, scope, _NEAR)
    if query.is_broad:
        scores = scores + _WIDE_WEIGHT * _mean_log(likely, scope, _WIDE)
    return scores.astype(np.float32)


def looked_up(query: Query, scope: PassageSet) -> Scores:
    """For a query of a word or two, the share of them that each passage holds; for a longer one nothing.

    Whoever types a name or a rare word looks it up: what holds it comes before what is like it.
    """
    terms = list(dict.fromkeys(query.terms))
    if len(terms) > _LOOK_UP_TERMS:
        return np.zeros(len(scope), dtype=np.float32)
    shares: Scores = (scope.terms.of(terms) > 0).sum(axis=1) / max(1, len(terms))
    return shares.astype(np.float32)


def _mean_log(likely: NDArray[np.float32], scope: PassageSet, reach: int) -> Scores:
    first, last = scope.windows[reach]
    means = window_sums(likely, (first, last)) / (last + 1 - first)
    return np.log(np.maximum(means, 0) + np.float32(1e-9))
