"""What the records' queries and the index's scopes give out, against the plain model, on real SQLite."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from coach import access
from coach.advice.reading import read_pairing
from coach.capture import notes
from coach.capture.embedding import Embeddings
from coach.capture.indexing import Indexer, placed_passages
from coach.domain.notes import Home, Note, Scope, SessionFormat, Visibility
from coach.domain.pairings import PairingKind, Side
from coach.domain.people import LEAST_GROUP_SIZE, Role
from coach.domain.visibility import Actor, Operator, Person
from coach.errors import NotFound
from coach.ports import Records
from coach.records.database import Database, open_database
from coach.records.migrate import migrate
from coach.setup import members, people, work
from tests.fakes import NOW, WordEmbedder
from tests.histories import History, Script, Step, scripts
from tests.reference import OPERATOR, Written
from vectorstore.generation import Generation, Serving
from vectorstore.memory import MemoryIndex
from vectorstore.passage_index import EmbeddedPassages, PassageSplitter

_SPLITTER = PassageSplitter()


class Played:
    """A history that also happens in the records and in an index; `ids` are the notes' there."""

    def __init__(self, database: Database, history: History) -> None:
        self.database, self.known = database, history.reference
        self.history = history
        self.ids: dict[str, str] = {}
        embedder = WordEmbedder()
        self.index = MemoryIndex(embedder.dimension)
        passages = EmbeddedPassages(Serving(Generation("g", embedder, self.index)))
        here = Embeddings(database, None, lambda: embedder.name, lambda: NOW)
        self._indexer = Indexer(database, passages, _SPLITTER, here)
        self._hours = 0
        self.held = 0

    async def play(self) -> None:
        async with self.database.writing() as records:
            await self._found(records)
        for numbers in self.history.script.steps:
            before = self.known.notes.copy()
            step = self.history.do(numbers)
            if step is not None:
                author = before[step.what].author if step.what in before else step.who
                await self._do(step, author)

    async def _found(self, records: Records) -> None:
        operator = Operator()
        for program in sorted(self.known.programs):
            await people.create_program(
                records,
                operator,
                NOW,
                name=program,
                objectives=[],
                description=None,
                min_group_size=LEAST_GROUP_SIZE,
                program_id=program,
            )
        for person, (program, role) in self.known.people.items():
            await people.add_participant(
                records,
                operator,
                NOW,
                program_id=program,
                name=person,
                role=Role(role),
                participant_id=person,
            )
        for pairing, program, mentor, mentee in self.history.founded():
            await people.create_pairing(
                records,
                operator,
                NOW,
                program_id=program,
                mentor_ids=[mentor],
                mentee_ids=[mentee],
                kind=PairingKind.GROUP,
                pairing_id=pairing,
            )
            await work.hold_session(
                records,
                operator,
                NOW,
                pairing_id=pairing,
                held_at=NOW,
                format=SessionFormat.GROUP,
                session_id=f"{pairing} met",
            )

    async def _do(self, step: Step, author: str) -> None:
        self._hours += 1
        now, gone = NOW + timedelta(hours=self._hours), list[str]()
        async with self.database.writing() as records:
            actor = await _actor(records, author)
            match step.does:
                case "join":
                    await members.add_member(
                        records, Operator(), now, step.what, participant_id=step.who, side=Side(step.how)
                    )
                case "leave":
                    await members.end_membership(records, actor, now, step.what, step.who)
                case "write":
                    told = self.known.notes[step.what]
                    new = notes.NewNote(f"We talked about {step.what}.", Visibility(step.how))
                    made, _ = await notes.record_note(
                        records, actor, now, _SPLITTER, session_id=f"{told.pairing} met", new=new
                    )
                    self.ids[step.what] = made.id
                case "change":
                    _, _, passages = await notes.change_visibility(
                        records, actor, now, _SPLITTER, self.ids[step.what], Visibility(step.how)
                    )
                    gone += passages
                case "erase":
                    gone += (await notes.erase_note(records, actor, self.ids[step.what])).passage_ids
        await self._indexer.drop(gone)
        if step.does in ("write", "change"):
            await self._indexer.index_notes([self.ids[step.what]])

    async def check(self) -> None:
        async with self.database.reading() as records:
            for who in [*sorted(self.known.people), OPERATOR]:
                actor: Actor = Operator() if who == OPERATOR else await _actor(records, who)
                await self._check_notes(records, who, actor)
                await self._check_lists(records, who, actor)
            await self._check_index(records)

    def _same(self, found: object, expected: object) -> None:
        assert found == expected
        self.held += 1

    async def _check_notes(self, records: Records, who: str, actor: Actor) -> None:
        for note, made in self.ids.items():
            there = note in self.known.notes
            reads = there and self.known.reads_note(who, note)
            self._same(await _opens(access.note, records, actor, made), reads)
            authors = there and self.known.changes_note(who, note)
            self._same(await _opens(access.authored_note, records, actor, made), authors)
            self._same(await _opens(access.own_note, records, actor, made), reads and authors)
        for pairing in self.known.pairings:
            read = {self.ids[n.id] for n in self._in(pairing) if self.known.reads_note(who, n.id)}
            listed = await _read(_listed, records, actor, f"{pairing} met")
            if who == OPERATOR or not self.known.is_member(who, pairing):
                self._same(listed, None)
                self._same(await _reading(records, actor, pairing), None)
                continue
            self._same(listed, read)
            self._same(await _reading(records, actor, pairing), read)
            self._same({n.id for n in await records.notes.readable_notes(pairing, who)}, read)
        if isinstance(actor, Person):
            own = {self.ids[n.id] for n in self.known.notes.values() if n.author == who}
            mine = {i for n, i in self.ids.items() if i in own and self.known.reads_note(who, n)}
            self._same({n.id for n in await notes.own_notes(records, actor)}, mine)

    def _in(self, pairing: str) -> list[Written]:
        return [n for n in self.known.notes.values() if n.pairing == pairing]

    async def _check_lists(self, records: Records, who: str, actor: Actor) -> None:
        for program in sorted(self.known.programs):
            inside = self.known.sees_program(who, program)
            of_program = {p for p, home in self.known.pairings.items() if home == program}
            seen = {p for p in of_program if self.known.sees_pairing(who, p)}
            self._same(await _read(people.pairings_seen, records, actor, program), seen if inside else None)
            everyone = {p for p, (home, _) in self.known.people.items() if home == program}
            shown = {p for p in everyone if self.known.sees_person(who, p)}
            found = await _read(people.participants_seen, records, actor, program)
            self._same(found, shown if inside else None)
            owned = await _opens(access.owned_program, records, actor, program)
            self._same(owned, self.known.is_owner(who, program))

    async def _check_index(self, records: Records) -> None:
        """Each passage lies where its note's audience is, and nowhere else."""
        places = {home: set[str]() for home in self.known.pairings}
        shared = {program: set[str]() for program in self.known.programs}
        made = await records.notes.notes(self.ids.values())
        self._same(set(made), {self.ids[note] for note in self.known.notes})
        by_made = {made: note for note, made in self.ids.items()}
        for passage, home in await placed_passages(records, made.values()):
            told = self.known.notes[by_made[passage.excerpt.note_id]]
            program = self.known.pairings[told.pairing]
            self._same(home, Home(program, told.pairing, told.audience == "program"))
            places[told.pairing].add(passage.id)
            if told.audience == "program":
                shared[program].add(passage.id)
        for program, expected in shared.items():
            self._same(set((await self.index.vectors(Scope(program)))[0]), expected)
            counted = {n.id for n in await records.notes.program_notes(program)}
            notes_of = {n.id for n in self.known.notes.values() if self.known.counts(n.id)}
            here = {n for n in notes_of if self.known.pairings[self.known.notes[n].pairing] == program}
            self._same(counted, {self.ids[note] for note in here})
        for pairing, expected in places.items():
            scope = Scope(self.known.pairings[pairing], pairing)
            self._same(set((await self.index.vectors(scope))[0]), expected)


async def _actor(records: Records, person: str) -> Person:
    found = await records.people.participant(person)
    assert found is not None
    return Person(found)


async def _opens(way: Callable[..., object], records: Records, actor: Actor, wanted: str) -> bool:
    try:
        await way(records, actor, wanted)  # type: ignore[misc]
    except NotFound:
        return False
    return True


async def _listed(records: Records, actor: Actor, session_id: str) -> Sequence[Note]:
    page, _ = await notes.notes_of_session(records, actor, session_id, lambda every: (every, None))
    return page


async def _read(way: Callable[..., object], records: Records, actor: Actor, where: str) -> set[str] | None:
    """Ids; None where the actor may not know of the place."""
    try:
        return {thing.id for thing in await way(records, actor, where)}  # type: ignore[misc]
    except NotFound:
        return None


async def _reading(records: Records, actor: Actor, pairing: str) -> set[str] | None:
    try:
        reading = await read_pairing(records, actor, pairing, NOW, prepared=False)
    except NotFound:
        return None
    ids = {note.id for note in reading.notes}
    assert {passage.excerpt.note_id for passage in reading.passages} == ids
    return ids


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row, to be copied."""
    place = tmp_path_factory.mktemp("records") / "empty.db"

    async def made() -> None:
        database = open_database(f"sqlite+aiosqlite:///{place}", lambda: NOW)
        await migrate(database)
        assert await database.forget()
        await database.close()

    asyncio.run(made())
    return place


def _compared(empty: Path, script: Script) -> int:
    """Plays a script and answers how many answers of the records were the reference's; all must be."""

    async def played() -> int:
        place = empty.with_name("played.db")
        for left in empty.parent.glob("played.db*"):
            left.unlink()
        copyfile(empty, place)
        database = open_database(f"sqlite+aiosqlite:///{place}", lambda: NOW)
        try:
            made = Played(database, History(script))
            await made.play()
            await made.check()
        finally:
            await database.close()
        return made.held

    return asyncio.run(played())


@settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(script=scripts)
def test_the_records_give_out_what_the_reference_allows(empty: Path, script: Script) -> None:
    _compared(empty, script)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_records_give_out_what_the_reference_allows_time_after_time(empty: Path) -> None:
    held = 0

    @settings(
        max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(script=scripts)
    def one_history(script: Script) -> None:
        nonlocal held
        held += _compared(empty, script)

    one_history()
    print(f"{held} answers of the records agreed")
    assert held >= 5_000
