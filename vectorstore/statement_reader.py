"""A reader of statements: whether what a statement stands on bears it out.

The packaged encoder's layers trained further by `python -m evals.train_statements` on true and subtly
false statements about session notes, and a head that minds the least likely of the statement's words.
What was learned lies in `statements.npz`, matrices rounded to eight bits.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coach.domain.spoken import Spoken
from vectorstore.reader import CrossEncoder, Floats, Piece

LEARNED_STATEMENTS = Path(__file__).with_name("statements.npz")


class OnnxStatementReader(CrossEncoder):
    def __init__(self, learned: Path = LEARNED_STATEMENTS) -> None:
        super().__init__(learned)

    async def bears_out(self, statements: Sequence[tuple[Spoken, Sequence[Spoken]]]) -> list[float]:
        """For each statement with the passages that it stands on: the log odds that they bear it out."""
        return await self._run(lambda: self._bears_out(statements))

    def _bears_out(self, statements: Sequence[tuple[Spoken, Sequence[Spoken]]]) -> list[float]:
        _, pieces, learned = self._load()
        made = [pieces.of(stated, passages) for stated, passages in statements]
        return [
            float(
                statement_traits(states, piece) @ learned["stated"]
                + learned["stated bias"]
                - np.logaddexp.reduce(states[1 : piece.asked] @ learned["words"] + learned["words bias"])
            )
            for states, piece in zip(self._states(made), made, strict=True)
        ]


def statement_traits(states: Floats, piece: Piece) -> Floats:
    """What a statement is like beside its passages, shape (3 * 384,)."""
    stated, passages = states[1 : piece.asked], states[piece.asked + 1 : -1]
    whole = stated.mean(axis=0)
    return np.concatenate([states[0], whole, whole * passages.mean(axis=0)]).astype(np.float32)
