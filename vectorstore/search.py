"""Search within a scope that the caller has already decided.

Exact: every passage in scope is scored, and none outside it. What a scope's passages hold is made
ready once and kept for the next query, in memory alone and under the very passages it was made from.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from coach.domain.notes import Found, PlacedPassage
from vectorstore.embedding import Embedder, Vectors
from vectorstore.fusion import fused_scores
from vectorstore.index import VectorIndex
from vectorstore.signals import PassageSet

_KEPT_PASSAGES = 50_000
_SCORED_AT_ONCE = 2_000

PassageIds = tuple[str, ...]


class HybridSearch:
    """Searches the passages it is given and no others."""

    def __init__(self, embedder: Embedder, index: VectorIndex) -> None:
        self._embedder = embedder
        self._index = index
        self._ready: OrderedDict[PassageIds, PassageSet] = OrderedDict()

    async def search(
        self, query: str, scope: Mapping[str, str], passages: Sequence[PlacedPassage], limit: int
    ) -> list[Found]:
        """The best passages first, at most `limit`; `passages` in the order of their sessions."""
        if not passages or not query.strip():
            return []
        wanted = (await self._embedder.embed([query]))[0]
        ready = await self._made_ready(scope, passages)
        if len(passages) > _SCORED_AT_ONCE:
            scores = await asyncio.to_thread(fused_scores, query, wanted, ready)
        else:
            scores = fused_scores(query, wanted, ready)
        cosines = ready.vectors @ wanted
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
        ready = await self._made_ready(scope, passages)
        cosines = await self._embedder.embed(texts) @ ready.vectors.T
        return [
            [
                Found(passages[at], float(row[at]), float(row[at]))
                for at in np.flatnonzero(ready.indexed & (row >= least_cosine)).tolist()
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
        indexed = np.array([p.id in row_of for p in passages], dtype=np.bool_)
        if indexed.any():
            found[indexed] = held[[row_of[p.id] for p in passages if p.id in row_of]]
        return found, indexed

    def forget(self, passage_ids: Iterable[str]) -> int:
        """Drop what is kept of these passages; answers how many kept scopes held one."""
        gone = frozenset(passage_ids)
        holding = [ids for ids in self._ready if not gone.isdisjoint(ids)]
        for ids in holding:
            del self._ready[ids]
        return len(holding)

    async def _made_ready(self, scope: Mapping[str, str], passages: Sequence[PlacedPassage]) -> PassageSet:
        """Kept from an earlier query on the same passages, as long as all of them were indexed then."""
        ids = tuple(passage.id for passage in passages)
        kept = self._ready.get(ids)
        if kept is not None:
            self._ready.move_to_end(ids)
            return kept
        vectors, indexed = await self.vectors(scope, passages)
        ready = await asyncio.to_thread(PassageSet, passages, vectors, indexed)
        if indexed.all() and len(ids) <= _KEPT_PASSAGES:
            self._ready[ids] = ready
            while sum(map(len, self._ready)) > _KEPT_PASSAGES:
                self._ready.popitem(last=False)
        return ready
