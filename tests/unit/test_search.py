"""Hybrid search over an index in memory."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.notes import Excerpt, Found, Home, PlacedPassage, Scope
from tests.fakes import WordEmbedder
from tests.unit.stores import serving_in_memory
from tests.unit.texts import plain_words
from vectorstore.embedding import Vectors, unit
from vectorstore.generation import Generation, Serving
from vectorstore.index import Entry
from vectorstore.memory import MemoryIndex
from vectorstore.passage_index import EmbeddedPassages
from vectorstore.search import HybridSearch

OURS = Scope("program", "ours")
AT_OURS, AT_THEIRS = Home("program", "ours", shared=False), Home("program", "theirs", shared=False)


def passage(passage_id: str, text: str, session: str | None = None) -> PlacedPassage:
    held = datetime(2027, 3, 4, tzinfo=UTC)
    place = Excerpt("note", session or passage_id, held, "maya", "Maya", 0, len(text), text)
    return PlacedPassage(passage_id, place)


VIDEO = passage("video", "Ingrid posted her first video.")
BOARD = passage("board", "The board asked for the market numbers.")
GARDEN = passage("garden", "We had lunch in the garden.")
ALL = [VIDEO, BOARD, GARDEN]


async def searching(
    indexed: list[PlacedPassage], others: list[PlacedPassage] | None = None
) -> tuple[HybridSearch, WordEmbedder]:
    """Search over an index of these passages of our pairing, and others of another one."""
    embedder = WordEmbedder()
    serving = serving_in_memory(embedder)
    filling = EmbeddedPassages(serving)
    await filling.put([(p, AT_OURS) for p in indexed])
    await filling.put([(p, AT_THEIRS) for p in others or []])
    return HybridSearch(serving), embedder


def ids(found: list[Found]) -> list[str]:
    return [hit.passage.id for hit in found]


async def test_the_passage_that_fits_best_comes_first() -> None:
    search, _ = await searching(ALL)
    assert ids(await search.search("Which numbers of the market?", OURS, ALL, 10))[0] == "board"
    assert ids(await search.search("lunch", OURS, ALL, 1)) == ["garden"]


async def test_only_the_passages_that_are_given_are_searched() -> None:
    search, _ = await searching(ALL)
    assert ids(await search.search("the first video", OURS, [BOARD, GARDEN], 10)) != []
    assert "video" not in ids(await search.search("the first video", OURS, [BOARD, GARDEN], 10))


async def test_vectors_of_another_scope_are_not_looked_at() -> None:
    search, _ = await searching([BOARD], others=[VIDEO])
    found = await search.search("market numbers", OURS, [BOARD], 10)
    assert ids(found) == ["board"]
    dense, has_vector = await search.vectors(OURS, [VIDEO, BOARD])
    assert has_vector.tolist() == [False, True]
    assert not dense[0].any()


async def test_a_passage_without_a_vector_is_still_found_by_its_words() -> None:
    search, _ = await searching([BOARD, GARDEN])
    (best, *_) = await search.search("the first video", OURS, ALL, 10)
    assert best.passage == VIDEO
    assert best.cosine == 0


@pytest.mark.parametrize("at", range(0, 40, 7))
async def test_a_word_that_is_looked_up_is_found_first_wherever_it_stands(at: int) -> None:
    texts = [f"We talked about the video of session {n} and the market." for n in range(40)]
    texts[at] = f"Short: zebrafish {at}."
    passages = [passage(f"p{n}", text, f"s{n // 8}") for n, text in enumerate(texts)]
    search, _ = await searching(passages)
    for query in ("zebrafish", "the zebrafish video"):
        assert ids(await search.search(query, OURS, passages, 3))[0] == f"p{at}"


async def test_with_nothing_indexed_words_alone_find() -> None:
    search, _ = await searching([])
    assert ids(await search.search("market numbers", OURS, ALL, 10))[0] == "board"


async def test_by_words_alone_the_embedder_is_not_asked() -> None:
    search, embedder = await searching(ALL)
    embedder.broken = True
    first, *others = await search.search_words("Which numbers of the market?", OURS, ALL, 10)
    assert first.passage == BOARD
    assert len(others) == 2
    assert {hit.cosine for hit in (first, *others)} == {0}
    assert ids(await search.search_words("lunch", OURS, ALL, 1)) == ["garden"]


@pytest.mark.parametrize("query", ["", "  \n"])
async def test_an_empty_question_finds_nothing(query: str) -> None:
    search, _ = await searching(ALL)
    assert await search.search(query, OURS, ALL, 10) == []
    assert await search.search_words(query, OURS, ALL, 10) == []


async def test_an_empty_scope_finds_nothing_and_embeds_nothing() -> None:
    search, embedder = await searching([])
    assert await search.search("video", OURS, [], 10) == []
    assert await search.near(["video"], OURS, [], 0.1) == [[]]
    assert embedder.texts == []


async def test_a_good_neighbour_in_the_same_session_lifts_a_passage() -> None:
    passages = [passage("a", "We had lunch.", "s1"), passage("b", "We had lunch.", "s2"), VIDEO]
    passages.insert(1, passage("next", "Ingrid posted her first video.", "s1"))
    search, _ = await searching(passages)
    order = ids(await search.search("first video", OURS, passages, 10))
    assert order.index("a") < order.index("b")


async def test_a_good_first_passage_lifts_the_one_after_it() -> None:
    first = passage("first", VIDEO.excerpt.text, "s1")
    passages = [first, passage("a", "We had lunch.", "s1"), passage("b", "We had lunch.", "s2")]
    search, _ = await searching(passages)
    assert ids(await search.search("first video", OURS, passages, 10)) == ["first", "a", "b"]


async def test_no_passage_is_lifted_by_another_session() -> None:
    passages = [passage("a", "We had lunch.", "s1"), passage("b", "We had lunch.", "s2"), VIDEO]
    search, _ = await searching(passages)
    best, *others = await search.search("first video", OURS, passages, 10)
    assert best.passage == VIDEO
    assert others[0].score == pytest.approx(others[1].score)


async def test_near_answers_for_each_text_what_is_near_in_meaning() -> None:
    search, _ = await searching([VIDEO, BOARD])
    found = await search.near(["first video posted", "robots"], OURS, ALL, 0.3)
    assert [ids(hits) for hits in found] == [["video"], []]
    assert found[0][0].cosine >= 0.3
    assert await search.near([], OURS, ALL, 0.3) == []


async def test_near_never_names_a_passage_without_a_vector() -> None:
    search, _ = await searching([VIDEO])
    (found,) = await search.near(["market numbers"], OURS, ALL, -1.0)
    assert ids(found) == ["video"]


@given(st.lists(plain_words, min_size=1, max_size=8), plain_words, st.integers(1, 10))
async def test_search_is_exact_and_the_same_every_time(
    texts: list[list[str]], query: list[str], limit: int
) -> None:
    passages = [passage(f"p{n}", " ".join(text)) for n, text in enumerate(texts)]
    search, _ = await searching(passages[::2])
    found = await search.search(" ".join(query), OURS, passages, limit)
    assert found == await search.search(" ".join(query), OURS, passages, limit)
    assert len(found) == min(limit, len(passages))
    assert len(set(ids(found))) == len(found)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    whole = await search.search(" ".join(query), OURS, passages, len(passages))
    assert found == whole[: len(found)]
    assert all(np.isfinite(hit.score) and -1.001 <= hit.cosine <= 1.001 for hit in found)


async def test_the_order_of_the_index_does_not_matter() -> None:
    one, _ = await searching(ALL)
    other, _ = await searching(ALL[::-1])
    assert await one.search("video numbers", OURS, ALL, 3) == await other.search(
        "video numbers", OURS, ALL, 3
    )


async def test_entries_tell_whose_they_are() -> None:
    index = MemoryIndex(WordEmbedder.dimension)
    await EmbeddedPassages(Serving(Generation("one", WordEmbedder(), index))).put([(VIDEO, AT_OURS)])
    assert index.held["video"][0] == Entry("video", AT_OURS)


async def test_what_was_made_ready_in_one_generation_is_not_used_in_another() -> None:
    serving = serving_in_memory()
    await EmbeddedPassages(serving).put([(p, AT_OURS) for p in ALL])
    search = HybridSearch(serving)
    before = await search.search("video", OURS, ALL, 3)
    await serving.switch(Generation("two", WordEmbedder(), MemoryIndex(WordEmbedder.dimension)))
    assert [hit.cosine for hit in await search.search("video", OURS, ALL, 3)] == [0, 0, 0]
    assert max(hit.cosine for hit in before) > 0


def test_unit_scales_rows_to_length_one_and_leaves_zero_rows() -> None:
    scaled = unit(np.array([[3, 4], [0, 0]], dtype=np.float32))
    assert scaled.tolist() == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))
    assert scaled.dtype == np.float32


async def test_what_is_erased_while_it_is_made_ready_is_not_kept() -> None:
    class Erasing(MemoryIndex):
        async def vectors(self, scope: Scope) -> tuple[list[str], Vectors]:
            told = await super().vectors(scope)
            search.forget(["video"])
            return told

    serving = Serving(Generation("one", WordEmbedder(), Erasing(WordEmbedder.dimension)))
    await EmbeddedPassages(serving).put([(p, AT_OURS) for p in ALL])
    search = HybridSearch(serving)
    await search.search("video", OURS, ALL, 3)
    assert search.forget(["video"]) == 0


async def test_a_speaker_without_a_visible_name_breaks_no_search() -> None:
    said = Excerpt("note", "one", datetime(2027, 3, 4, tzinfo=UTC), "x", "\x1c", 0, 5, "lunch")
    passages = [PlacedPassage("odd", said), VIDEO]
    search, _ = await searching(passages)
    assert ids(await search.search("lunch", OURS, passages, 1)) == ["odd"]
