"""What may go to a language model on another machine, and a record of it before it goes."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Protocol

from coach.advice.briefs import AgendaBrief, Brief, LearningsBrief, program_of
from coach.advice.standing import are_exact, readable_in
from coach.domain.disclosures import Disclosure, SentPassage
from coach.domain.ids import new_id
from coach.domain.notes import Excerpt, Note
from coach.domain.pairings import Pairing
from coach.domain.people import Participant, Program
from coach.domain.visibility import Person, is_member
from coach.domain.work import Action, Goal
from coach.drafting.memory import LastUsed
from coach.drafting.spotting import Known, Spotter
from coach.drafting.together import Together
from coach.ports import Clock, Records, Transactions
from coach.rules.voices import Voices, voices_of


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be sent for one brief: nothing unless `is_on`; nothing by those who are `off`, by id.

    `spotter`: finds the names and addresses that are to be replaced; `voices`: those of who is off.
    """

    is_on: bool = True
    off: frozenset[str] = frozenset()
    spotter: Spotter = field(default_factory=lambda: Spotter(Known()))
    voices: Voices = field(default_factory=Voices)

    def lets(self, told: Excerpt, brief: Brief) -> bool:
        """Neither its author nor anybody who may have said it keeps it back."""
        if isinstance(brief, LearningsBrief) or not self.off:
            return True
        reading = brief.reading
        near = reading.pairing.ids_ever
        heard = self.voices.may_be_in(reading.note(told.note_id), told.start, told.end, near)
        return told.author_id not in self.off and not heard


class Leaving(Protocol):
    async def permit(self, brief: Brief) -> Permit: ...

    async def still(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> bool:
        """Whether what was permitted may be sent at this moment; to be asked right before each request."""

    async def record(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> None:
        """To be awaited before the request, which is not to be made when this raises."""


@dataclass(frozen=True)
class _Program:
    """`people`: whoever came first in front."""

    program: Program
    people: tuple[Participant, ...]

    @cached_property
    def off(self) -> frozenset[str]:
        return frozenset(person.id for person in self.voices.off)

    @cached_property
    def voices(self) -> Voices:
        return voices_of(self.people, self.program)

    def lets_ask(self, person_id: str) -> bool:
        is_there = any(person.id == person_id for person in self.people)
        return self.program.model_use and is_there and person_id not in self.off


@dataclass(frozen=True)
class _Seen:
    """What the records are at one moment, of all that is asked about together, by id."""

    programs: Mapping[str, _Program]
    pairings: Mapping[str, Pairing | None]
    notes: Mapping[str, Note]

    def lets(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> bool:
        asker, program = _asker(brief), self.programs.get(program_of(brief).id)
        if program is None or not program.lets_ask(asker.id) or not program.off <= permit.off:
            return False
        if isinstance(brief, LearningsBrief):
            return True
        actor, pairing = Person(asker), self.pairings[brief.reading.pairing.id]
        is_in = pairing is not None and is_member(actor, pairing)
        return pairing is not None and is_in and are_exact(evidence, readable_in(self.notes, actor, pairing))


class RecordedLeaving:
    """Permits by the records as they are now. What is asked or recorded at the same time goes as one."""

    def __init__(
        self,
        transactions: Transactions,
        host: str,
        model: str,
        clock: Clock,
        spotters: LastUsed[Known, Spotter],
    ) -> None:
        self._spotters = spotters
        self._transactions = transactions
        self._host = host
        self._model = model
        self._clock = clock
        self._programs = Together(self._read)
        self._seen = Together(self._look)
        self._recorded = Together(self._write)

    async def permit(self, brief: Brief) -> Permit:
        program_id, begun = program_of(brief).id, self._spotters.now
        held = (await self._programs.of(program_id)).get(program_id)
        if held is None:
            return Permit(is_on=False)
        spotter = await self._spotter(known_of(held.people, brief.evidence), begun)
        return Permit(held.lets_ask(_asker(brief).id), held.off, spotter, held.voices)

    async def still(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> bool:
        return (await self._seen.of((brief, evidence))).lets(brief, evidence, permit)

    async def _read(self, program_ids: Sequence[str]) -> dict[str, _Program]:
        async with self._transactions.reading() as records:
            return await _programs(records, program_ids)

    async def _look(self, asked: Sequence[tuple[Brief, Sequence[Excerpt]]]) -> _Seen:
        briefs = [brief for brief, _ in asked]
        pairing_ids = {b.reading.pairing.id for b in briefs if not isinstance(b, LearningsBrief)}
        note_ids = {told.note_id for _, evidence in asked for told in evidence}
        async with self._transactions.reading() as records:
            return _Seen(
                programs=await _programs(records, [program_of(brief).id for brief in briefs]),
                pairings={i: await records.people.pairing(i) for i in pairing_ids},
                notes=await records.notes.notes(note_ids),
            )

    async def _spotter(self, known: Known, begun: int) -> Spotter:
        spotter = self._spotters.of(known)
        if spotter is None:
            spotter = await asyncio.to_thread(Spotter, known)
            self._spotters.keep(known, spotter, begun)
        return spotter

    async def record(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> None:
        await self._recorded.of(self._rows(brief, evidence, permit))

    async def _write(self, rows: Sequence[Sequence[Disclosure]]) -> None:
        async with self._transactions.writing() as records:
            await records.disclosures.add_disclosures(chain.from_iterable(rows))

    def _rows(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> list[Disclosure]:
        passages: defaultdict[str, list[SentPassage]] = defaultdict(list)
        for told in evidence:
            passages[told.author_id].append(SentPassage.of(told))
        work = _work_of(brief, permit)
        request_id, at, asker = new_id(), self._clock(), _asker(brief).id
        return [
            Disclosure(
                id=new_id(),
                request_id=request_id,
                person_id=person_id,
                program_id=program_of(brief).id,
                at=at,
                host=self._host,
                model=self._model,
                kind=brief.kind.value,
                names_replaced=True,
                asked=person_id == asker,
                passages=tuple(passages[person_id]),
                work_ids=tuple(work[person_id]),
            )
            for person_id in dict.fromkeys([asker, *passages, *work])
        ]


async def _programs(records: Records, ids: Iterable[str]) -> dict[str, _Program]:
    found = {}
    for program_id in set(ids):
        program = await records.people.program(program_id)
        people = await records.people.participants_of(program_id)
        if program is not None:
            found[program_id] = _Program(program, _in_order(people))
    return found


def _in_order(people: Iterable[Participant]) -> tuple[Participant, ...]:
    return tuple(sorted(people, key=lambda person: (person.created_at, person.id)))


def known_of(people: Iterable[Participant], evidence: Iterable[Excerpt]) -> Known:
    """A program's people, in whose order they are numbered, and a transcript's speakers."""
    held = tuple(people)
    names = tuple(person.name for person in held)
    speakers = dict.fromkeys(told.speaker for told in evidence if told.speaker)
    emails = tuple(person.email for person in held if person.email)
    return Known(names, emails, tuple(speaker for speaker in speakers if speaker not in names))


def _asker(brief: Brief) -> Participant:
    return brief.asked_by if isinstance(brief, LearningsBrief) else brief.reading.reader


def _work_of(brief: Brief, permit: Permit) -> defaultdict[str, list[str]]:
    """Goals and actions whose titles are shown, by the ids of their owners."""
    held: defaultdict[str, list[str]] = defaultdict(list)
    if isinstance(brief, AgendaBrief):
        work: list[Goal | Action] = [*brief.reading.goals, *brief.reading.actions]
        for record in work:
            if record.owner_id and record.owner_id not in permit.off:
                held[record.owner_id].append(record.id)
    return held
