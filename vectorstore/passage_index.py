"""Passages embedded and put into the index."""

from collections.abc import Sequence

from coach.domain.notes import Home, NoteKind, PlacedPassage
from vectorstore.generation import Serving
from vectorstore.index import Entry
from vectorstore.passages import PASSAGE_FORMAT, PassageSpan, embedded_text, split_note, split_transcript


class EmbeddedPassages:
    """Into the generation that serves when it is asked."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def put(self, passages: Sequence[tuple[PlacedPassage, Home]]) -> None:
        """Those already there are replaced."""
        if not passages:
            return
        texts = [embedded_text(e.text, e.held_at, e.speaker) for e in (p.excerpt for p, _ in passages)]
        with self._serving.use() as serving:
            vectors = await serving.embedder.embed(texts)
            await serving.index.add([Entry(placed.id, home) for placed, home in passages], vectors)

    async def drop(self, passage_ids: Sequence[str]) -> None:
        with self._serving.use() as serving:
            await serving.index.remove(passage_ids)

    async def held_ids(self) -> set[str]:
        with self._serving.use() as serving:
            return await serving.index.ids()


class PassageSplitter:
    format = PASSAGE_FORMAT

    def split(self, text: str, kind: NoteKind) -> list[PassageSpan]:
        return split_transcript(text) if kind is NoteKind.TRANSCRIPT else split_note(text)
