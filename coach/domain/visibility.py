"""Who may see what. The one place where that is decided."""

from dataclasses import dataclass

from coach.domain.notes import Note, Visibility
from coach.domain.pairings import Pairing
from coach.domain.people import Participant, Role


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
    return isinstance(actor, Person) and note.author_id == actor.id


def may_see_pairing(actor: Actor, pairing: Pairing) -> bool:
    """That it exists and who is in it."""
    return isinstance(actor, Operator) or is_member(actor, pairing) or is_owner(actor, pairing.program_id)


def may_see_work(actor: Actor, pairing: Pairing) -> bool:
    """Its sessions, goals and actions."""
    return isinstance(actor, Operator) or is_member(actor, pairing)


def may_see_program(actor: Actor, program_id: str) -> bool:
    return isinstance(actor, Operator) or actor.participant.program_id == program_id


def may_see_spending(actor: Actor, program_id: str) -> bool:
    """What the language model took and cost; counts alone."""
    return isinstance(actor, Operator) or is_owner(actor, program_id)


def may_see_participant(actor: Actor, participant: Participant) -> bool:
    """Oneself, and for operator and owner anyone in the program. Pairings name their own members."""
    if isinstance(actor, Operator) or is_owner(actor, participant.program_id):
        return True
    return isinstance(actor, Person) and actor.id == participant.id


def counts_in_learnings(note: Note) -> bool:
    return note.visibility is Visibility.PROGRAM
