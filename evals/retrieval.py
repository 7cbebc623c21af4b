"""How much of the gold evidence stands in what retrieval gives for a budget of characters."""

from collections.abc import Iterable, Sequence
from math import log2

from evals.datasets.conversations import Stretch

BUDGETS = (1_000, 2_000, 4_000, 8_000)
_STEP = 100


def coverage(given: Iterable[Stretch], gold: Sequence[Stretch], budget: int) -> float:
    """The share of gold characters in the first `budget` characters, of the smaller of budget and gold.

    Stretches are (session, start, end). What is given twice costs twice and counts once; a stretch that
    goes over the budget is cut there.
    """
    wanted = {(session, at) for session, start, end in gold for at in range(start, end)}
    met: set[tuple[int, int]] = set()
    left = budget
    for session, start, end in given:
        end = min(end, start + left)
        left -= end - start
        met |= {(session, at) for at in range(start, end)} & wanted
        if left <= 0:
            break
    return len(met) / min(budget, len(wanted)) if wanted else 0.0


def gain(given: Iterable[Stretch], gold: Sequence[Stretch], budget: int) -> float:
    """Normalised discounted cumulative gain over characters, in steps of a hundred, within a budget.

    A character of gold is worth 1, discounted by the logarithm of the hundred in which it comes; ideal
    is gold alone, first.
    """
    wanted = {(session, at) for session, start, end in gold for at in range(start, end)}
    met: set[tuple[int, int]] = set()
    steps = [0] * (budget // _STEP)
    used = 0
    for session, start, end in given:
        for at in range(start, min(end, start + budget - used)):
            if (session, at) in wanted and (session, at) not in met:
                met.add((session, at))
                steps[(used + at - start) // _STEP] += 1
        used += end - start
        if used >= budget:
            break
    ideal = [min(_STEP, max(0, len(wanted) - n * _STEP)) for n in range(len(steps))]
    best = _discounted(ideal)
    return _discounted(steps) / best if best else 0.0


def _discounted(steps: Sequence[int]) -> float:
    return sum(worth / log2(n + 2) for n, worth in enumerate(steps))
