"""What may go to a language model on another machine, and a record of it before it goes."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from coach.advice.briefs import AgendaBrief, Brief, LearningsBrief, program_of
from coach.domain.disclosures import Disclosure, SentPassage
from coach.domain.ids import new_id
from coach.domain.notes import Excerpt
from coach.domain.people import Participant
from coach.domain.visibility import may_be_sent
from coach.domain.work import Action, Goal
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.placeholders import Known
from coach.ports import Clock, Transactions


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be sent for one brief: nothing unless `is_on`; nothing by those who are `off`, by id.

    `known`: whose names and addresses are to be replaced.
    """

    is_on: bool = True
    off: frozenset[str] = frozenset()
    known: Known = field(default_factory=Known)

    def lets(self, told: Excerpt, brief: Brief) -> bool:
        """Neither its author nor the member who said it keeps it back."""
        if isinstance(brief, LearningsBrief) or not self.off:
            return True
        speaker, _ = brief.reading.speaker_of(told)
        return told.author_id not in self.off and (speaker is None or speaker.id not in self.off)


class Leaving(Protocol):
    async def permit(self, brief: Brief) -> Permit: ...

    async def record(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> None:
        """To be awaited before the request; DraftingFailed when it could not be recorded."""


@dataclass
class _Batch:
    rows: list[Disclosure] = field(default_factory=list)
    is_written: bool = False


class RecordedLeaving:
    """Permits by the records as they are now. What is recorded at the same time is written as one."""

    def __init__(self, transactions: Transactions, host: str, model: str, clock: Clock) -> None:
        self._transactions = transactions
        self._host = host
        self._model = model
        self._clock = clock
        self._batch = _Batch()
        self._writing = asyncio.Lock()

    async def permit(self, brief: Brief) -> Permit:
        program_id = program_of(brief).id
        async with self._transactions.reading() as records:
            program = await records.people.program(program_id)
            people = await records.people.participants_of(program_id)
        if program is None:
            return Permit(is_on=False)
        off = frozenset(person.id for person in people if not may_be_sent(person, program))
        asker = _asker(brief).id
        is_on = program.model_use and asker not in off and any(person.id == asker for person in people)
        return Permit(is_on, off, known_of(people, brief.evidence))

    async def record(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> None:
        batch = self._batch
        batch.rows += self._rows(brief, evidence, permit)
        async with self._writing:
            if batch is self._batch:
                self._batch = _Batch()
                async with self._transactions.writing() as records:
                    await records.disclosures.add_disclosures(batch.rows)
                batch.is_written = True
        if not batch.is_written:
            raise DraftingFailed(Fault.UNRECORDED)

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


def known_of(people: Iterable[Participant], evidence: Iterable[Excerpt]) -> Known:
    """Everyone of the program, whoever came first with the lowest number, and a transcript's speakers."""
    ordered = sorted(people, key=lambda person: (person.created_at, person.id))
    names = tuple(person.name for person in ordered)
    speakers = dict.fromkeys(told.speaker for told in evidence if told.speaker)
    emails = tuple(person.email for person in ordered if person.email)
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
