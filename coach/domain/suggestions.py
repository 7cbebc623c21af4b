"""What the coach answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from coach.domain.notes import Excerpt


class Kind(StrEnum):
    AGENDA = "agenda"
    REFLECTION = "reflection"
    FEEDBACK = "feedback"
    PROGRESS = "progress"
    ASK = "ask"
    LEARNINGS = "learnings"


class Engine(StrEnum):
    LLM = "llm"
    OFFLINE = "offline"


class ResponseKind(StrEnum):
    ACCEPTED = "accepted"
    EDITED = "edited"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a suggestion and the excerpts it stands on."""

    text: str
    detail: str | None = None
    section: str | None = None
    minutes: int | None = None
    pairings: int | None = None
    parts: Mapping[str, str | None] | None = None
    citations: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftedBy:
    """Provenance: the engine, the model's name, and the hash of the prompt or of the wording."""

    engine: Engine
    model: str | None
    prompt_version: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, and what they cost in millionths of the currency's unit; None without prices."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: int | None = None
    currency: str | None = None

    def __add__(self, other: "Usage") -> "Usage":
        """A cost that is not known counts nothing beside one that is."""
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            sum(costs) if costs else None,
            self.currency or other.currency,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """What a drafter hands over, before anything of it is verified."""

    items: tuple[Item, ...]
    drafted_by: DraftedBy
    usage: Usage = field(default_factory=Usage)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: str
    kind: Kind
    program_id: str
    pairing_id: str | None
    asked_by: str
    created_at: datetime
    items: tuple[Item, ...]
    drafted_by: DraftedBy
    warnings: tuple[str, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Response:
    """What the person did with a suggestion; `item` is a position in its items."""

    suggestion_id: str
    response: ResponseKind
    item: int | None
    text: str | None
    created_at: datetime
