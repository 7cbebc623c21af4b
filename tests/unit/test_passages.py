"""A text split into passages."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from coach.domain.notes import NoteKind
from tests.unit.texts import exactly_covers, notes
from vectorstore.passage_index import PassageSplitter
from vectorstore.passages import (
    MOST_CHARS,
    PASSAGE_FORMAT,
    TARGET_CHARS,
    embedded_text,
    split_note,
    split_transcript,
)

HELD = datetime(2027, 3, 4, 15, 0, tzinfo=UTC)


def said(text: str) -> list[tuple[str | None, str]]:
    return [(span.speaker, text[span.start : span.end]) for span in split_transcript(text)]


@given(notes)
def test_passages_of_a_note_never_overlap_and_hold_every_visible_character(text: str) -> None:
    spans = split_note(text)
    assert exactly_covers(text, [(span.start, span.end) for span in spans])
    assert all(span.end - span.start <= MOST_CHARS == 500 for span in spans)
    assert all(span.speaker is None for span in spans)


@given(notes)
def test_passages_of_a_transcript_never_overlap_and_are_never_too_long(text: str) -> None:
    heard = f"Zoe: welcome\n{text}"
    at = 0
    for span in split_transcript(heard):
        assert at <= span.start < span.end <= len(heard)
        assert heard[span.start : span.end] == heard[span.start : span.end].strip()
        assert span.end - span.start <= MOST_CHARS
        at = span.end


def test_a_transcript_splits_by_turn_with_its_speakers() -> None:
    assert said("Maya: Did it work?\nIngrid Halvorsen: It did. Thank you.\nMaya: Good.") == [
        ("Maya", "Did it work?"),
        ("Ingrid Halvorsen", "It did. Thank you."),
        ("Maya", "Good."),
    ]


def test_what_precedes_the_first_turn_is_nobodys() -> None:
    assert said("Call of March\nMaya: Hello.") == [(None, "Call of March"), ("Maya", "Hello.")]


def test_a_long_turn_splits_into_several_of_the_same_speaker() -> None:
    heard = said(f"Maya: {'We tried the dashboard again. ' * 30}\nIngrid: Yes.")
    assert len(heard) > 3
    assert {speaker for speaker, _ in heard[:-1]} == {"Maya"}
    assert heard[-1] == ("Ingrid", "Yes.")


def test_a_turn_without_words_has_no_passage() -> None:
    assert said("Maya:\nIngrid: Yes.") == [("Ingrid", "Yes.")]


@pytest.mark.parametrize(
    "text", ["We tried the dashboard. It worked.", "one\n\ntwo", "", "x" * 1200, "at 10:30 we met"]
)
def test_a_transcript_without_turns_splits_as_a_note(text: str) -> None:
    assert split_transcript(text) == split_note(text)


def test_short_sentences_share_a_passage_and_paragraphs_do_not() -> None:
    text = "We met. We talked. We left.\n\nAnother day."
    assert [text[s.start : s.end] for s in split_note(text)] == [
        "We met. We talked. We left.",
        "Another day.",
    ]


def test_neighbouring_sentences_are_not_joined_past_the_target_length() -> None:
    sentence = f"{'word ' * 28}end."
    text = f"{sentence} {sentence} {sentence}"
    assert [text[s.start : s.end] for s in split_note(text)] == [sentence, sentence, sentence]


@pytest.mark.parametrize(("length", "passages"), [(MOST_CHARS, 1), (MOST_CHARS + 1, 2), (2 * MOST_CHARS, 2)])
def test_unbroken_text_is_cut_at_the_most_that_a_passage_may_hold(length: int, passages: int) -> None:
    spans = split_note("x" * length)
    assert len(spans) == passages
    assert spans[0].end == min(length, MOST_CHARS)


@pytest.mark.parametrize(("more", "passages"), [(0, 1), (1, 2)])
def test_sentences_are_joined_up_to_the_target_and_no_further(more: int, passages: int) -> None:
    first, second = f"A{'x' * 137}.", f"B{'x' * (TARGET_CHARS - 142 + more)}."
    text = f"{first} {second}"
    assert len(text) == TARGET_CHARS + more
    assert len(split_note(text)) == passages


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    text = " ".join(f"word{n:04}" for n in range(200))
    pieces = [text[s.start : s.end] for s in split_note(text)]
    assert len(pieces) == 4
    assert " ".join(pieces) == text


def test_what_is_embedded_begins_with_the_date_and_the_speaker() -> None:
    assert embedded_text("It worked.", HELD, "Maya") == "4 March 2027. Maya: It worked."
    assert embedded_text("It worked.", HELD, None) == "4 March 2027. It worked."


@pytest.mark.parametrize(("kind", "speaker"), [(NoteKind.NOTE, None), (NoteKind.TRANSCRIPT, "Maya")])
def test_only_transcripts_are_split_by_turn(kind: NoteKind, speaker: str | None) -> None:
    splitter = PassageSplitter()
    assert splitter.format == PASSAGE_FORMAT
    assert [span.speaker for span in splitter.split("Maya: It worked.", kind)] == [speaker]
