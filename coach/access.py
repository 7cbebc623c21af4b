"""The ways in: each answers the record, or NotFound when the actor may not know of it."""

from coach.domain import visibility
from coach.domain.notes import Note, Session
from coach.domain.pairings import Pairing
from coach.domain.people import Participant, Program
from coach.domain.visibility import Actor, Operator, Person
from coach.errors import Conflict, NotFound
from coach.ports import Records


def require_operator(actor: Actor) -> None:
    if not isinstance(actor, Operator):
        raise NotFound("there is nothing here for you; this call takes the administration token")


def require_person(actor: Actor) -> Person:
    if not isinstance(actor, Person):
        raise NotFound("there is nothing here for the administration token; use a participant's token")
    return actor


async def program(records: Records, actor: Actor, program_id: str) -> Program:
    found = await records.people.program(program_id)
    if found is None or not visibility.may_see_program(actor, found.id):
        raise NotFound("no such program")
    return found


async def owned_program(records: Records, actor: Actor, program_id: str) -> Program:
    require_person(actor)
    found = await records.people.program(program_id)
    if found is None or not visibility.is_owner(actor, found.id):
        raise NotFound("no such program")
    return found


async def counted_program(records: Records, actor: Actor, program_id: str) -> Program:
    """A program of which the actor may see what it spent and how often what was done."""
    found = await records.people.program(program_id)
    if found is None or not visibility.may_see_counts(actor, found.id):
        raise NotFound("no such program")
    return found


async def participant(records: Records, actor: Actor, participant_id: str) -> Participant:
    found = await records.people.participant(participant_id)
    if found is None or not visibility.may_see_participant(actor, found):
        raise NotFound("no such participant")
    return found


async def pairing(records: Records, actor: Actor, pairing_id: str) -> Pairing:
    found = await records.people.pairing(pairing_id)
    if found is None or not visibility.may_see_pairing(actor, found):
        raise NotFound("no such pairing")
    return found


async def working_pairing(records: Records, actor: Actor, pairing_id: str) -> Pairing:
    """A pairing whose sessions, goals and actions the actor may see."""
    found = await records.people.pairing(pairing_id)
    if found is None or not visibility.may_see_work(actor, found):
        raise NotFound("no such pairing")
    return found


async def open_pairing(records: Records, actor: Actor, pairing_id: str) -> Pairing:
    """A pairing that the actor may see the work of, and that takes something new; Conflict when it ended."""
    return require_open(await working_pairing(records, actor, pairing_id))


def require_open(pairing: Pairing) -> Pairing:
    if pairing.is_ended:
        raise Conflict(
            "this pairing has ended, one side is empty; it can be read, and takes something new "
            "when the operator adds a member to that side"
        )
    return pairing


async def member_pairing(records: Records, actor: Actor, pairing_id: str) -> Pairing:
    found = await records.people.pairing(pairing_id)
    if found is None or not visibility.is_member(actor, found):
        raise NotFound("no such pairing")
    return found


async def session(records: Records, actor: Actor, session_id: str) -> tuple[Session, Pairing]:
    found = await records.sessions.session(session_id)
    if found is None:
        raise NotFound("no such session")
    try:
        return found, await working_pairing(records, actor, found.pairing_id)
    except NotFound:
        raise NotFound("no such session") from None


async def note(records: Records, actor: Actor, note_id: str) -> Note:
    found = await records.notes.note(note_id)
    home = await records.people.pairing(found.pairing_id) if found else None
    if found is None or home is None or not visibility.may_read_note(actor, found, home):
        raise NotFound("no such note")
    return found


async def authored_note(records: Records, actor: Actor, note_id: str) -> Note:
    """A note that the actor wrote, also in a pairing that they have left."""
    found = await records.notes.note(note_id)
    if found is not None and visibility.may_write_note(actor, found):
        return found
    await note(records, actor, note_id)
    raise NotFound("no such note of yours; a note is changed and erased by its author")


async def own_note(records: Records, actor: Actor, note_id: str) -> Note:
    """A note the actor may read and change: others' readable ones are as good as missing."""
    await authored_note(records, actor, note_id)
    return await note(records, actor, note_id)
