"""BM25 over the texts of a scope."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.words import stem
from tests.unit.texts import plain_words
from vectorstore.lexical import bm25_scores, lexical_terms


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
