"""Words of a question matched with spans of passages."""

from datetime import UTC, datetime

import numpy as np
import pytest

from coach.domain.notes import Excerpt, PlacedPassage
from tests.fakes import WordEmbedder
from tests.unit.stores import serving_in_memory
from vectorstore.matching import matched, within
from vectorstore.search import HybridSearch
from vectorstore.tokens import Tokens, no_vectors, tokens_of

TEXT = "We had lunch. Ingrid posted a video."
AT = 100


def passage(passage_id: str = "p") -> PlacedPassage:
    held = datetime(2027, 3, 4, tzinfo=UTC)
    return PlacedPassage(passage_id, Excerpt("note", "s", held, "maya", "Maya", AT, AT + len(TEXT), TEXT))


SPANS = [(passage(), AT, AT + 13), (passage(), AT + 14, AT + len(TEXT))]


def directions(*ones: int) -> np.ndarray:
    return np.eye(4, dtype=np.float32)[list(ones)]


async def test_an_embedder_of_texts_alone_tells_each_word_as_a_text() -> None:
    embedder = WordEmbedder()
    one, none = await tokens_of(embedder, ["Ingrid posted.", "…"])
    assert one.places.tolist() == [[0, 6], [7, 13]]
    assert np.array_equal(one.vectors, await embedder.embed(["Ingrid", "posted"]))
    assert none.vectors.shape == (0, embedder.dimension)


def test_each_token_of_the_question_finds_its_nearest_in_each_span() -> None:
    asked = Tokens(np.array([[0, 2], [3, 5]], dtype=np.int32), directions(0, 1))
    found = matched(asked, directions(0)[0], [directions(1, 2), no_vectors(4), directions(0)])
    assert found.best.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert found.new.tolist() == [0.5, 0, 0]
    assert found.meanings[1].tolist() == [0, 0, 0, 0]
    assert found.meanings[0] == pytest.approx([0, 0.5**0.5, 0.5**0.5, 0])


def test_a_question_without_tokens_matches_nothing() -> None:
    asked = Tokens(np.zeros((0, 2), dtype=np.int32), no_vectors(4))
    assert matched(asked, directions(0)[0], [directions(1)]).best.shape == (0, 1)


def test_a_span_has_the_tokens_that_stand_in_it() -> None:
    tokens = Tokens(np.array([[0, 2], [3, 5], [6, 9]], dtype=np.int32), directions(0, 1, 2))
    assert np.array_equal(within(tokens, 3, 8), directions(1))


async def test_spans_are_matched_by_their_places_in_the_note() -> None:
    search = HybridSearch(serving_in_memory(WordEmbedder()))
    found = await search.match("video lunch", SPANS)
    assert found.best.tolist() == pytest.approx(np.array([[0, 1], [1, 0]]))
    assert found.places.tolist() == [[0, 5], [6, 11]]


async def test_what_was_told_once_is_kept_until_it_is_forgotten() -> None:
    embedder = WordEmbedder()
    search = HybridSearch(serving_in_memory(embedder))
    await search.match("video", SPANS)
    told = len(embedder.texts)
    await search.match("video", SPANS)
    assert len(embedder.texts) == told + 2
    search.forget(["p"])
    await search.match("video", SPANS)
    assert "Ingrid" in embedder.texts[told + 2 :]
