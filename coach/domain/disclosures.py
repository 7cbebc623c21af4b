"""What of somebody's was sent to a model on another machine; places and no words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from coach.domain.notes import Excerpt

EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class SentPassage:
    """A stretch of a note, `note.text[start:end]` as it stood then; the note may be gone by now."""

    note_id: str
    session_id: str
    start: int
    end: int

    @classmethod
    def of(cls, told: Excerpt) -> Self:
        return cls(told.note_id, told.session_id, told.start, told.end)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One person's share in one request, or in one batch of passages that were embedded.

    `kind`: of the suggestion, "search", or "embedding" when a note was indexed. `asked`: they put the
    question, so that its words went, too. `work_ids`: their goals and actions whose titles went.
    """

    id: str
    request_id: str
    person_id: str
    program_id: str
    at: datetime
    host: str
    model: str
    kind: str
    names_replaced: bool
    asked: bool
    passages: tuple[SentPassage, ...] = ()
    work_ids: tuple[str, ...] = ()


def host_of(url: str) -> str:
    """The name of the machine in an address, with its port where it has one of its own."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or url
