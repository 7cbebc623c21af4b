"""What the audit keeps: who saw or did what, when, and whom it concerned; never a word of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class AuditAction(StrEnum):
    READ_NOTE = "read_note"
    LISTED_NOTES = "listed_notes"
    SEARCHED = "searched"
    SHOWN_PASSAGE = "shown_passage"
    ASKED_AGENDA = "asked_agenda"
    ASKED_REFLECTION = "asked_reflection"
    ASKED_FEEDBACK = "asked_feedback"
    ASKED_PROGRESS = "asked_progress"
    ASKED_QUESTION = "asked_question"
    READ_SUGGESTION = "read_suggestion"
    READ_LEARNINGS = "read_learnings"
    CREATED_NOTE = "created_note"
    CHANGED_NOTE = "changed_note"
    CHANGED_VISIBILITY = "changed_visibility"
    ERASED_NOTE = "erased_note"
    ADDED_PROGRAM = "added_program"
    ADDED_PARTICIPANT = "added_participant"
    ADDED_PAIRING = "added_pairing"
    ADDED_MEMBER = "added_member"
    ENDED_MEMBERSHIP = "ended_membership"
    GAVE_TOKEN = "gave_token"  # noqa: S105
    REVOKED_TOKEN = "revoked_token"  # noqa: S105
    ERASED_PERSON = "erased_person"
    ERASED_PAIRING = "erased_pairing"
    ERASED_PROGRAM = "erased_program"
    IMPORTED = "imported"
    EXPORTED = "exported"
    CHANGED_SETTINGS = "changed_settings"


_WHOLE_NOTES = frozenset({AuditAction.READ_NOTE, AuditAction.LISTED_NOTES})
_PASSAGES = frozenset(
    {
        AuditAction.SEARCHED,
        AuditAction.SHOWN_PASSAGE,
        AuditAction.ASKED_AGENDA,
        AuditAction.ASKED_REFLECTION,
        AuditAction.ASKED_FEEDBACK,
        AuditAction.ASKED_PROGRESS,
        AuditAction.ASKED_QUESTION,
        AuditAction.READ_SUGGESTION,
    }
)
SHOWINGS = _WHOLE_NOTES | _PASSAGES


class ActorKind(StrEnum):
    OPERATOR = "operator"
    PERSON = "person"


class PlaceKind(StrEnum):
    PROGRAM = "program"
    PAIRING = "pairing"
    SESSION = "session"
    SUGGESTION = "suggestion"
    TOKEN = "token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Place:
    """What a deed was done to. Notes and people never stand here but among the concerns."""

    kind: PlaceKind
    id: str


@dataclass(frozen=True, slots=True)
class Concern:
    """Somebody whom a deed touched, by one of their notes where `note_id` is given."""

    participant_id: str
    note_id: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """`actor_id` is None for the operator."""

    action: AuditAction
    by: ActorKind
    actor_id: str | None
    program_id: str | None
    place: Place | None = None
    concerns: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed in the audit. `deed.actor_id` is None, too, for a person who was erased since."""

    id: str
    at: datetime
    deed: Deed

    @property
    def day(self) -> date:
        """The UTC day."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was done on a day, and by how many people other than owners.

    Those erased since count as one.
    """

    day: date
    by: ActorKind
    action: AuditAction
    count: int
    people: int


def as_others_know_it(action: AuditAction) -> AuditAction:
    """What the author of a note is told of somebody else's look at it: not what was asked for."""
    return AuditAction.READ_NOTE if action in _WHOLE_NOTES else AuditAction.SHOWN_PASSAGE


def of_notes(notes: Iterable[tuple[str, str]]) -> tuple[Concern, ...]:
    """The concerns of notes, each once, from their authors' ids and their own."""
    return tuple(Concern(author_id, note_id) for author_id, note_id in dict.fromkeys(notes))
