"""Fragments: exact stretches, short enough to be quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.language.fragments import fragment
from tests.unit.texts import notes


@given(notes, st.integers(1, 30), st.integers(0, 500))
def test_a_fragment_is_an_exact_stretch_of_at_most_the_words_asked_for(
    text: str, most_words: int, around: int
) -> None:
    part = fragment(text, most_words, min(around, max(0, len(text) - 1)))
    assert part in text
    assert len(part.split()) <= most_words


@given(notes, st.integers(1, 30))
def test_a_fragment_has_no_white_space_or_stop_at_its_edges_and_no_line_break(
    text: str, most_words: int
) -> None:
    part = fragment(text, most_words)
    assert part == part.strip(" \t\r\n.,;:!?…-–—")
    assert "\n" not in part


@given(
    st.lists(st.integers(100, 999), min_size=1, max_size=60, unique=True).flatmap(
        lambda numbers: st.tuples(st.just(numbers), st.integers(0, len(numbers) - 1), st.integers(6, 30))
    ),
    st.sets(st.integers(0, 59)),
)
def test_a_fragment_holds_the_word_it_was_asked_for(
    given_words: tuple[list[int], int, int], commas: set[int]
) -> None:
    numbers, at, most_words = given_words
    words = [f"w{number}{',' if place in commas else ''}" for place, number in enumerate(numbers)]
    text = " ".join(words)
    wanted = f"w{numbers[at]}"
    assert wanted in fragment(text, most_words, text.index(wanted))


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("We ran out of time.", "We ran out of time"),
        ("- send the deck", "send the deck"),
        ("1. send the deck", "send the deck"),
        ("[x] send the deck", "send the deck"),
        ("TODO: send the deck", "send the deck"),
        ("Well, um, we ran out of time!", "we ran out of time"),
        ("And then we stopped.", "we stopped"),
        ("{laughs} we stopped.", "we stopped"),
        ("Butter is not a filler.", "Butter is not a filler"),
        ("...", ""),
        ("", ""),
    ],
)
def test_marks_fillers_and_stops_stay_outside(sentence: str, told: str) -> None:
    assert fragment(sentence, 18) == told


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("She said (quietly that it works", "quietly that it works"),
        ('The board said "no', "The board said"),
        ("we went on, as planned) and stopped", "we went on, as planned"),
        ("The (new) dashboard works", "The (new) dashboard works"),
        ("It's Ingrid’s dashboard", "It's Ingrid’s dashboard"),
    ],
)
def test_no_bracket_or_quotation_mark_is_left_alone(sentence: str, told: str) -> None:
    assert fragment(sentence, 18) == told


LONG = (
    "We spent the first half hour on the newsletter and its readers, then we ran out of time for the "
    "dashboard demo, although Ingrid had asked for it twice because the board wants to see it"
)


def test_a_long_sentence_is_cut_at_its_clauses_around_the_cue() -> None:
    part = fragment(LONG, 12, LONG.index("ran out of time"))
    assert part.endswith("we ran out of time for the dashboard demo")
    assert "newsletter" not in part
    assert "Ingrid" not in part


@pytest.mark.parametrize("filler", ["then", "and", "but", "so"])
def test_a_filler_stays_outside_where_the_cut_begins_with_it_too(filler: str) -> None:
    sentence = f"We talked at length about the newsletter and about its readers, {filler} we ran out of time"
    assert fragment(sentence, 8, sentence.index("ran out")) == "we ran out of time"


def test_a_cut_fragment_does_not_end_in_a_word_left_hanging() -> None:
    sentence = "Ingrid wants the new dashboard to show every single visitor of the old web shop on a page"
    assert fragment(sentence, 12) == "Ingrid wants the new dashboard to show every single visitor"


def test_a_sentence_wrapped_by_hand_is_cut_at_the_line_that_holds_the_cue() -> None:
    sentence = "Ingrid asked for the dashboard demo again;\nwe ran out of time for it"
    assert fragment(sentence, 18, sentence.index("ran out")) == "we ran out of time for it"
