"""Every decision of coach/domain/visibility.py against a plain model of the same promises."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from coach.domain import visibility
from coach.domain.audit import ActorKind, AuditAction, Concern, Count, Deed
from coach.domain.notes import IndexState, Note, NoteKind, Visibility
from coach.domain.pairings import Membership, Pairing, PairingKind, Side
from coach.domain.people import Participant, Program, Role
from coach.domain.visibility import Actor, Operator, Person, Telling
from tests.histories import AUDIENCES, History, Script, scripts
from tests.reference import OPERATOR, Reference

_START = datetime(2027, 1, 1, tzinfo=UTC)

Decision = tuple[str, bool, bool]


class World:
    """The reference's people, pairings and notes as the product's own values."""

    def __init__(self, known: Reference) -> None:
        self.known = known
        self.people = {person: _participant(known, person) for person in known.people}
        self.pairings = {pairing: _pairing(known, pairing) for pairing in known.pairings}
        self.notes = {note: _note(known, note) for note in known.notes}
        self.actors: dict[str, Actor] = {i: Person(p) for i, p in self.people.items()}
        self.actors[OPERATOR] = Operator()

    def decisions(self) -> Iterator[Decision]:
        """What is decided, by the product, by the reference; each actor about each thing."""
        for name, decide in _DECISIONS.items():
            for by_product, by_reference in decide(self):
                yield name, by_product, by_reference


def _at(moment: int) -> datetime:
    return _START + timedelta(hours=moment)


def _participant(known: Reference, person: str) -> Participant:
    program, role = known.people[person]
    return Participant(person, program, person, Role(role), None, None, None, _START)


def _pairing(known: Reference, pairing: str) -> Pairing:
    memberships = tuple(
        Membership(s.person, Side(s.side), _at(s.since), None if s.until is None else _at(s.until))
        for s in known.spells
        if s.pairing == pairing
    )
    return Pairing(pairing, known.pairings[pairing], PairingKind.GROUP, memberships, _START)


def _note(known: Reference, note: str) -> Note:
    told = known.notes[note]
    return Note(
        id=note,
        session_id=f"session of {told.pairing}",
        pairing_id=told.pairing,
        author_id=told.author,
        held_at=_START,
        text="We talked.",
        visibility=Visibility(told.audience),
        kind=NoteKind.NOTE,
        index_state=IndexState.INDEXED,
        created_at=_START,
        updated_at=_START,
    )


Both = Iterator[tuple[bool, bool]]


def _notes_read(world: World) -> Both:
    """Also with another pairing than the note's, which opens none."""
    for (who, actor), note, pairing in product(
        world.actors.items(), world.notes.values(), world.pairings.values()
    ):
        here = note.pairing_id == pairing.id
        by_reference = here and world.known.reads_note(who, note.id)
        yield visibility.may_read_note(actor, note, pairing), by_reference


def _notes_given(world: World) -> Both:
    for (who, actor), note, pairing, audience in product(
        world.actors.items(), world.notes.values(), world.pairings.values(), AUDIENCES
    ):
        here = note.pairing_id == pairing.id
        by_reference = here and world.known.gives_note(who, note.id, audience)
        yield visibility.may_give_note(actor, note, pairing, Visibility(audience)), by_reference


def _about_notes(world: World) -> Both:
    for (who, actor), note in product(world.actors.items(), world.notes.values()):
        yield visibility.may_write_note(actor, note), world.known.changes_note(who, note.id)


def _about_pairings(
    decide: Callable[[Actor, Pairing], bool], known: Callable[[Reference, str, str], bool]
) -> Callable[[World], Both]:
    def both(world: World) -> Both:
        for (who, actor), pairing in product(world.actors.items(), world.pairings.values()):
            yield decide(actor, pairing), known(world.known, who, pairing.id)

    return both


def _about_programs(
    decide: Callable[[Actor, str], bool], known: Callable[[Reference, str, str], bool]
) -> Callable[[World], Both]:
    def both(world: World) -> Both:
        for (who, actor), program in product(world.actors.items(), sorted(world.known.programs)):
            yield decide(actor, program), known(world.known, who, program)

    return both


def _people_seen(world: World) -> Both:
    for (who, actor), (other, person) in product(world.actors.items(), world.people.items()):
        yield visibility.may_see_participant(actor, person), world.known.sees_person(who, other)


def _memberships_ended(world: World) -> Both:
    for (who, actor), other in product(world.actors.items(), world.people):
        yield visibility.may_end_membership(actor, other), world.known.ends_membership(who, other)


def _counted(world: World) -> Both:
    for note in world.notes.values():
        yield visibility.counts_in_learnings(note), world.known.counts(note.id)


_TOLD = {"all": Telling.ALL, "by day": Telling.BY_DAY, "nothing": Telling.NOTHING}
_DAYS = (_START.date(), _START.date() + timedelta(days=1))
_DONE = (AuditAction.READ_NOTE, AuditAction.ASKED_FEEDBACK, AuditAction.CHANGED_NOTE, AuditAction.GAVE_TOKEN)


def _deeds_told(world: World) -> Both:
    people = sorted(world.people)
    for (who, actor), doer, other, action, day in product(
        world.actors.items(), [*people, OPERATOR], people, _DONE, _DAYS
    ):
        by = ActorKind.OPERATOR if doer == OPERATOR else ActorKind.PERSON
        doer_id = None if doer == OPERATOR else doer
        deed = Deed(action, by, doer_id, None, concerns=(Concern(other),))
        told = visibility.telling(actor, deed, day, _DAYS[1])
        is_look = action in (AuditAction.READ_NOTE, AuditAction.ASKED_FEEDBACK)
        known = _TOLD[world.known.tells_of_deed(who, doer, {other}, is_look, day < _DAYS[1])]
        for telling in Telling:
            yield told is telling, known is telling


def _counts_known(world: World) -> Both:
    for by, people, enough, day in product(ActorKind, range(1, 7), (3, 5), _DAYS):
        count = Count(day, by, AuditAction.READ_NOTE, 9, people)
        doer = OPERATOR if by is ActorKind.OPERATOR else "somebody"
        by_reference = world.known.may_count(doer, people, enough, day < _DAYS[1])
        yield visibility.may_know_count(count, enough, _DAYS[1]), by_reference


def _sent(world: World) -> Both:
    for person, on, by_default, said in product(
        world.people.values(), (True, False), (True, False), (True, False, None)
    ):
        program = Program("p", "P", (), None, 3, _START, model_use=on, model_use_by_default=by_default)
        decided = visibility.may_be_sent(replace(person, model_use=said), program)
        yield decided, world.known.sends(on, by_default, said)


_DECISIONS: dict[str, Callable[[World], Both]] = {
    "may_read_note": _notes_read,
    "may_write_note": _about_notes,
    "may_give_note": _notes_given,
    "counts_in_learnings": _counted,
    "is_member": _about_pairings(visibility.is_member, Reference.is_member),
    "may_see_pairing": _about_pairings(visibility.may_see_pairing, Reference.sees_pairing),
    "may_see_work": _about_pairings(visibility.may_see_work, Reference.sees_work),
    "is_owner": _about_programs(visibility.is_owner, Reference.is_owner),
    "may_see_program": _about_programs(visibility.may_see_program, Reference.sees_program),
    "may_see_counts": _about_programs(visibility.may_see_counts, Reference.sees_counts),
    "telling": _deeds_told,
    "may_know_count": _counts_known,
    "may_be_sent": _sent,
    "may_see_participant": _people_seen,
    "may_end_membership": _memberships_ended,
}


def test_the_reference_knows_every_decision() -> None:
    decided = {
        name
        for name, function in inspect.getmembers(visibility, inspect.isfunction)
        if function.__module__ == visibility.__name__ and not name.startswith("_")
    }
    assert decided == _DECISIONS.keys()


def _agreed(script: Script) -> Counter[tuple[str, bool]]:
    """How many decisions of each kind the reference agrees with at the end of a history; it must with all."""
    history = History(script)
    history.founded()
    for numbers in script.steps:
        history.do(numbers)
    agreed = Counter[tuple[str, bool]]()
    for name, by_product, by_reference in World(history.reference).decisions():
        assert by_product is by_reference, name
        agreed[name, by_product] += 1
    for pairing in history.reference.pairings:
        ended = _pairing(history.reference, pairing).is_ended
        assert ended is history.reference.has_ended(pairing)
    return agreed


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts)
def test_some_hundred_decisions_agree_with_the_reference(script: Script) -> None:
    _agreed(script)


@pytest.mark.slow
def test_twenty_thousand_decisions_agree_with_the_reference() -> None:
    agreed = Counter[tuple[str, bool]]()

    @settings(
        max_examples=300, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(scripts)
    def one_history(script: Script) -> None:
        agreed.update(_agreed(script))

    one_history()
    print(f"{agreed.total()} decisions agreed")
    assert agreed.total() >= 20_000
    assert all(agreed[name, decided] >= 100 for name in _DECISIONS for decided in (True, False))
