"""Sessions, the notes written after them, and exact stretches of those notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SessionFormat(StrEnum):
    ONE_TO_ONE = "one_to_one"
    WORKSHOP = "workshop"
    GROUP = "group"
    REMOTE = "remote"


class Visibility(StrEnum):
    """`private`: the author alone; `pair`: the pairing; `program`: also counts in the learnings."""

    PRIVATE = "private"
    PAIR = "pair"
    PROGRAM = "program"


class NoteKind(StrEnum):
    NOTE = "note"
    TRANSCRIPT = "transcript"


class IndexState(StrEnum):
    PENDING = "pending"
    INDEXED = "indexed"


@dataclass(frozen=True, slots=True)
class Session:
    """`minutes` is the length planned or held."""

    id: str
    pairing_id: str
    held_at: datetime
    format: SessionFormat
    minutes: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """`held_at` and `pairing_id` are its session's."""

    id: str
    session_id: str
    pairing_id: str
    author_id: str
    held_at: datetime
    text: str
    visibility: Visibility
    kind: NoteKind
    index_state: IndexState
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a note that is embedded and found as one: `note.text[start:end]`, code points."""

    id: str
    note_id: str
    start: int
    end: int
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An exact stretch of a note with what a reader needs to place it."""

    note_id: str
    session_id: str
    held_at: datetime
    author_id: str
    speaker: str | None
    start: int
    end: int
    text: str


def excerpt(note: Note, start: int, end: int, speaker: str | None = None) -> Excerpt:
    """The stretch `note.text[start:end]`."""
    return Excerpt(
        note_id=note.id,
        session_id=note.session_id,
        held_at=note.held_at,
        author_id=note.author_id,
        speaker=speaker,
        start=start,
        end=end,
        text=note.text[start:end],
    )


def is_exact(citation: Excerpt, readable: Mapping[str, Note]) -> bool:
    """Whether the quote stands in one of the readable notes, by id, at the place it names."""
    note = readable.get(citation.note_id)
    return (
        note is not None
        and 0 <= citation.start < citation.end <= len(note.text)
        and note.text[citation.start : citation.end] == citation.text
    )


@dataclass(frozen=True, slots=True)
class PlacedPassage:
    """A passage with its words and its place; `id` is the passage's."""

    id: str
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Home:
    """Whose a passage is; `shared` when it counts toward the program's learnings."""

    program_id: str
    pairing_id: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: in a pairing or, without one, in what a program's pairings share with it."""

    program_id: str
    pairing_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A search result: `score`, 0 to 1, is its share of the likelihood; `cosine`, -1 to 1, its meaning."""

    passage: PlacedPassage
    score: float
    cosine: float
