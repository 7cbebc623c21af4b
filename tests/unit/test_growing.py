"""Lines out of a model's answer while it grows."""

import json
from typing import Any

import pytest

from coach.drafting.growing import GrowingAnswer

LINES = [{"text": 'One, with {braces} and "quotes".', "evidence": ["E1"]}, {"text": "Zwei", "evidence": []}]
ANSWER = json.dumps({"items": LINES})


def taken(text: str, step: int) -> tuple[list[Any], GrowingAnswer]:
    answer = GrowingAnswer()
    lines = [line for at in range(0, len(text), step) for line in answer.take(text[at : at + step])]
    return lines, answer


@pytest.mark.parametrize("step", [1, 3, 17, 1000])
def test_each_line_comes_once_and_in_order_however_it_is_cut(step: int) -> None:
    lines, answer = taken(ANSWER, step)
    assert lines == LINES
    assert answer.is_whole and answer.has_form


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{ANSWER}\n```",
        f"Sure! Here it is:\n{ANSWER}\nLet me know if you need more {{items}}.",
        f"<think>First {{I}} look [at] it.</think>{ANSWER}",
        json.dumps(LINES),
        json.dumps({"items": LINES}, indent=2),
    ],
)
def test_what_stands_around_the_lines_is_left_out(text: str) -> None:
    assert taken(text, 5)[0] == LINES


def test_a_line_comes_before_the_next_one_has_ended() -> None:
    answer = GrowingAnswer()
    assert answer.take(ANSWER[: ANSWER.index("Zwei")]) == LINES[:1]
    assert not answer.is_whole


def test_an_answer_that_is_cut_off_loses_its_last_line() -> None:
    lines, answer = taken(ANSWER[:-4], 7)
    assert lines == LINES[:1]
    assert answer.has_form and not answer.is_whole


def test_an_empty_list_has_form_and_no_lines() -> None:
    assert taken('{"items": []}', 4)[0] == []
    assert taken('{"items": []}', 4)[1].has_form


@pytest.mark.parametrize(
    "text", ["", "  \n", "I can't help with that.", '{"answer": 42}', "[]", '{"items": "none"}', "}{"]
)
def test_what_has_no_lines_has_no_form(text: str) -> None:
    lines, answer = taken(text, 3)
    assert lines == [] and not answer.has_form
    assert answer.is_empty == (not text.strip())


def test_a_single_line_without_a_list_is_a_line() -> None:
    assert taken(json.dumps(LINES[0]), 3)[0] == LINES[:1]


def test_an_answer_without_end_is_told() -> None:
    answer = GrowingAnswer()
    answer.take('{"items": [{"text": "' + "again and " * 7_000)
    assert answer.is_endless
