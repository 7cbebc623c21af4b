"""Fakes of the stores: records that are only read, and an index of vectors in memory."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from coach.advice.reading import Reading
from coach.domain.notes import Home, Note, Passage, Session, Visibility
from coach.domain.pairings import Pairing
from coach.domain.people import Participant, Program
from coach.domain.releases import Mark, Release
from coach.domain.visibility import Person
from coach.domain.work import Action, Goal
from coach.ports import Records
from tests.fakes import WordEmbedder
from tests.unit.building import passages_of
from vectorstore.generation import Generation, Serving
from vectorstore.memory import MemoryIndex
from vectorstore.passage_index import EmbeddedPassages
from vectorstore.search import HybridSearch


class _People:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def program(self, program_id: str) -> Program | None:
        return self._reading.program if program_id == self._reading.program.id else None

    async def pairing(self, pairing_id: str) -> Pairing | None:
        return self._reading.pairing if pairing_id == self._reading.pairing.id else None

    async def participants(self, ids: Iterable[str]) -> dict[str, Participant]:
        return {i: self._reading.people[i] for i in ids}


class _Sessions:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def session(self, session_id: str) -> Session | None:
        return next((s for s in self._reading.sessions if s.id == session_id), None)

    async def sessions_of(self, pairing_id: str) -> list[Session]:
        return list(self._reading.sessions)


class _Notes:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def readable_notes(self, pairing_id: str, reader_id: str) -> list[Note]:
        """All of them: what the reader may see is the use case's to tell."""
        return list(self._reading.notes)

    async def passages_of(self, note_ids: Iterable[str]) -> dict[str, list[Passage]]:
        placed = self._reading.passages
        return {
            i: [
                Passage(p.id, i, p.excerpt.start, p.excerpt.end, p.excerpt.speaker)
                for p in placed
                if p.excerpt.note_id == i
            ]
            for i in note_ids
        }


class _Work:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def goals_of(self, pairing_id: str) -> list[Goal]:
        return list(self._reading.goals)

    async def actions_of(self, pairing_id: str) -> list[Action]:
        return list(self._reading.actions)


class _Records:
    def __init__(self, reading: Reading) -> None:
        self.people = _People(reading)
        self.sessions = _Sessions(reading)
        self.notes = _Notes(reading)
        self.work = _Work(reading)


def records_of(reading: Reading) -> Records:
    """Records that hold what a reading holds; of the Protocol, the calls that only read."""
    return cast(Records, _Records(reading))


class HeldReleases:
    """Releases in memory; those before the last come without pairings' ids, as the records do it."""

    def __init__(self) -> None:
        self.held: list[Release] = []
        self._marks: dict[str, Mark] = {}

    async def latest(self, program_id: str, until: datetime | None = None) -> Release | None:
        return next((r for r in reversed(self.held) if until is None or r.at <= until), None)

    async def marks(self, program_id: str) -> dict[str, Mark]:
        return self._marks

    async def add_release(self, release: Release, marks: Mapping[str, Mark]) -> bool:
        self.held.append(release)
        self._marks = dict(marks)
        return True


class ProgramRecords:
    """A program's people and its notes of all pairings, which may be set anew; and its releases."""

    def __init__(
        self,
        program: Program,
        people: Sequence[Participant],
        notes: Sequence[Note],
        pairings: Sequence[Pairing] = (),
    ) -> None:
        self.people = self
        self.notes = self
        self.releases = HeldReleases()
        self._program = program
        self._participants = list(people)
        self._pairings = list(pairings)
        self.has(notes)

    def has(self, notes: Sequence[Note]) -> None:
        self._notes = list(notes)
        self.placed = passages_of(notes, {person.id: person for person in self._participants})

    def as_records(self) -> Records:
        return cast(Records, self)

    async def program(self, program_id: str) -> Program | None:
        return self._program if program_id == self._program.id else None

    async def participants_of(self, program_id: str) -> list[Participant]:
        return self._participants

    async def program_notes(self, program_id: str) -> list[Note]:
        """All of them: which ones count is the use case's to tell."""
        return self._notes

    async def passages_of(self, note_ids: Iterable[str]) -> dict[str, list[Passage]]:
        return {
            i: [
                Passage(p.id, i, p.excerpt.start, p.excerpt.end, p.excerpt.speaker)
                for p in self.placed
                if p.excerpt.note_id == i
            ]
            for i in note_ids
        }

    async def program_marks(self, program_id: str) -> list[tuple[str, str, datetime]]:
        counted = [n for n in self._notes if n.visibility is Visibility.PROGRAM]
        return [(n.pairing_id, n.id, n.updated_at) for n in counted]

    async def pairings_of(self, program_id: str) -> list[Pairing]:
        return self._pairings

    async def search(self) -> HybridSearch:
        serving = serving_in_memory()
        home = {n.id: Home(self._program.id, n.pairing_id, shared=True) for n in self._notes}
        await EmbeddedPassages(serving).put([(p, home[p.excerpt.note_id]) for p in self.placed])
        return HybridSearch(serving)


def reader_of(reading: Reading) -> Person:
    return Person(reading.reader)


async def search_of(reading: Reading) -> HybridSearch:
    """Search over an index that holds every passage of the reading."""
    serving = serving_in_memory()
    home = Home(reading.program.id, reading.pairing.id, shared=False)
    await EmbeddedPassages(serving).put([(passage, home) for passage in reading.passages])
    return HybridSearch(serving)


def serving_in_memory(embedder: WordEmbedder | None = None) -> Serving:
    """An empty index in memory with a fake embedder."""
    return Serving(Generation("one", embedder or WordEmbedder(), MemoryIndex(WordEmbedder.dimension)))
