"""Passages embedded and put into the index."""

from collections.abc import Collection, Sequence

import numpy as np

from coach.domain.notes import Home, NoteKind, PlacedPassage
from vectorstore.embedding import Vectors
from vectorstore.generation import Serving
from vectorstore.index import Entry
from vectorstore.passages import PASSAGE_FORMAT, PassageSpan, embedded_text, split_note, split_transcript


class EmbeddedPassages:
    """Into the generation that serves when it is asked."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def put(self, passages: Sequence[tuple[PlacedPassage, Home]], unread: Collection[str] = ()) -> None:
        """Those already there are replaced; of those `unread` no embedder is told, and their row is zero."""
        if not passages:
            return
        read = [placed for placed, _ in passages if placed.id not in unread]
        texts = [embedded_text(e.text, e.held_at, e.speaker) for e in (placed.excerpt for placed in read)]
        with self._serving.use() as serving:
            found = await serving.embedder.embed(texts) if texts else None
            vectors: Vectors = np.zeros((len(passages), serving.embedder.dimension), dtype=np.float32)
            if found is not None:
                vectors[[placed.id not in unread for placed, _ in passages]] = found
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
