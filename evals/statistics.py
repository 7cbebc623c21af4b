"""Means with their uncertainty: the bootstrap over pairs, and paired differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_RESAMPLES = 4_000
_SEED = 20_270_301
_TAIL = 2.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over pairs with the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float
    pairs: int


def estimate(values: Sequence[float]) -> Estimate:
    """By the percentile bootstrap (Efron 1979), the same at every call; a single pair has no width."""
    held = np.asarray(values, dtype=np.float64)
    if not len(held):
        raise ValueError("there is no pair to take the mean of")
    generator = np.random.default_rng(_SEED)
    chosen = generator.integers(0, len(held), (_RESAMPLES, len(held)))
    low, high = np.percentile(held[chosen].mean(axis=1), [_TAIL, 100 - _TAIL])
    return Estimate(float(held.mean()), float(low), float(high), len(held))


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two runs over the same pairs: the second's mean less the first's, and its two-sided p."""

    mean: float
    low: float
    high: float
    p: float
    pairs: int


def paired_difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """With a permutation test that swaps the runs within pairs; equal runs have p = 1."""
    from scipy.stats import permutation_test

    change = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    mean = estimate(change.tolist())
    if not change.any() or len(change) < 2:
        return Difference(mean.mean, mean.low, mean.high, 1.0, len(change))
    tested = permutation_test(
        (change,),
        np.mean,
        permutation_type="samples",
        n_resamples=_RESAMPLES,
        rng=np.random.default_rng(_SEED),
    )
    return Difference(mean.mean, mean.low, mean.high, float(tested.pvalue), len(change))
