"""Search within a scope that the caller has already decided.

Exact: every passage in scope is scored, and none outside it. What a scope's passages hold is made
ready once and kept for the next query, in memory alone, under the embedder whose vectors they are and the
very passages it was made from: it outlives a move of the index to another generation.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from coach.domain.notes import Found, PlacedPassage, Scope
from vectorstore.embedding import Embedder, Vectors
from vectorstore.fusion import fused_scores
from vectorstore.generation import Generation, Serving
from vectorstore.signals import PassageSet, Query

_KEPT_PASSAGES = 50_000
_SCORED_AT_ONCE = 2_000

Key = tuple[Embedder, tuple[str, ...]]


class HybridSearch:
    """Searches the passages it is given and no others."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._ready: OrderedDict[Key, PassageSet] = OrderedDict()
        self._forgotten = 0

    async def search(
        self, query: str, scope: Scope, passages: Sequence[PlacedPassage], limit: int
    ) -> list[Found]:
        """The best passages first, at most `limit`; `passages` in the order of their sessions."""
        if not passages or not query.strip():
            return []
        with self._serving.use() as serving:
            wanted = Query.of(query, (await serving.embedder.embed([query]))[0])
            ready = await self._made_ready(serving, scope, passages)
        return await _best(wanted, ready, passages, limit)

    async def search_words(
        self, query: str, scope: Scope, passages: Sequence[PlacedPassage], limit: int
    ) -> list[Found]:
        """The same without the query's vector: what a passage means is as good as what another does."""
        if not passages or not query.strip():
            return []
        with self._serving.use() as serving:
            meaningless = np.zeros(serving.embedder.dimension, dtype=np.float32)
            ready = await self._made_ready(serving, scope, passages)
        return await _best(Query.of(query, meaningless), ready, passages, limit)

    async def near(
        self,
        texts: Sequence[str],
        scope: Scope,
        passages: Sequence[PlacedPassage],
        least_cosine: float,
    ) -> list[list[Found]]:
        """For each text the passages near in meaning, in their order; none that has no vector yet."""
        if not texts or not passages:
            return [[] for _ in texts]
        with self._serving.use() as serving:
            ready = await self._made_ready(serving, scope, passages)
            cosines = await serving.embedder.embed(texts) @ ready.vectors.T
        return [
            [
                Found(passages[at], float(row[at]), float(row[at]))
                for at in np.flatnonzero(ready.indexed & (row >= least_cosine)).tolist()
            ]
            for row in cosines
        ]

    async def vectors(
        self, scope: Scope, passages: Sequence[PlacedPassage]
    ) -> tuple[Vectors, NDArray[np.bool_]]:
        """Vectors of the passages, shape (n, dimension), zero where not indexed yet, and which are."""
        with self._serving.use() as serving:
            return await _vectors(serving, scope, passages)

    def forget(self, passage_ids: Iterable[str]) -> int:
        """Drop what is kept of these passages; answers how many kept scopes held one."""
        self._forgotten += 1
        gone = frozenset(passage_ids)
        holding = [key for key in self._ready if not gone.isdisjoint(key[1])]
        for key in holding:
            del self._ready[key]
        return len(holding)

    async def _made_ready(
        self, serving: Generation, scope: Scope, passages: Sequence[PlacedPassage]
    ) -> PassageSet:
        """Kept from an earlier query on the same passages, if all were indexed and none erased meanwhile."""
        ids = tuple(passage.id for passage in passages)
        key = serving.embedder, ids
        kept = self._ready.get(key)
        if kept is not None:
            self._ready.move_to_end(key)
            return kept
        forgotten = self._forgotten
        vectors, indexed = await _vectors(serving, scope, passages)
        ready = await asyncio.to_thread(PassageSet, passages, vectors, indexed)
        if indexed.all() and len(ids) <= _KEPT_PASSAGES and forgotten == self._forgotten:
            self._ready[key] = ready
            while sum(len(held) for _, held in self._ready) > _KEPT_PASSAGES:
                self._ready.popitem(last=False)
        return ready


async def _best(
    wanted: Query, ready: PassageSet, passages: Sequence[PlacedPassage], limit: int
) -> list[Found]:
    if len(passages) > _SCORED_AT_ONCE:
        scores = await asyncio.to_thread(fused_scores, wanted, ready)
    else:
        scores = fused_scores(wanted, ready)
    cosines = ready.vectors @ wanted.vector
    best = np.argsort(-scores, kind="stable")[:limit]
    return [Found(passages[at], float(scores[at]), float(cosines[at])) for at in best]


async def _vectors(
    serving: Generation, scope: Scope, passages: Sequence[PlacedPassage]
) -> tuple[Vectors, NDArray[np.bool_]]:
    ids, held = await serving.index.vectors(scope)
    row_of = {passage_id: row for row, passage_id in enumerate(ids)}
    found: Vectors = np.zeros((len(passages), serving.embedder.dimension), dtype=np.float32)
    indexed = np.array([p.id in row_of for p in passages], dtype=np.bool_)
    if indexed.any():
        found[indexed] = held[[row_of[p.id] for p in passages if p.id in row_of]]
    return found, indexed
