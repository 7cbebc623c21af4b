"""The shapes that a model's answer must have, as JSON schemas to ask with and types to read with."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from coach.domain.suggestions import Kind

_TEXT = 600
MOST_LINES = 20
PARTS = ("situation", "behaviour", "impact", "request")

SECTIONS: dict[Kind, tuple[str, ...]] = {
    Kind.AGENDA: ("focus", "discussion"),
    Kind.REFLECTION: ("what", "so_what", "now_what"),
    Kind.FEEDBACK: ("gentle", "direct", "question"),
    Kind.PROGRESS: ("done", "learned", "open", "next"),
}


class Line(BaseModel):
    """One line of any kind of answer; what a kind does not use stays empty."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(min_length=1, max_length=2 * _TEXT)
    detail: str | None = Field(default=None, max_length=2 * _TEXT)
    section: str | None = None
    theme: str | None = None
    parts: dict[str, str | None] | None = None
    evidence: list[str] = Field(default_factory=list)


def answer_schema(kind: Kind, evidence_ids: list[str], theme_ids: list[str]) -> dict[str, Any]:
    """A strict JSON schema: bounded strings and lists, and only ids that were given."""
    fields: dict[str, Any] = {"text": {"type": "string", "maxLength": _TEXT}}
    if kind is Kind.AGENDA:
        fields["detail"] = {"type": "string", "maxLength": _TEXT}
    if kind in SECTIONS:
        fields["section"] = {"type": "string", "enum": list(SECTIONS[kind])}
    if kind is Kind.FEEDBACK:
        part = {"type": ["string", "null"], "maxLength": _TEXT}
        fields["parts"] = _object(dict.fromkeys(PARTS, part))
    if kind is Kind.LEARNINGS:
        fields["theme"] = {"type": "string", "enum": theme_ids}
    else:
        ids: dict[str, Any] = {"type": "string", "enum": evidence_ids} if evidence_ids else {"type": "string"}
        fields["evidence"] = {"type": "array", "items": ids, "maxItems": 6}
    lines = {"type": "array", "items": _object(fields), "maxItems": MOST_LINES}
    return {"title": kind.value, **_object({"items": lines})}


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
