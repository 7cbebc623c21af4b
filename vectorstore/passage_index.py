"""Passages embedded and put into the index."""

from collections.abc import Sequence

from coach.domain.notes import NoteKind, PlacedPassage
from vectorstore.embedding import Embedder
from vectorstore.index import Entry, VectorIndex
from vectorstore.passages import PASSAGE_FORMAT, PassageSpan, embedded_text, split_note, split_transcript


class EmbeddedPassages:
    def __init__(self, embedder: Embedder, index: VectorIndex) -> None:
        self._embedder = embedder
        self._index = index

    async def put(self, passages: Sequence[tuple[PlacedPassage, str, str]]) -> None:
        """Passages with the ids of their pairing and program; those already there are replaced."""
        if not passages:
            return
        said = [placed.excerpt for placed, _, _ in passages]
        vectors = await self._embedder.embed([embedded_text(e.text, e.held_at, e.speaker) for e in said])
        await self._index.add(
            [Entry(placed.id, pairing, program) for placed, pairing, program in passages], vectors
        )

    async def drop(self, passage_ids: Sequence[str]) -> None:
        await self._index.remove(passage_ids)

    async def held_ids(self) -> set[str]:
        return await self._index.ids()


class PassageSplitter:
    format = PASSAGE_FORMAT

    def split(self, text: str, kind: NoteKind) -> list[PassageSpan]:
        return split_transcript(text) if kind is NoteKind.TRANSCRIPT else split_note(text)
