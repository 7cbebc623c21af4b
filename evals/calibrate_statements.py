"""What the verifier lets through and what it rejects, measured on labelled statements.

    python -m evals.calibrate_statements

Statements are judged with the passage that they cite, as a line of a model's would be: first those of
tuning files that were kept from training, by which the least odds in `coach.drafting.bearing` were chosen,
then the held-out ones, then others that keep close to the notes' words. Each table tells how many true ones
pass and how many false ones are rejected at some least odds; then, at the odds in use, the same by kind of
fault, and what objected.
"""

import argparse
import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.drafting.bearing import LEAST_ODDS, objections
from coach.drafting.copying import Copy, copied
from coach.wiring import build_statement_reader
from evals.cases.schema import Split
from evals.train_statements import trained_on
from evals.train_statements_data import Stated, close_statements, every_statement

_AT_ONCE = 256
_REJECTED = (0.97, 0.95, 0.9, 0.85, 0.8)
_SURE = 99.0

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """A statement with what the facts say of it, and the cross-encoder's odds where they say nothing."""

    stated: Stated
    objection: str
    odds: float

    @property
    def score(self) -> float:
        """The log odds of being borne out; sure where a fact or a plain copy decides."""
        if self.objection:
            return _SURE if self.objection == Copy.CLEAN.value else -_SURE
        return self.odds


async def judged(every: Sequence[Stated]) -> list[Judged]:
    reader = build_statement_reader()
    odds: list[float] = []
    for at in range(0, len(every), _AT_ONCE):
        odds += await reader.bears_out([one.spoken for one in every[at : at + _AT_ONCE]])
    return [Judged(one, _said(one), odd) for one, odd in zip(every, odds, strict=True)]


def _said(one: Stated) -> str:
    """What objects, "says the same" for a plain copy, or nothing."""
    objection = next(objections(one.claim), None)
    if objection is not None:
        return objection.reason.value
    copy = copied(one.claim)
    if isinstance(copy, Copy):
        return copy.value if copy is Copy.CLEAN else ""
    return f"copy, {copy.reason.value}"


def report(every: Sequence[Judged]) -> None:
    true = np.array([one.stated.borne_out for one in every])
    scores = np.array([one.score for one in every])
    print(f"{true.sum()} true and {(~true).sum()} false statements")
    for rejected in _REJECTED:
        least = float(np.quantile(scores[~true], rejected))
        passing = _share(scores[true] >= least)
        print(f"  {rejected:.2f} of the false rejected (odds {least:5.2f}): {passing} of the true pass")
    shown = scores >= LEAST_ODDS
    print(
        f"at odds {LEAST_ODDS}: {_share(~shown[~true])} of the false rejected, {_share(shown[true])} of the "
        f"true pass; of what is shown {_share(true[shown])} is true"
    )
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one, is_shown in zip(every, shown, strict=True):
        if not one.stated.borne_out:
            kinds[one.stated.kind].append(not is_shown)
    print("  rejected by kind: " + ", ".join(f"{k} {_share(np.array(v))}" for k, v in sorted(kinds.items())))
    said = Counter((one.objection, one.stated.borne_out) for one in every)
    for what in sorted({objection for objection, _ in said}):
        print(f"  {what or 'left to the reader':20} true {said[what, True]:5} false {said[what, False]:5}")


def _share(values: "NDArray[np.bool_]") -> str:
    return f"{np.mean(values):.3f}" if len(values) else "-"


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    _, kept = trained_on()
    tuning = [*every_statement(Split.TUNING), *close_statements(Split.TUNING)]
    tuning = [one for one in tuning if one.about[0] in kept]
    for told, every in (
        ("kept from training", tuning),
        ("held out", every_statement(Split.HELD_OUT)),
        ("close to the notes' words", close_statements(Split.HELD_OUT)),
    ):
        print(f"{told}:")
        report(asyncio.run(judged(every)))


if __name__ == "__main__":
    main()
