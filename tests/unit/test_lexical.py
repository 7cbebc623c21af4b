"""BM25 over the texts of a scope."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.words import stem
from tests.unit.texts import plain_words
from vectorstore.lexical import Scores, TermCounts, bm25, lexical_terms, rarity, window_sums


def bm25_scores(query: list[str], texts: list[list[str]]) -> Scores:
    held = TermCounts(texts)
    return bm25(held.of(query), held.lengths)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The videos were posted", ["video", "post"]),
        ("to be or not to be", ["to", "be", "or", "not", "to", "be"]),
        ("", []),
        ("!!!", []),
    ],
)
def test_terms_are_stems_without_stop_words_unless_there_is_nothing_else(text: str, terms: list[str]) -> None:
    assert lexical_terms(text) == [stem(term) for term in terms]


def test_the_text_with_the_rarer_word_scores_higher() -> None:
    texts = [["video", "board"], ["video", "market"], ["video", "podcast"], ["garden", "robot"]]
    scores = bm25_scores(["video", "podcast"], texts)
    assert scores.shape == (4,)
    assert scores.argmax() == 2
    assert scores[3] == 0
    assert scores[0] == scores[1] > 0


@pytest.mark.parametrize("query", [[], ["unheard"]])
def test_a_query_of_which_no_text_holds_a_word_scores_nothing(query: list[str]) -> None:
    scores = bm25_scores(query, [["video"], ["board"]])
    assert scores.tolist() == [0, 0]


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_without_any_words_there_is_nothing_to_score(texts: list[list[str]]) -> None:
    assert bm25_scores(["video"], texts).tolist() == [0] * len(texts)


@given(st.lists(plain_words, min_size=1, max_size=8), plain_words)
def test_a_text_scores_above_nothing_when_it_holds_a_word_of_the_query(
    texts: list[list[str]], query: list[str]
) -> None:
    scores = bm25_scores(query, texts)
    assert np.isfinite(scores).all()
    for text, score in zip(texts, scores.tolist(), strict=True):
        assert (score > 0) == bool(set(text) & set(query))


def test_scores_are_those_of_the_formula_by_hand() -> None:
    texts = [["video", "video", "board"], ["video"], ["garden", "lunch"]]
    held = TermCounts(texts)
    idf = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = [idf * n * 2.5 / (n + 1.5 * (0.25 + 0.75 * length / 2)) for n, length in ((2, 3), (1, 1))]
    np.testing.assert_allclose(bm25(held.of(["video"]), held.lengths), [*expected, 0], rtol=1e-6)
    np.testing.assert_allclose(rarity(held.of(["video"])), [idf], rtol=1e-6)


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=12), st.integers(0, 3))
def test_window_sums_are_the_sums_of_each_window(values: list[float], reach: int) -> None:
    count = len(values)
    rows = np.arange(count)
    windows = np.maximum(rows - reach, 0), np.minimum(rows + reach, count - 1)
    expected = [np.sum(values[max(0, at - reach) : at + reach + 1]) for at in range(count)]
    np.testing.assert_allclose(
        window_sums(np.array(values, dtype=np.float32), windows), expected, rtol=1e-4, atol=1e-4
    )
