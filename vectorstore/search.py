"""Search within a scope that the caller has already decided.

Dense and lexical scores are standardised and added, each for the passage itself and for the passage
with its neighbours in the session; a good neighbour lifts a passage further. Exact: every passage
in scope is scored, and none outside it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coach.domain.notes import Found, PlacedPassage
from vectorstore.embedding import Embedder, Vectors, unit
from vectorstore.index import VectorIndex
from vectorstore.lexical import bm25_scores, lexical_terms
from vectorstore.passages import embedded_text

Scores = NDArray[np.float32]

_CONTEXT_WEIGHT = 0.7
_NEIGHBOUR_WEIGHT = 0.5


class HybridSearch:
    """Searches the passages it is given and no others."""

    def __init__(self, embedder: Embedder, index: VectorIndex) -> None:
        self._embedder = embedder
        self._index = index

    async def search(
        self, query: str, scope: Mapping[str, str], passages: Sequence[PlacedPassage], limit: int
    ) -> list[Found]:
        """The best passages first, at most `limit`; `passages` in the order of their sessions."""
        if not passages or not query.strip():
            return []
        wanted = (await self._embedder.embed([query]))[0]
        dense, has_vector = await self.vectors(scope, passages)
        cosines = dense @ wanted
        scores = await asyncio.to_thread(_fused, query, passages, dense, has_vector, wanted)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Found(passages[at], float(scores[at]), float(cosines[at])) for at in best]

    async def near(
        self,
        texts: Sequence[str],
        scope: Mapping[str, str],
        passages: Sequence[PlacedPassage],
        least_cosine: float,
    ) -> list[list[Found]]:
        """For each text the passages near in meaning, in their order; none that has no vector yet."""
        if not texts or not passages:
            return [[] for _ in texts]
        dense, has_vector = await self.vectors(scope, passages)
        cosines = await self._embedder.embed(texts) @ dense.T
        return [
            [
                Found(passages[at], float(row[at]), float(row[at]))
                for at in np.flatnonzero(has_vector & (row >= least_cosine)).tolist()
            ]
            for row in cosines
        ]

    async def likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosine of each of `others` with `text`."""
        vectors = await self._embedder.embed([text, *others])
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]

    async def vectors(
        self, scope: Mapping[str, str], passages: Sequence[PlacedPassage]
    ) -> tuple[Vectors, NDArray[np.bool_]]:
        """Vectors of the passages, shape (n, dimension), zero where not indexed yet, and which are."""
        ids, held = await self._index.vectors(scope)
        row_of = {passage_id: row for row, passage_id in enumerate(ids)}
        found: Vectors = np.zeros((len(passages), self._embedder.dimension), dtype=np.float32)
        has_vector = np.array([p.id in row_of for p in passages], dtype=np.bool_)
        if has_vector.any():
            found[has_vector] = held[[row_of[p.id] for p in passages if p.id in row_of]]
        return found, has_vector


def _fused(
    query: str,
    passages: Sequence[PlacedPassage],
    dense: Vectors,
    has_vector: NDArray[np.bool_],
    wanted: Vectors,
) -> Scores:
    before, after = _neighbours(passages)
    texts = [
        lexical_terms(embedded_text(p.excerpt.text, p.excerpt.held_at, p.excerpt.speaker)) for p in passages
    ]
    windows = [
        [*(texts[b] if b >= 0 else []), *text, *(texts[a] if a >= 0 else [])]
        for text, b, a in zip(texts, before, after, strict=True)
    ]
    asked = lexical_terms(query)
    context = unit(dense + 0.5 * (_rows(dense, before) + _rows(dense, after)))
    scores = (
        _standard(dense @ wanted, has_vector)
        + _standard(bm25_scores(asked, texts))
        + _CONTEXT_WEIGHT * _standard(context @ wanted, has_vector)
        + _CONTEXT_WEIGHT * _standard(bm25_scores(asked, windows))
    ) / (2 + 2 * _CONTEXT_WEIGHT)
    lift = np.maximum(_at(scores, before), _at(scores, after))
    lifted: Scores = (scores + _NEIGHBOUR_WEIGHT * np.maximum(lift, 0)).astype(np.float32)
    return lifted


def _neighbours(passages: Sequence[PlacedPassage]) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Positions of the passage before and after in the same session, -1 where there is none."""
    groups = [p.excerpt.session_id for p in passages]
    same = np.array([a == b for a, b in pairwise(groups)], dtype=np.bool_)
    at = np.arange(len(groups))
    before = np.where(np.concatenate([[False], same]), at - 1, -1)
    after = np.where(np.concatenate([same, [False]]), at + 1, -1)
    return before, after


def _rows(vectors: Vectors, at: NDArray[np.int_]) -> Vectors:
    rows: Vectors = np.where((at >= 0)[:, None], vectors[at], np.float32(0))
    return rows


def _at(scores: Scores, at: NDArray[np.int_]) -> Scores:
    return np.where(at >= 0, scores[at], np.float32(0))


def _standard(scores: Scores, counted: NDArray[np.bool_] | None = None) -> Scores:
    """Mean 0, deviation 1 over what is counted; what is not gets the mean."""
    sample = scores if counted is None else scores[counted]
    if sample.size == 0 or float(sample.std()) < 1e-9:
        return np.zeros_like(scores)
    standard = (scores - sample.mean()) / sample.std()
    return standard if counted is None else np.where(counted, standard, np.float32(0))
