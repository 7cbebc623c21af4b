"""The shapes that a model's answer must have."""

from typing import Any

import pytest
from pydantic import ValidationError

from coach.domain.suggestions import Kind
from coach.drafting.shapes import SECTIONS, Line, answer_schema


def line_schema(kind: Kind, evidence: list[str], themes: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = answer_schema(kind, evidence, themes)["properties"]["items"]["items"]
    return schema


@pytest.mark.parametrize("kind", Kind)
def test_every_schema_is_strict_and_bounded(kind: Kind) -> None:
    schema = answer_schema(kind, ["E1"], ["T1"])
    lines = schema["properties"]["items"]
    assert schema["additionalProperties"] is lines["items"]["additionalProperties"] is False
    assert lines["items"]["required"] == list(lines["items"]["properties"])
    assert lines["maxItems"] > 0
    assert lines["items"]["properties"]["text"]["maxLength"] > 0


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.LEARNINGS])
def test_only_evidence_that_was_given_can_be_named(kind: Kind) -> None:
    evidence = line_schema(kind, ["E1", "E2"], [])["properties"]["evidence"]
    assert evidence["items"]["enum"] == ["E1", "E2"]
    assert "enum" not in line_schema(kind, [], [])["properties"]["evidence"]["items"]


def test_learnings_name_themes_and_no_evidence() -> None:
    fields = line_schema(Kind.LEARNINGS, [], ["T1", "T2"])["properties"]
    assert fields["theme"]["enum"] == ["T1", "T2"]
    assert "evidence" not in fields


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_kind_with_sections_has_those_alone(kind: Kind) -> None:
    assert line_schema(kind, ["E1"], [])["properties"]["section"]["enum"] == list(SECTIONS[kind])


def test_feedback_has_its_four_parts_each_of_which_may_be_null() -> None:
    parts = line_schema(Kind.FEEDBACK, ["E1"], [])["properties"]["parts"]
    assert parts["required"] == ["situation", "behaviour", "impact", "request"]
    assert all(part["type"] == ["string", "null"] for part in parts["properties"].values())


@pytest.mark.parametrize(
    "given",
    [
        {},
        [],
        "text",
        {"text": None},
        {"text": ""},
        {"text": "x" * 5000},
        {"text": "x", "evidence": "E1"},
    ],
)
def test_a_line_of_another_form_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        Line.model_validate(given)


def test_what_a_line_leaves_out_is_empty_and_what_is_not_asked_for_is_passed_over() -> None:
    line = Line.model_validate({"text": "x", "mood": "sad"})
    assert (line.detail, line.section, line.theme, line.parts, line.evidence) == (None, None, None, None, [])
