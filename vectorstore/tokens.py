"""A text's tokens, each with its place and with what it means there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from coach.language.words import word_spans
from vectorstore.embedding import Embedder, Vectors

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tokens:
    """`places`, shape (n, 2): where each begins and ends in the text, code points; unit `vectors`."""

    places: Places
    vectors: Vectors

    def __len__(self) -> int:
        return len(self.places)


@runtime_checkable
class TokenEmbedder(Protocol):
    async def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]: ...


async def tokens_of(embedder: Embedder, texts: Sequence[str]) -> list[Tokens]:
    """As the embedder tells them; from one that tells texts alone, each word as a text of its own."""
    if isinstance(embedder, TokenEmbedder):
        return await embedder.embed_tokens(texts)
    spans = [word_spans(text) for text in texts]
    held = [text[a:b] for text, places in zip(texts, spans, strict=True) for a, b in places]
    distinct = list(dict.fromkeys(held))
    vectors = await embedder.embed(distinct) if distinct else no_vectors(embedder.dimension)
    row = {word: at for at, word in enumerate(distinct)}
    return [
        Tokens(np.array(places, dtype=np.int32).reshape(-1, 2), vectors[[row[text[a:b]] for a, b in places]])
        for text, places in zip(texts, spans, strict=True)
    ]


def no_vectors(dimension: int) -> Vectors:
    return np.zeros((0, dimension), dtype=np.float32)
