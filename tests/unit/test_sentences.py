"""Sentences and turns as exact spans."""

import pytest
from hypothesis import given

from coach.language.sentences import sentence_spans, trimmed
from coach.language.turns import turns
from tests.unit.texts import exactly_covers, notes


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def spoken(text: str) -> list[tuple[str | None, str]]:
    return [(speaker, text[start:end].strip()) for start, end, speaker in turns(text)]


@given(notes)
def test_sentences_are_ordered_apart_trimmed_and_hold_every_visible_character(text: str) -> None:
    assert exactly_covers(text, sentence_spans(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", []),
        (" \n\t ", []),
        ("One thing.", ["One thing."]),
        ("She came. He left!  Why?", ["She came.", "He left!", "Why?"]),
        ("We met Dr. Smith. He agreed.", ["We met Dr. Smith.", "He agreed."]),
        ("It rose by 3.5 percent. Good.", ["It rose by 3.5 percent.", "Good."]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("- Send the deck\n- Book a room", ["- Send the deck", "- Book a room"]),
        ("• Ünïcode är fint\n• 日本語。", ["• Ünïcode är fint", "• 日本語。"]),
        ("Well done 👩🏽‍💻! Next?", ["Well done 👩🏽‍💻!", "Next?"]),
        ("One.\r\nTwo.\r\n", ["One.", "Two."]),
    ],
)
def test_sentences_end_where_people_end_them(text: str, told: list[str]) -> None:
    assert sentences(text) == told


WRAPPED = (
    "Ingrid opened the analytics dashboard by herself today and then she\n"
    "walked her own team through the three numbers that the board asked\n"
    "about. Nobody interrupted her."
)


def test_a_paragraph_wrapped_by_hand_is_read_as_one() -> None:
    first, second = sentences(WRAPPED)
    assert first.startswith("Ingrid opened")
    assert first.endswith("asked\nabout.")
    assert second == "Nobody interrupted her."


def test_list_items_are_never_joined_however_long_they_are() -> None:
    items = [f"- {'word ' * 13}number {n}" for n in range(4)]
    assert sentences("\n".join(items)) == items


def test_a_blank_line_ends_a_wrapped_paragraph() -> None:
    assert sentences(f"{WRAPPED}\n\nAfterwards we had lunch") == [
        *sentences(WRAPPED),
        "Afterwards we had lunch",
    ]


@given(notes)
def test_trimming_leaves_what_strip_leaves(text: str) -> None:
    start, end = trimmed(text, 0, len(text))
    assert text[start:end] == text.strip()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Maya: Hello.\nIngrid: Hi there.", [("Maya", "Hello."), ("Ingrid", "Hi there.")]),
        ("[10:02] Maya Okafor: Hello.", [("Maya Okafor", "Hello.")]),
        ("00:01:02 - Maya: Hello.", [("Maya", "Hello.")]),
        ("Maya (host): Hello.", [("Maya", "Hello.")]),
        ("Meeting of March\nMaya: Hello.", [(None, "Meeting of March"), ("Maya", "Hello.")]),
        (
            "Maya: One line\nand another.\nIngrid: Yes.",
            [("Maya", "One line\nand another."), ("Ingrid", "Yes.")],
        ),
        ("Maya:\nHello.", [("Maya", "Hello.")]),
        ("Maya: Look at http://example.org/a", [("Maya", "Look at http://example.org/a")]),
        ("Maya: Hello.\r\nIngrid: Hi.\r\n", [("Maya", "Hello."), ("Ingrid", "Hi.")]),
        ("日本: こんにちは", [("日本", "こんにちは")]),
    ],
)
def test_turns_begin_with_a_name_and_a_colon(text: str, told: list[tuple[str | None, str]]) -> None:
    assert spoken(text) == told


@pytest.mark.parametrize("text", ["Hello there. Nobody is named here.", "one\ntwo", "10:30 is the time"])
def test_a_text_without_turns_is_one_stretch_of_nobody(text: str) -> None:
    assert spoken(text) == [(None, text)]


def test_no_text_has_no_turn() -> None:
    assert spoken("") == []


@given(notes)
def test_turns_are_ordered_and_lie_in_the_text(text: str) -> None:
    heard = f"Zoe: welcome\n{text}"
    at = 0
    for start, end, speaker in turns(heard):
        assert at <= start <= end <= len(heard)
        assert speaker is None or speaker in heard[at:start]
        at = end
    assert at == len(heard)
