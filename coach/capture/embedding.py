"""What may go to an embedding endpoint, and a record of it before it goes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from coach.domain.disclosures import EMBEDDING, Disclosure, SentPassage
from coach.domain.ids import new_id
from coach.domain.index import ENDPOINT
from coach.domain.notes import Home, Note, PlacedPassage
from coach.domain.people import Participant
from coach.domain.visibility import Actor, Person, may_be_sent
from coach.ports import Clock, Records, Transactions
from coach.rules.voices import Voices, voices_of

Placed = Sequence[tuple[PlacedPassage, Home]]


@dataclass
class Embeddings:
    """`host`: of the endpoint that the settings name, None without one; `model`: the serving index's.

    With a model on this machine nothing leaves it, and nothing is recorded.
    """

    transactions: Transactions
    host: str | None
    model: Callable[[], str]
    clock: Clock
    _unfinished: set[tuple[str, datetime]] = field(default_factory=set)

    async def lets_ask(self, actor: Actor, kind: str) -> bool:
        """Whether the words that somebody asks with may be embedded; where they leave, it is recorded."""
        if not self._is_elsewhere or not isinstance(actor, Person):
            return True
        async with self.transactions.writing() as records:
            person = await records.people.participant(actor.id)
            if person is None or not await _lets(records, person):
                return False
            await records.disclosures.add_disclosures([self._of(person, kind)])
        return True

    async def kept_back(self, notes: Collection[Note], placed: Placed) -> frozenset[str]:
        """The ids of passages that may not be sent; what is to be sent of the others is recorded.

        Of a note that was recorded and whose embedding failed nothing is recorded again.
        """
        if not self._is_elsewhere or not placed:
            return frozenset()
        async with self.transactions.writing() as records:
            people = await records.people.participants({note.author_id for note in notes})
            kept = await _kept_back(records, notes, people, placed)
            new = {note.id for note in notes if (note.id, note.updated_at) not in self._unfinished}
            sent = [p for p, _ in placed if p.id not in kept and p.excerpt.note_id in new]
            await records.disclosures.add_disclosures(self._of_passages(sent, people))
        self._unfinished |= {(note.id, note.updated_at) for note in notes}
        return kept

    def done(self, notes: Collection[Note]) -> None:
        """These were embedded; when it is done again, that is recorded again."""
        self._unfinished -= {(note.id, note.updated_at) for note in notes}

    @property
    def _is_elsewhere(self) -> bool:
        return self.model().startswith(ENDPOINT)

    def _of_passages(self, sent: Sequence[PlacedPassage], people: dict[str, Participant]) -> list[Disclosure]:
        passages: defaultdict[str, list[SentPassage]] = defaultdict(list)
        for told in (placed.excerpt for placed in sent):
            passages[told.author_id].append(SentPassage.of(told))
        return [self._of(people[author_id], EMBEDDING, tuple(own)) for author_id, own in passages.items()]

    def _of(self, person: Participant, kind: str, passages: tuple[SentPassage, ...] = ()) -> Disclosure:
        return Disclosure(
            id=new_id(),
            request_id=new_id(),
            person_id=person.id,
            program_id=person.program_id,
            at=self.clock(),
            host=self.host or "",
            model=self.model().removeprefix(ENDPOINT),
            kind=kind,
            names_replaced=False,
            asked=not passages,
            passages=passages,
        )


async def _lets(records: Records, person: Participant) -> bool:
    program = await records.people.program(person.program_id)
    return program is not None and may_be_sent(person, program)


async def _kept_back(
    records: Records, notes: Collection[Note], people: dict[str, Participant], placed: Placed
) -> frozenset[str]:
    """The ids of passages whose author, or somebody who may have said it, is off."""
    lets = {person.id: await _lets(records, person) for person in people.values()}
    voices = {
        program_id: await _voices(records, program_id)
        for program_id in {home.program_id for _, home in placed}
    }
    held = {note.id: note for note in notes}
    heard = {pairing_id: await _ever_in(records, pairing_id) for pairing_id in _pairings(voices, placed)}
    return frozenset(
        p.id
        for p, home in placed
        if not lets.get(p.excerpt.author_id)
        or voices[home.program_id].may_be_in(
            held[p.excerpt.note_id], p.excerpt.start, p.excerpt.end, heard.get(home.pairing_id, frozenset())
        )
    )


def _pairings(voices: Mapping[str, Voices], placed: Placed) -> set[str]:
    """Of programs in which somebody is off."""
    return {home.pairing_id for _, home in placed if voices[home.program_id].off}


async def _voices(records: Records, program_id: str) -> Voices:
    program = await records.people.program(program_id)
    people = await records.people.participants_of(program_id)
    return voices_of(people, program) if program is not None else Voices()


async def _ever_in(records: Records, pairing_id: str) -> frozenset[str]:
    pairing = await records.people.pairing(pairing_id)
    return pairing.ids_ever if pairing is not None else frozenset()
