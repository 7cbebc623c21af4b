"""How the words of a question are matched by spans of passages, each word as it is meant where it stands.

Late interaction (Khattab & Zaharia, "ColBERT", 2020): each token of the question looks for the token
nearest to it. Passages' tokens are kept in memory alone, for the next question.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.domain.notes import Excerpt, PlacedPassage
from vectorstore.embedding import Vectors, unit
from vectorstore.generation import Generation
from vectorstore.tokens import Places, Tokens, no_vectors, tokens_of

_KEPT_TOKENS = 60_000
_UNLIKE = 0.45

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Matched:
    """Spans matched with a question: cosines but for the vectors and `new`.

    `places`, shape (t, 2), are those of the question's tokens in it, `best`, shape (t, n), what each
    token's nearest one in each span is like; `meaning` and `meanings` are the question's vector and the
    spans' own, shape (n, dimension); `new`, shape (n,), is the share of a span's tokens that are unlike all
    of the question's.
    """

    places: Places
    best: NDArray[np.float32]
    meaning: Vectors
    meanings: Vectors
    new: NDArray[np.float32]


class PassageTokens:
    """The tokens of passages, kept up to a number of tokens, the last used ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Tokens] = OrderedDict()
        self._held = 0
        self._forgotten = 0

    async def of(self, serving: Generation, passages: Sequence[PlacedPassage]) -> list[Tokens]:
        """With places in the passage's note."""
        missing = [p for p in passages if (serving.id, p.id) not in self._kept]
        forgotten = self._forgotten
        told = await tokens_of(serving.embedder, [f"{_lead(p.excerpt)}{p.excerpt.text}" for p in missing])
        made = {p.id: _placed(tokens, p.excerpt) for p, tokens in zip(missing, told, strict=True)}
        found = [made[p.id] if p.id in made else self._kept[serving.id, p.id] for p in passages]
        if forgotten == self._forgotten:
            self._keep(serving.id, passages, found)
        return found

    def forget(self, passage_ids: Iterable[str]) -> None:
        self._forgotten += 1
        gone = frozenset(passage_ids)
        for key in [key for key in self._kept if key[1] in gone]:
            self._held -= len(self._kept.pop(key))

    def _keep(self, generation: str, passages: Sequence[PlacedPassage], found: Sequence[Tokens]) -> None:
        for passage, tokens in zip(passages, found, strict=True):
            key = generation, passage.id
            if key not in self._kept:
                self._held += len(tokens)
            self._kept[key] = tokens
            self._kept.move_to_end(key)
        while self._held > _KEPT_TOKENS:
            self._held -= len(self._kept.popitem(last=False)[1])


def _lead(excerpt: Excerpt) -> str:
    return f"{excerpt.speaker}: " if excerpt.speaker else ""


def _placed(tokens: Tokens, excerpt: Excerpt) -> Tokens:
    """Without the speaker's name before the text."""
    places = tokens.places - len(_lead(excerpt))
    own = (places[:, 0] >= 0) & (places[:, 1] > places[:, 0])
    return Tokens(places[own] + excerpt.start, tokens.vectors[own])


def matched(question: Tokens, meaning: Vectors, spans: Sequence[Vectors]) -> Matched:
    """`spans`: the vectors of each span's tokens."""
    width = len(meaning)
    lengths = np.array([len(span) for span in spans], dtype=np.int_)
    found = np.zeros((len(question), len(spans)), dtype=np.float32)
    new = np.zeros(len(spans), dtype=np.float32)
    meanings = np.zeros((len(spans), width), dtype=np.float32)
    held = lengths > 0
    if held.any() and len(question):
        starts = (np.cumsum(lengths) - lengths)[held]
        tokens = np.concatenate([no_vectors(width), *spans])
        alike = question.vectors @ tokens.T
        found[:, held] = np.maximum.reduceat(alike, starts, axis=1)
        unlike = (alike.max(axis=0) < _UNLIKE).astype(np.float32)
        new[held] = np.add.reduceat(unlike, starts) / lengths[held]
        meanings[held] = unit(np.add.reduceat(tokens, starts, axis=0))
    return Matched(question.places, found, meaning, meanings, new)


def within(tokens: Tokens, start: int, end: int) -> Vectors:
    """Vectors of the tokens that stand between two places."""
    return tokens.vectors[(tokens.places[:, 0] >= start) & (tokens.places[:, 1] <= end)]
