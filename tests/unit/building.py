"""People, notes and readings made by hand, for tests of the parts that need no service."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count

from coach.advice.reading import Reading
from coach.advice.sentences import Said, said_in
from coach.domain.notes import (
    IndexState,
    Note,
    NoteKind,
    PlacedPassage,
    Session,
    SessionFormat,
    Visibility,
    excerpt,
)
from coach.domain.pairings import Membership, Pairing, PairingKind, Side
from coach.domain.people import Participant, Program, Role
from coach.domain.work import Action, ActionStatus, Goal, GoalStatus
from tests.fakes import NOW
from vectorstore.passage_index import PassageSplitter

BEFORE = datetime(2027, 1, 1, tzinfo=UTC)
PROGRAM_ID, PAIRING_ID = "program", "pairing"


def person(
    name: str, role: Role = Role.MENTOR, seniority: str | None = None, program_id: str = PROGRAM_ID
) -> Participant:
    """Somebody whose id is the first name in small letters."""
    return Participant(
        id=name.split()[0].lower(),
        program_id=program_id,
        name=name,
        role=role,
        email=None,
        department=None,
        seniority=seniority,
        created_at=BEFORE,
    )


MAYA = person("Maya Okafor", Role.MENTOR, "junior")
INGRID = person("Ingrid Halvorsen", Role.MENTEE, "executive")
OLGA = person("Olga Owner", Role.OWNER)
TOM = person("Tom Ferrari", Role.MENTEE)


def program(*objectives: str, min_group_size: int = 3) -> Program:
    return Program(PROGRAM_ID, "Reverse 2027", objectives, None, min_group_size, BEFORE)


def pairing(
    mentors: Iterable[Participant] = (MAYA,),
    mentees: Iterable[Participant] = (INGRID,),
    kind: PairingKind = PairingKind.REVERSE,
    gone: Iterable[Participant] = (),
    pairing_id: str = PAIRING_ID,
) -> Pairing:
    """Maya, junior, mentors Ingrid, executive, unless told otherwise; `gone` were mentees and have left."""
    members = [Membership(p.id, Side.MENTOR, BEFORE) for p in mentors]
    members += [Membership(p.id, Side.MENTEE, BEFORE) for p in mentees]
    members += [Membership(p.id, Side.MENTEE, BEFORE, left_at=NOW) for p in gone]
    return Pairing(pairing_id, PROGRAM_ID, kind, tuple(members), BEFORE)


def note(
    text: str,
    author: Participant = MAYA,
    held: str = "2027-03-04",
    visibility: Visibility = Visibility.PAIR,
    kind: NoteKind = NoteKind.NOTE,
    note_id: str | None = None,
    pairing_id: str = PAIRING_ID,
) -> Note:
    """A note of the session held on that day, whose id is the day."""
    held_at = datetime.fromisoformat(f"{held}T15:00:00+00:00")
    return Note(
        id=note_id or f"{held}-{author.id}",
        session_id=held,
        pairing_id=pairing_id,
        author_id=author.id,
        held_at=held_at,
        text=text,
        visibility=visibility,
        kind=kind,
        index_state=IndexState.INDEXED,
        created_at=held_at,
        updated_at=held_at,
    )


def goal(
    title: str,
    due: date | None = None,
    status: GoalStatus = GoalStatus.OPEN,
    attainment: int | None = None,
    owner: Participant | None = None,
    measure: str | None = None,
) -> Goal:
    owner_id = owner.id if owner else None
    return Goal(title, PAIRING_ID, title, None, measure, due, owner_id, status, attainment, BEFORE, BEFORE)


def action(
    title: str,
    due: date | None = None,
    status: ActionStatus = ActionStatus.OPEN,
    owner: Participant | None = INGRID,
    updated_at: datetime = BEFORE,
) -> Action:
    return Action(title, PAIRING_ID, title, owner.id if owner else None, due, status, BEFORE, updated_at)


def passages_of(notes: Iterable[Note], people: dict[str, Participant]) -> tuple[PlacedPassage, ...]:
    splitter, number = PassageSplitter(), count(1)
    return tuple(
        PlacedPassage(
            f"p{next(number)}",
            excerpt(n, part.start, part.end, part.speaker or people[n.author_id].name),
        )
        for n in notes
        for part in splitter.split(n.text, n.kind)
    )


def reading(
    *notes: Note,
    reader: Participant = MAYA,
    members: Pairing | None = None,
    goals: Iterable[Goal] = (),
    actions: Iterable[Action] = (),
    objectives: Iterable[str] = (),
) -> Reading:
    """What `reader` sees of a pairing with these notes, given in the order of their sessions."""
    people = {p.id: p for p in (MAYA, INGRID, TOM)}
    days = sorted({n.session_id: n.held_at for n in notes}.items())
    return Reading(
        now=NOW,
        reader=reader,
        pairing=members or pairing(),
        program=program(*objectives),
        people=people,
        sessions=tuple(
            Session(day, PAIRING_ID, held_at, SessionFormat.ONE_TO_ONE, 60, held_at) for day, held_at in days
        ),
        notes=notes,
        goals=tuple(goals),
        actions=tuple(actions),
        passages=passages_of(notes, people),
    )


def said(text: str, author: Participant = MAYA, kind: NoteKind = NoteKind.NOTE) -> Said:
    """The one sentence of a note that holds nothing else."""
    (only,) = said_in(note(text, author, kind=kind), author.name, 0)
    return only
