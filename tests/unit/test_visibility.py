"""Who may see what."""

import pytest

from coach.domain.notes import Visibility
from coach.domain.pairings import Pairing
from coach.domain.people import Participant, Role
from coach.domain.visibility import (
    Actor,
    Operator,
    Person,
    counts_in_learnings,
    is_member,
    is_owner,
    may_read_note,
    may_see_pairing,
    may_see_participant,
    may_see_program,
    may_see_work,
    may_write_note,
)
from tests.unit.building import INGRID, MAYA, OLGA, TOM, note, pairing, person

PRIVATE, PAIR, PROGRAM = Visibility.PRIVATE, Visibility.PAIR, Visibility.PROGRAM
LEFT = person("Lena Left", Role.MENTEE)
ELSEWHERE = person("Otto Other", Role.OWNER, program_id="another program")
HOME = pairing(gone=[LEFT])
OPERATOR = Operator()


def as_actor(who: Participant | Operator) -> Actor:
    return who if isinstance(who, Operator) else Person(who)


@pytest.mark.parametrize(
    ("visibility", "who", "may"),
    [
        (PRIVATE, MAYA, True),
        (PRIVATE, INGRID, False),
        (PRIVATE, LEFT, False),
        (PRIVATE, TOM, False),
        (PRIVATE, OLGA, False),
        (PRIVATE, ELSEWHERE, False),
        (PRIVATE, OPERATOR, False),
        (PAIR, MAYA, True),
        (PAIR, INGRID, True),
        (PAIR, LEFT, False),
        (PAIR, TOM, False),
        (PAIR, OLGA, False),
        (PAIR, ELSEWHERE, False),
        (PAIR, OPERATOR, False),
        (PROGRAM, MAYA, True),
        (PROGRAM, INGRID, True),
        (PROGRAM, LEFT, False),
        (PROGRAM, TOM, False),
        (PROGRAM, OLGA, False),
        (PROGRAM, ELSEWHERE, False),
        (PROGRAM, OPERATOR, False),
    ],
)
def test_a_note_is_read_by_its_author_or_the_present_members(
    visibility: Visibility, who: Participant | Operator, may: bool
) -> None:
    written = note("We tried the dashboard.", MAYA, visibility=visibility)
    assert may_read_note(as_actor(who), written, HOME) is may


@pytest.mark.parametrize(("visibility", "may"), [(PRIVATE, True), (PAIR, False), (PROGRAM, False)])
def test_who_left_keeps_only_their_own_private_notes(visibility: Visibility, may: bool) -> None:
    assert may_read_note(Person(LEFT), note("I am leaving.", LEFT, visibility=visibility), HOME) is may


@pytest.mark.parametrize("visibility", Visibility)
def test_membership_of_another_pairing_opens_no_note(visibility: Visibility) -> None:
    elsewhere = note("Not ours.", MAYA, visibility=visibility, pairing_id="another pairing")
    assert not may_read_note(Person(MAYA), elsewhere, HOME)


@pytest.mark.parametrize(
    ("who", "may"), [(MAYA, True), (INGRID, False), (LEFT, False), (OLGA, False), (OPERATOR, False)]
)
def test_a_note_is_written_by_its_author_alone(who: Participant | Operator, may: bool) -> None:
    assert may_write_note(as_actor(who), note("Mine.", MAYA)) is may


@pytest.mark.parametrize(
    ("who", "pairing_seen", "work_seen", "member"),
    [
        (MAYA, True, True, True),
        (INGRID, True, True, True),
        (OLGA, True, False, False),
        (OPERATOR, True, True, False),
        (LEFT, False, False, False),
        (TOM, False, False, False),
        (ELSEWHERE, False, False, False),
    ],
)
def test_a_pairing_is_known_to_members_owner_and_operator_and_its_work_not_to_the_owner(
    who: Participant | Operator, pairing_seen: bool, work_seen: bool, member: bool
) -> None:
    actor = as_actor(who)
    assert may_see_pairing(actor, HOME) is pairing_seen
    assert may_see_work(actor, HOME) is work_seen
    assert is_member(actor, HOME) is member


def test_an_owner_who_is_also_a_member_sees_the_work() -> None:
    with_owner: Pairing = pairing(mentors=[OLGA])
    assert may_see_work(Person(OLGA), with_owner)
    assert may_read_note(Person(OLGA), note("Ours.", INGRID), with_owner)


@pytest.mark.parametrize(
    ("who", "owner"),
    [(OLGA, True), (MAYA, False), (INGRID, False), (ELSEWHERE, False), (OPERATOR, False)],
)
def test_only_an_owner_in_the_program_owns_it(who: Participant | Operator, owner: bool) -> None:
    assert is_owner(as_actor(who), HOME.program_id) is owner


@pytest.mark.parametrize(
    ("who", "may"), [(OPERATOR, True), (OLGA, True), (MAYA, True), (LEFT, True), (ELSEWHERE, False)]
)
def test_a_program_is_seen_by_those_in_it_and_the_operator(who: Participant | Operator, may: bool) -> None:
    assert may_see_program(as_actor(who), HOME.program_id) is may


@pytest.mark.parametrize(
    ("who", "may"),
    [(OPERATOR, True), (OLGA, True), (INGRID, True), (MAYA, False), (TOM, False), (ELSEWHERE, False)],
)
def test_a_person_is_seen_by_themselves_the_owner_and_the_operator(
    who: Participant | Operator, may: bool
) -> None:
    assert may_see_participant(as_actor(who), INGRID) is may


@pytest.mark.parametrize(("visibility", "counts"), [(PRIVATE, False), (PAIR, False), (PROGRAM, True)])
def test_only_program_notes_count_in_the_learnings(visibility: Visibility, counts: bool) -> None:
    assert counts_in_learnings(note("Learned a lot.", visibility=visibility)) is counts


def test_who_left_is_no_member_any_more() -> None:
    assert HOME.member_ids == (MAYA.id, INGRID.id)
    assert HOME.side_of(LEFT.id) is None
