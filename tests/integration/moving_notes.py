"""A program whose notes move at random, and the truth of what its pairings carry in each state of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import delete

from coach.advice.progress import in_period
from coach.domain.notes import IndexState, Note, NoteKind, Passage, Session, SessionFormat, Visibility
from coach.domain.pairings import Membership, Pairing, PairingKind, Side
from coach.domain.people import Participant, Program, Role
from coach.ports import Records
from coach.records import tables as t
from coach.records.records import Records as StoredRecords

LEAST = 3
PAIRINGS = 9
BEGIN = datetime(2027, 1, 1, tzinfo=UTC)
TOPICS = ("podcast", "chatbot", "newsletter", "webinar", "firewall", "hashtag")
PARTS = {
    "": "We used the {}.",
    "learned": "I learned how the {} works.",
    "struggling": "We postponed the {}.",
}
PROGRAM = Program("program", "Reverse", (), None, LEAST, BEGIN)
OWNER = Participant("owner", "program", "Olga Owner", Role.OWNER, None, None, None, BEGIN)

Key = tuple[str, ...]
Numbers = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Answer:
    """`state` counts the moves that the told notes had seen; a `whole` answer leaves no theme out."""

    state: int
    since: datetime | None
    until: datetime | None
    whole: bool
    themes: Mapping[Key, Numbers]


@dataclass
class Held:
    """What a note of the truth says: topics, each in one of the ways of PARTS."""

    pairing: str
    session: str
    said: Mapping[str, str]
    visible: bool = True


@dataclass
class World:
    """The notes, moved at random; and for each state what the pairings then carried."""

    records: StoredRecords
    dice: Random
    now: datetime = BEGIN + timedelta(days=70)
    notes: dict[str, Held] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    moves: list[str] = field(default_factory=list)
    states: list[dict[str, Held]] = field(default_factory=lambda: [{}])
    released: list[int] = field(default_factory=list)
    made: int = 0

    @property
    def state(self) -> int:
        return len(self.moves)

    def moved(self, earlier: int, later: int) -> set[str]:
        return set(self.moves[earlier:later])

    def carriers(self, key: Key, answer: Answer, part: str | None = None) -> frozenset[str]:
        """Who carried any of the words in the state and the period that an answer tells of."""
        return frozenset(
            held.pairing
            for held in self.states[answer.state].values()
            if held.visible
            and in_period(held_at(held.session), answer.since, answer.until)
            and any(word in held.said for word in key)
            and (part is None or part in held.said.values())
        )

    async def move(self) -> None:
        """One pairing adds, changes, hides or erases a note, or is erased itself."""
        pairing = self.dice.choice([p for p in pairing_ids() if p not in self.gone])
        own = [key for key, held in self.notes.items() if held.pairing == pairing]
        how = self.dice.choices(("add", "change", "hide", "erase", "end"), (6, 2, 2, 2, 0.25))[0]
        if how == "end" and len(self.gone) < PAIRINGS - 4:
            await self._end(pairing, own)
        elif how == "add" or not own:
            await self._add(pairing)
        else:
            await self._touch(how, self.dice.choice(own))
        self.now += timedelta(minutes=1)
        self.moves.append(pairing)
        self.states.append({key: replace(held) for key, held in self.notes.items()})

    async def _add(self, pairing: str) -> None:
        self.made += 1
        key, at = f"note {self.made}", self.dice.randrange(3)
        self.notes[key] = Held(pairing, f"{pairing} {at}", self._says())
        note = self._note(key)
        await self.records.notes.add_note(note, _passages(note), "test")

    async def _touch(self, how: str, key: str) -> None:
        if how == "erase":
            del self.notes[key]
            await self.records.erasure.notes([key])
            return
        held = self.notes[key]
        held.visible = how != "hide" and (held.visible or self.dice.random() < 0.5)
        if how == "change":
            held.said = self._says()
        note = self._note(key)
        await self.records.notes.save_note(note)
        if how == "change":
            await self.records.notes.replace_passages(key, _passages(note), "test")

    async def _end(self, pairing: str, own: list[str]) -> None:
        self.gone.add(pairing)
        for key in own:
            del self.notes[key]
        await self.records.erasure.notes(own)
        run = self.records._connection.execute
        await run(delete(t.sessions).where(t.sessions.c.pairing_id == pairing))
        await run(delete(t.memberships).where(t.memberships.c.pairing_id == pairing))
        await run(delete(t.pairings).where(t.pairings.c.id == pairing))

    def _says(self) -> dict[str, str]:
        topics = self.dice.choices(TOPICS, (5, 4, 3, 2, 1, 1), k=self.dice.randint(1, 2))
        return {topic: self.dice.choices(list(PARTS), (3, 4, 1))[0] for topic in topics}

    def _note(self, key: str) -> Note:
        held = self.notes[key]
        text = " ".join(PARTS[part].format(topic) for topic, part in held.said.items())
        visibility = Visibility.PROGRAM if held.visible else Visibility.PRIVATE
        at, author = held_at(held.session), f"author of {held.pairing}"
        return Note(
            key, held.session, held.pairing, author, at, text, visibility, NoteKind.NOTE,
            IndexState.INDEXED, self.now, self.now,
        )  # fmt: skip


def pairing_ids() -> list[str]:
    return [f"pairing {n}" for n in range(PAIRINGS)]


def held_at(session: str) -> datetime:
    return BEGIN + timedelta(days=30 * int(session.split()[-1]))


def _passages(note: Note) -> list[Passage]:
    return [Passage(f"{note.id} {note.updated_at.timestamp()}", note.id, 0, len(note.text), None)]


async def settle(records: Records) -> None:
    """A program of pairings with three sessions each, and no note."""
    await records.people.add_program(PROGRAM)
    await records.people.add_participant(OWNER)
    for pairing in pairing_ids():
        author = replace(OWNER, id=f"author of {pairing}", name="Aa Bb", role=Role.MENTOR)
        await records.people.add_participant(author)
        membership = Membership(author.id, Side.MENTOR, BEGIN)
        await records.people.add_pairing(Pairing(pairing, "program", PairingKind.PEER, (membership,), BEGIN))
        for n in range(3):
            at = held_at(f"{pairing} {n}")
            await records.sessions.add_session(
                Session(f"{pairing} {n}", pairing, at, SessionFormat.REMOTE, 60, at)
            )
