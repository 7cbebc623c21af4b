"""Words, stems and what two texts share."""

import pytest
from hypothesis import given

from coach.language.words import (
    content_stems,
    content_words,
    overlap,
    similarity,
    stem,
    stems,
    stop_words,
    word_count,
    word_spans,
    words,
)
from tests.unit.texts import notes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", []),
        ("One, two; three!", ["One", "two", "three"]),
        ("Ingrid's follow-up isn’t late", ["Ingrid's", "follow-up", "isn’t", "late"]),
        ("Q3 2027 — 12%", ["Q3", "2027", "12"]),
        ("snake_case and 'quotes'", ["snake", "case", "and", "quotes"]),
        ("Ünïcode 日本語 tešt", ["Ünïcode", "日本語", "tešt"]),
        ("we {laughs} stopped", ["we", "stopped"]),
    ],
)
def test_words_come_in_order_as_written(text: str, told: list[str]) -> None:
    assert words(text) == told


def test_each_word_has_its_place_and_a_mark_its_own() -> None:
    text = "We {laughs} didn’t stop."
    assert [text[a:b] for a, b in word_spans(text)] == ["We", "laughs", "didn’t", "stop"]


@given(notes)
def test_every_word_stands_in_its_text(text: str) -> None:
    at = 0
    for word in words(text):
        at = text.index(word, at) + len(word)
    assert at <= len(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("posted", "posting"), ("Dashboards", "dashboard"), ("Ingrid's", "ingrid"), ("Ingrid’s", "Ingrid")],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_stems_keep_every_word_and_content_stems_those_with_meaning() -> None:
    text = "We were posting the videos, and I posted a video"
    assert len(stems(text)) == len(words(text))
    assert content_stems(text) == {stem("post"), stem("video")}


def test_content_words_leave_out_stop_words_and_single_letters() -> None:
    assert content_words("It is the X of Ingrid’s plan, and I agree") == ["Ingrid’s", "plan", "agree"]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_stop_words_are_known_with_either_apostrophe(language: str) -> None:
    known = stop_words(language)
    assert known
    assert {word.replace("'", "’") for word in known} <= known


def test_stop_words_of_a_language_without_a_list_are_an_error() -> None:
    with pytest.raises(KeyError):
        stop_words("tlh")


def test_words_are_counted_as_they_are_spaced() -> None:
    assert word_count("What will you, by when?") == 5
    assert word_count("  ") == 0


@pytest.mark.parametrize(
    ("of", "within", "share"),
    [("abcd", "ab", 0.5), ("ab", "abcd", 1.0), ("", "ab", 0.0), ("ab", "", 0.0), ("aab", "a", 0.5)],
)
def test_overlap_is_the_share_of_the_first_in_the_second(of: str, within: str, share: float) -> None:
    assert overlap(of, within) == share


@pytest.mark.parametrize(
    ("one", "other", "alike"), [("ab", "ab", 1.0), ("ab", "bc", 1 / 3), ("ab", "cd", 0.0), ("", "", 0.0)]
)
def test_similarity_is_what_two_share_of_all_they_hold(one: str, other: str, alike: float) -> None:
    assert (
        similarity(frozenset(one), frozenset(other)) == similarity(frozenset(other), frozenset(one)) == alike
    )
