"""All that one reader may see of a pairing, gathered once for a suggestion."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from coach import access
from coach.advice.sentences import Said, said_in
from coach.advice.tracing import Trace
from coach.domain.notes import Excerpt, Found, Note, PlacedPassage, Scope, Session, Visibility, excerpt
from coach.domain.pairings import Pairing, PairingKind, Side
from coach.domain.people import Participant, Program
from coach.domain.visibility import Actor, Person, may_read_note
from coach.domain.work import Action, ActionStatus, Goal, GoalStatus
from coach.language.detection import language_of
from coach.language.words import content_stems
from coach.ports import Records


@dataclass(frozen=True)
class Reading:
    """`notes` are the readable ones alone, oldest session first; `passages` follow their order."""

    now: datetime
    reader: Participant
    pairing: Pairing
    program: Program
    people: dict[str, Participant]
    sessions: tuple[Session, ...]
    notes: tuple[Note, ...]
    goals: tuple[Goal, ...]
    actions: tuple[Action, ...]
    passages: tuple[PlacedPassage, ...]

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def scope(self) -> Scope:
        return Scope(self.program.id, self.pairing.id)

    @cached_property
    def held(self) -> tuple[Session, ...]:
        """Sessions up to now; what is planned is not among them."""
        return tuple(session for session in self.sessions if session.held_at <= self.now)

    @cached_property
    def language(self) -> str:
        """The reader's own, by what they wrote; else the notes', else that of goals and actions."""
        written = Counter[str]()
        own = [note for note in self.notes if note.author_id == self.reader.id]
        for note in own or self.notes:
            written[language_of(note.text)] += len(note.text)
        if not written:
            titles = [*(goal.title for goal in self.goals), *(action.title for action in self.actions)]
            return language_of(" ".join([*titles, *self.program.objectives]))
        return max(sorted(written), key=lambda language: written[language])

    def language_of(self, note: Note) -> str:
        return language_of(note.text, self.language)

    def stems(self, text: str) -> frozenset[str]:
        """Stems of a title, a question or a draft, in the pairing's language."""
        return content_stems(text, self.language)

    @cached_property
    def sentences(self) -> tuple[Said, ...]:
        """Every sentence of the readable notes, in their order."""
        order = {session.id: at for at, session in enumerate(self.sessions)}
        return tuple(
            said
            for note in self.notes
            for said in said_in(
                note, self.people[note.author_id].name, order[note.session_id], self.language_of(note)
            )
        )

    def sentences_of(self, found: Found) -> list[Said]:
        """The sentences of a found passage."""
        place = found.passage.excerpt
        return [
            said
            for said in self._by_note[place.note_id]
            if place.start <= said.excerpt.start and said.excerpt.end <= place.end
        ]

    @cached_property
    def _by_note(self) -> dict[str, list[Said]]:
        grouped: dict[str, list[Said]] = defaultdict(list)
        for said in self.sentences:
            grouped[said.excerpt.note_id].append(said)
        return grouped

    @cached_property
    def trace(self) -> Trace:
        names = " ".join(person.name for person in self.people.values())
        return Trace(self.sentences, self.stems(names), self.language)

    def prepare(self) -> None:
        """Read every sentence now: long notes take a while, and the event loop has others to answer."""
        for said in self.sentences:
            _ = said.stems, said.cues, said.difficulties
        _ = self.trace

    @cached_property
    def latest(self) -> int:
        """The position of the latest session held with a readable note; -1 without any."""
        return max((said.session for said in self.sentences if said.session < len(self.held)), default=-1)

    def sessions_ago(self, said: Said) -> int:
        """0 for the latest session with notes, and for one still to come."""
        return max(0, self.latest - said.session)

    @property
    def open_actions(self) -> list[Action]:
        """The most overdue first, those without a date last."""
        still = [action for action in self.actions if action.status is ActionStatus.OPEN]
        return sorted(still, key=lambda action: (action.due or date.max, action.created_at, action.id))

    @property
    def open_goals(self) -> list[Goal]:
        return [goal for goal in self.goals if goal.status is GoalStatus.OPEN]

    @property
    def partners(self) -> list[Participant]:
        """The other side: mentees for a mentor, mentors for a mentee; among peers everyone else."""
        side = self.pairing.side_of(self.reader.id)
        if self.pairing.kind in (PairingKind.PEER, PairingKind.GROUP):
            ids = [i for i in self.pairing.member_ids if i != self.reader.id]
        else:
            ids = list(self.pairing.ids_on(Side.MENTEE if side is Side.MENTOR else Side.MENTOR))
        return [self.people[i] for i in ids if i in self.people]

    def note(self, note_id: str) -> Note:
        """Of the readable ones; KeyError for any other."""
        return self._notes[note_id]

    @cached_property
    def _notes(self) -> dict[str, Note]:
        return {note.id: note for note in self.notes}

    def is_private(self, note_id: str) -> bool:
        return self.note(note_id).visibility is Visibility.PRIVATE

    def speaker_of(self, told: Excerpt) -> tuple[Participant | None, str]:
        """Who wrote or said it, None for somebody whom only a transcript names; and by what name."""
        author = self.people[told.author_id]
        name = told.speaker or author.name
        return (author if name == author.name else self.member_called(name)), name

    def member_called(self, name: str) -> Participant | None:
        """The only member whom a transcript calls so: by first name, whole name or initials."""
        members = [self.people[i] for i in self.pairing.member_ids if i in self.people]
        meant = [person for person in members if name.casefold() in _ways_to_call(person)]
        return meant[0] if len(meant) == 1 else None

    def called(self, participant_id: str | None) -> str:
        """ "you" for the reader, a first name for others, "someone" for nobody in particular."""
        if participant_id == self.reader.id:
            return "you"
        person = self.people.get(participant_id or "")
        return person.first_name if person else "someone"


def _ways_to_call(person: Participant) -> set[str]:
    initials = "".join(part[0] for part in person.name.split())
    return {person.name.casefold(), person.first_name.casefold(), initials.casefold()}


async def read_pairing(
    records: Records, actor: Actor, pairing_id: str, now: datetime, *, prepared: bool = True
) -> Reading:
    """NotFound for who is not a member; `prepared` with its sentences read."""
    reader: Person = access.require_person(actor)
    pairing = await access.member_pairing(records, actor, pairing_id)
    program = await access.program(records, actor, pairing.program_id)
    readable = await records.notes.readable_notes(pairing.id, reader.id)
    notes = tuple(note for note in readable if may_read_note(actor, note, pairing))
    people = await records.people.participants({*pairing.member_ids, *(note.author_id for note in notes)})
    passages = await records.notes.passages_of(note.id for note in notes)
    reading = Reading(
        now=now,
        reader=reader.participant,
        pairing=pairing,
        program=program,
        people=people,
        sessions=tuple(await records.sessions.sessions_of(pairing.id)),
        notes=notes,
        goals=tuple(await records.work.goals_of(pairing.id)),
        actions=tuple(await records.work.actions_of(pairing.id)),
        passages=tuple(
            PlacedPassage(p.id, excerpt(note, p.start, p.end, p.speaker or people[note.author_id].name))
            for note in notes
            for p in passages[note.id]
        ),
    )
    if prepared:
        await asyncio.to_thread(reading.prepare)
    return reading
