"""Who may see what. The one place where that is decided."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from coach.domain.audit import SHOWINGS, ActorKind, Count, Deed
from coach.domain.notes import Note, Visibility
from coach.domain.pairings import Pairing
from coach.domain.people import Participant, Program, Role


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever holds the administration token: sets programs up and reads no note."""


@dataclass(frozen=True, slots=True)
class Person:
    participant: Participant

    @property
    def id(self) -> str:
        return self.participant.id


Actor = Operator | Person


def is_member(actor: Actor, pairing: Pairing) -> bool:
    return isinstance(actor, Person) and pairing.side_of(actor.id) is not None


def is_owner(actor: Actor, program_id: str) -> bool:
    return (
        isinstance(actor, Person)
        and actor.participant.role is Role.OWNER
        and actor.participant.program_id == program_id
    )


def may_read_note(actor: Actor, note: Note, pairing: Pairing) -> bool:
    """A private note is its author's alone; the others are the present members' of the pairing."""
    if not isinstance(actor, Person) or note.pairing_id != pairing.id:
        return False
    if note.visibility is Visibility.PRIVATE:
        return note.author_id == actor.id
    return is_member(actor, pairing)


def may_write_note(actor: Actor, note: Note) -> bool:
    """Its author's, also after leaving the pairing: what one wrote can always be erased or withdrawn."""
    return isinstance(actor, Person) and note.author_id == actor.id


def may_give_note(actor: Actor, note: Note, pairing: Pairing, visibility: Visibility) -> bool:
    """Whether its author may let a note be seen by these: by others only as a present member."""
    if note.pairing_id != pairing.id or not may_write_note(actor, note):
        return False
    return visibility is Visibility.PRIVATE or is_member(actor, pairing)


def may_end_membership(actor: Actor, participant_id: str) -> bool:
    """The operator may end anyone's, everybody their own."""
    return isinstance(actor, Operator) or actor.id == participant_id


def may_see_pairing(actor: Actor, pairing: Pairing) -> bool:
    """That it exists and who is in it."""
    return isinstance(actor, Operator) or is_member(actor, pairing) or is_owner(actor, pairing.program_id)


def may_see_work(actor: Actor, pairing: Pairing) -> bool:
    """Its sessions, goals and actions."""
    return isinstance(actor, Operator) or is_member(actor, pairing)


def may_see_program(actor: Actor, program_id: str) -> bool:
    return isinstance(actor, Operator) or actor.participant.program_id == program_id


def may_see_counts(actor: Actor, program_id: str) -> bool:
    """What the language model took and cost, and how often what was done; see `may_know_count`."""
    return isinstance(actor, Operator) or is_owner(actor, program_id)


def may_see_participant(actor: Actor, participant: Participant) -> bool:
    """Oneself, and for operator and owner anyone in the program. Pairings name their own members."""
    if isinstance(actor, Operator) or is_owner(actor, participant.program_id):
        return True
    return isinstance(actor, Person) and actor.id == participant.id


def counts_in_learnings(note: Note) -> bool:
    return note.visibility is Visibility.PROGRAM


class Telling(Enum):
    """How much of an entry of the audit somebody may know."""

    ALL = auto()
    BY_DAY = auto()
    NOTHING = auto()


def telling(actor: Actor, deed: Deed, day: date, today: date) -> Telling:
    """All of what they did themselves, and of what the operator did that concerns them.

    Of what others were shown of their notes: who, on which day, once that is over; never the hour, how
    often, or what was asked for. Of what does not concern them nothing. The operator's is what the operator
    did.
    """
    if isinstance(actor, Operator):
        return Telling.ALL if deed.by is ActorKind.OPERATOR else Telling.NOTHING
    if deed.actor_id == actor.id:
        return Telling.ALL
    if all(concern.participant_id != actor.id for concern in deed.concerns):
        return Telling.NOTHING
    if deed.action not in SHOWINGS:
        return Telling.ALL
    return Telling.BY_DAY if day < today else Telling.NOTHING


def may_know_count(count: Count, min_group_size: int, today: date) -> bool:
    """Of what people did, whole days alone, and only what enough of them did; the operator's all."""
    return count.by is ActorKind.OPERATOR or (count.day < today and count.people >= min_group_size)


def may_be_sent(person: Participant, program: Program) -> bool:
    """Whether what they wrote and ask may go to a model on another machine."""
    own = program.model_use_by_default if person.model_use is None else person.model_use
    return program.model_use and own
