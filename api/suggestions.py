"""Suggestions as they go over the wire."""

from datetime import datetime

from pydantic import Field

from api.fields import Money, Output
from coach.domain.notes import Excerpt
from coach.domain.suggestions import Engine, Item, Kind, Suggestion


class CitationOut(Output):
    """`quote` is exactly `note.text[start:end]`, in code points."""

    note_id: str
    session_id: str
    held_at: datetime
    quote: str
    start: int
    end: int

    @classmethod
    def of(cls, cited: Excerpt) -> "CitationOut":
        return cls(
            note_id=cited.note_id,
            session_id=cited.session_id,
            held_at=cited.held_at,
            quote=cited.text,
            start=cited.start,
            end=cited.end,
        )


class ItemOut(Output):
    text: str
    detail: str | None = None
    section: str | None = None
    minutes: int | None = None
    pairings: int | None = None
    parts: dict[str, str | None] | None = None
    citations: list[CitationOut]

    @classmethod
    def of(cls, item: Item) -> "ItemOut":
        return cls(
            text=item.text,
            detail=item.detail,
            section=item.section,
            minutes=item.minutes,
            pairings=item.pairings,
            parts=dict(item.parts) if item.parts is not None else None,
            citations=[CitationOut.of(cited) for cited in item.citations],
        )


class DraftedByOut(Output):
    engine: Engine
    model: str | None
    prompt_version: str


class UsageOut(Output):
    """Of this very answer: what was asked in vain counts in the program's usage alone.

    Tokens are as the model's server counts them; where it counts none, four characters are reckoned as one.
    """

    prompt_tokens: int
    completion_tokens: int
    cost: Money | None = Field(description="Null without prices, offline, and for an answer from memory.")
    currency: str | None


class SuggestionOut(Output):
    id: str
    kind: Kind
    pairing_id: str | None
    program_id: str
    created_at: datetime
    items: list[ItemOut]
    drafted_by: DraftedByOut
    warnings: list[str] = Field(description="What was dropped and what is missing.")
    usage: UsageOut

    @classmethod
    def of(cls, suggestion: Suggestion) -> "SuggestionOut":
        return cls(
            id=suggestion.id,
            kind=suggestion.kind,
            pairing_id=suggestion.pairing_id,
            program_id=suggestion.program_id,
            created_at=suggestion.created_at,
            items=[ItemOut.of(item) for item in suggestion.items],
            drafted_by=DraftedByOut.model_validate(suggestion.drafted_by),
            warnings=list(suggestion.warnings),
            usage=UsageOut.model_validate(suggestion.usage),
        )
