"""What scoping, checks and audit add to a suggestion without a model.

    python -m evals.bench.safety_overhead [ROUNDS]

Each kind is asked of two coaches on the same records, index and embedder, one right after the other and
every other round in the other order: the product's, and one at whose Protocols fakes stand that let
everything pass. For those the verifier takes each item as it is; whoever asked, the pairing and the notes
of the draft are there unasked when it is settled; nothing is audited. Printed are the medians in
milliseconds and their ratios, by kind and of the sums, by the clock and, which tells more while others
use the machine, by processor time. Bar: 1.10.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from statistics import median
from typing import Any, cast

from api.demo import PROGRAM, demo_key, demo_lines, demo_owner
from coach.advice.agenda import AgendaAsk
from coach.advice.answers import QuestionAsk
from coach.advice.coach import Ask, Coach
from coach.advice.feedback import FeedbackAsk
from coach.advice.learnings import LearningsAsk
from coach.advice.progress import ProgressAsk
from coach.advice.reflection import ReflectionAsk
from coach.domain.audit import Deed
from coach.domain.ids import imported_id
from coach.domain.notes import Note
from coach.domain.pairings import Pairing
from coach.domain.people import Participant
from coach.domain.suggestions import Item
from coach.domain.visibility import Person
from coach.drafting.offline import OfflineDrafter
from coach.drafting.verify import verify
from coach.ports import Records
from coach.records.database import Database
from coach.service import Service
from coach.settings import Settings
from coach.wiring import utc_now
from evals.bench.texts import note_lines
from evals.holding import holding

_NOTES, _ROUNDS, _WARM = 30, 100, 3
_PERIOD = timedelta(days=28)
_PAIRING, _MENTOR = imported_id("pairing", "pair-0"), imported_id("participant", "mentor-0")
_MENTEE = imported_id("participant", "mentee-0")
_OWNER = imported_id("participant", demo_key(demo_owner()["key"]))
_ASKS: Mapping[str, tuple[str, Ask]] = {
    "agenda": (_MENTOR, AgendaAsk(_PAIRING)),
    "reflection": (_MENTOR, ReflectionAsk(_PAIRING)),
    "feedback": (
        _MENTOR,
        FeedbackAsk(_PAIRING, "You looked at your phone while I showed you the dashboard.", _MENTEE),
    ),
    "progress": (_MENTOR, ProgressAsk(_PAIRING)),
    "ask": (_MENTOR, QuestionAsk(_PAIRING, "What did we agree about the dashboard?")),
    "learnings": (_OWNER, LearningsAsk(imported_id("program", PROGRAM))),
}


class _Known:
    """People, pairings, notes and work from memory, and an audit that keeps nothing."""

    def __init__(
        self,
        people: Mapping[str, Participant],
        pairings: Mapping[str, Pairing],
        notes: Mapping[str, Note],
        titles: Mapping[str, dict[str, str]],
    ) -> None:
        self._people = people
        self._pairings = pairings
        self._notes = notes
        self._titles = titles

    async def participant(self, participant_id: str) -> Participant:
        return self._people[participant_id]

    async def participants_of(self, program_id: str) -> list[Participant]:
        return []

    async def pairing(self, pairing_id: str) -> Pairing:
        return self._pairings[pairing_id]

    async def notes(self, ids: Iterable[str]) -> dict[str, Note]:
        return {i: self._notes[i] for i in ids}

    async def program_notes(self, program_id: str) -> list[Note]:
        return []

    async def program_marks(self, program_id: str) -> list[tuple[str, str, datetime]]:
        return [(note.pairing_id, note.id, note.updated_at) for note in self._notes.values()]

    async def titles_of(self, pairing_id: str) -> dict[str, str]:
        return self._titles[pairing_id]

    async def record(self, deed: Deed) -> None:
        return None


class _Trusting:
    """Records as they are settled on: suggestions are written, releases read, everything else is known."""

    def __init__(self, records: Records, known: _Known) -> None:
        self.suggestions, self.releases = records.suggestions, records.releases
        self.people = self.notes = self.work = self.audit = known


class _TrustingTransactions:
    def __init__(self, database: Database, known: _Known) -> None:
        self.reading = database.reading
        self._database = database
        self._known = known

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Records]:
        async with self._database.writing() as records:
            yield cast(Records, _Trusting(records, self._known))


def _as_it_is(items: Iterable[Item], *_: Any, **__: Any) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    return tuple(items), ()


async def main(rounds: int) -> None:
    lines = [*note_lines(_NOTES, 1), *demo_lines(utc_now())]
    async with holding(lines, Settings()) as service:
        await service.look_after()
        service.settle()
        coaches = _coach(service), _coach(service, await _known(service))
        readers = {i: await _person(service, i) for i in (_MENTOR, _OWNER)}
        taken = []
        for kind, (reader, ask) in _ASKS.items():
            taken.append(await _medians(coaches, readers[reader], ask, rounds))
            _tell(kind, taken[-1])
        _tell(
            "in all", [[sum(each) for each in zip(*ones, strict=True)] for ones in zip(*taken, strict=True)]
        )


def _tell(kind: str, taken: Sequence[Sequence[float]]) -> None:
    (clock, bare_clock), (processor, bare_processor) = zip(*taken, strict=True)
    print(
        f"{kind:<10} {clock:7.2f} ms, without {bare_clock:7.2f}: {clock / bare_clock:5.3f}; processor time "
        f"{processor:7.2f} ms, without {bare_processor:7.2f}: {processor / bare_processor:5.3f}",
        flush=True,
    )


def _coach(service: Service, known: _Known | None = None) -> Coach:
    about = service.search, service.reader, OfflineDrafter()
    if known is None:
        return Coach(service.database, *about, verify, service.clock, service.embeddings, _PERIOD)
    trusting = _TrustingTransactions(service.database, known)
    return Coach(trusting, *about, _as_it_is, service.clock, service.embeddings, _PERIOD)


async def _known(service: Service) -> _Known:
    async with service.database.reading() as records:
        people, pairings, notes = dict[str, Participant](), dict[str, Pairing](), dict[str, Note]()
        titles = dict[str, dict[str, str]]()
        for program in await records.people.programs():
            people |= {p.id: p for p in await records.people.participants_of(program.id)}
            pairings |= {p.id: p for p in await records.people.pairings_of(program.id)}
        for pairing in pairings.values():
            titles[pairing.id] = await records.work.titles_of(pairing.id)
            for session in await records.sessions.sessions_of(pairing.id):
                notes |= {note.id: note for note in await records.notes.notes_of_session(session.id)}
    return _Known(people, pairings, notes, titles)


async def _person(service: Service, participant_id: str) -> Person:
    async with service.database.reading() as records:
        found = await records.people.participant(participant_id)
    assert found is not None
    return Person(found)


async def _medians(
    coaches: Sequence[Coach], reader: Person, ask: Ask, rounds: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Of each coach milliseconds by the clock and of processor time."""
    times: tuple[list[tuple[float, float]], ...] = ([], [])
    for nth in range(rounds + _WARM):
        for which in (1, 0) if nth % 2 else (0, 1):
            took = await _took(coaches[which], reader, ask)
            if nth >= _WARM:
                times[which].append(took)
    checked, bare = ((median(c for c, _ in each), median(p for _, p in each)) for each in times)
    return checked, bare


async def _took(coach: Coach, reader: Person, ask: Ask) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    async for _ in coach.advise(reader, ask):
        pass
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS))
