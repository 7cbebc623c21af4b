"""The searches of one request, which is answered with or without vectors."""

from collections.abc import Sequence
from typing import Any

from coach.domain.notes import Found, PlacedPassage, Scope
from coach.errors import NoVectors
from coach.ports import Search


class Searching:
    """By words alone from the first time on that no vectors are to be had; it remembers that it was so."""

    def __init__(self, search: Search, *, by_words_alone: bool = False) -> None:
        """`by_words_alone`: from the start, where what is asked may not be embedded."""
        self._search = search
        self.by_words_alone = by_words_alone

    async def search(
        self, query: str, scope: Scope, passages: Sequence[PlacedPassage], limit: int
    ) -> list[Found]:
        if not self.by_words_alone:
            try:
                return await self._search.search(query, scope, passages, limit)
            except NoVectors:
                self.by_words_alone = True
        return await self._search.search_words(query, scope, passages, limit)

    async def near(
        self,
        texts: Sequence[str],
        scope: Scope,
        passages: Sequence[PlacedPassage],
        least_cosine: float,
    ) -> list[list[Found]]:
        """Nothing is near where meaning can't be told."""
        if not self.by_words_alone:
            try:
                return await self._search.near(texts, scope, passages, least_cosine)
            except NoVectors:
                self.by_words_alone = True
        return [[] for _ in texts]

    async def search_words(
        self, query: str, scope: Scope, passages: Sequence[PlacedPassage], limit: int
    ) -> list[Found]:
        return await self._search.search_words(query, scope, passages, limit)

    async def vectors(self, scope: Scope, passages: Sequence[PlacedPassage]) -> tuple[Any, Any]:
        return await self._search.vectors(scope, passages)
