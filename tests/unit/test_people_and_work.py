"""Ranks, directions, scores and dates: the arithmetic of the domain."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.ids import imported_id, new_id
from coach.domain.pairings import PairingKind, Side, speaks_upward
from coach.domain.people import DEFAULT_GROUP_SIZE, LEAST_GROUP_SIZE, Role, same_email, seniority_rank
from coach.domain.suggestions import Usage
from coach.domain.work import ActionStatus, attainment_t_score
from tests.unit.building import action, pairing, person

JUNE = person("June Jones", Role.MENTOR)
SAM = person("Sam Smith", Role.MENTEE)
TODAY = date(2027, 3, 10)


@pytest.mark.parametrize(
    "ladder",
    [
        ["Intern", "Junior Analyst", "Specialist", "Senior Engineer", "Director", "Vice President", "CEO"],
        ["graduate", "associate", "mid", "manager", "Head of Sales", "Chief Financial Officer", "founder"],
        ["Trainee, EMEA", "Entry", "Consultant", "Principal", "Managing Director", "SVP/GM", "Chairwoman"],
        ["entry-level", "mid-level", "senior-level", "Vice-President"],
    ],
)
def test_seniority_climbs_the_ladder(ladder: list[str]) -> None:
    ranks = [seniority_rank(title) for title in ladder]
    assert None not in ranks
    assert ranks == sorted({rank for rank in ranks if rank is not None})


@pytest.mark.parametrize("words", [None, "", "   ", "Wizard", "the third floor"])
def test_words_that_say_nothing_of_seniority_have_no_rank(words: str | None) -> None:
    assert seniority_rank(words) is None


@pytest.mark.parametrize(
    ("kind", "mentor_speaks_up", "mentee_speaks_up"),
    [
        (PairingKind.REVERSE, True, False),
        (PairingKind.TRADITIONAL, False, True),
        (PairingKind.PEER, False, False),
        (PairingKind.GROUP, False, False),
    ],
)
def test_without_seniority_the_role_tells_who_speaks_upward(
    kind: PairingKind, mentor_speaks_up: bool, mentee_speaks_up: bool
) -> None:
    home = pairing([JUNE], [SAM], kind)
    assert speaks_upward(home, JUNE, SAM) is mentor_speaks_up
    assert speaks_upward(home, SAM, JUNE) is mentee_speaks_up


@pytest.mark.parametrize("kind", PairingKind)
def test_seniority_goes_before_the_role(kind: PairingKind) -> None:
    director = person("Dora", Role.MENTOR, "director")
    intern = person("Ian", Role.MENTEE, "intern")
    home = pairing([director], [intern], kind)
    assert speaks_upward(home, intern, director)
    assert not speaks_upward(home, director, intern)


def test_equal_or_half_known_seniority_leaves_it_to_the_role() -> None:
    one, other = person("One", Role.MENTOR, "senior"), person("Other", Role.MENTEE, "lead")
    unknown = person("Unknown", Role.MENTEE)
    assert speaks_upward(pairing([one], [other]), one, other)
    assert speaks_upward(pairing([one], [unknown]), one, unknown)
    assert not speaks_upward(pairing([one], [unknown]), unknown, one)


def test_mentors_of_one_pairing_do_not_speak_upward_to_each_other() -> None:
    other = person("Other", Role.MENTOR)
    assert not speaks_upward(pairing([JUNE, other], [SAM]), JUNE, other)


def test_sides_are_told_of_present_members() -> None:
    home = pairing([JUNE], [SAM], gone=[person("Gone")])
    assert home.ids_on(Side.MENTOR) == ("june",)
    assert home.ids_on(Side.MENTEE) == ("sam",)
    assert home.side_of("sam") is Side.MENTEE
    assert home.side_of("gone") is None


def test_groups_are_of_five_unless_told_otherwise_and_never_under_three() -> None:
    assert (DEFAULT_GROUP_SIZE, LEAST_GROUP_SIZE) == (5, 3)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Maya@Example.org", "maya@eXAMPLE.ORG", True),
        ("kate@example.org", "\u212aate@example.org", False),
        ("maya@example.org", "maya@example.org ", False),
        ("\u00e9@example.org", "\u00c9@example.org", False),
        (None, None, False),
        ("maya@example.org", None, False),
    ],
)
def test_an_email_is_the_same_whatever_its_ascii_capitals(
    one: str | None, other: str | None, same: bool
) -> None:
    assert same_email(one, other) is same


@pytest.mark.parametrize(("name", "first"), [("Maya Okafor", "Maya"), ("  Cher ", "Cher"), ("李 明", "李")])
def test_the_first_name_is_the_first_word(name: str, first: str) -> None:
    assert person(name).first_name == first


@pytest.mark.parametrize(
    ("attainments", "score"),
    [
        ([0], 50.0),
        ([1], 60.0),  # 50 + 10 * 1 / sqrt(0.7 + 0.3)
        ([-2], 30.0),
        ([2, 0, -1], 54.5644),  # 50 + 10 * 1 / sqrt(0.7 * 3 + 0.3 * 9) = 50 + 10 / sqrt(4.8)
        ([1, 1], 62.4035),  # 50 + 10 * 2 / sqrt(1.4 + 1.2)
        ([2, 2, 2, 2], 79.0191),  # 50 + 10 * 8 / sqrt(2.8 + 4.8)
        ([0, 0, 0, 0, 0], 50.0),
    ],
)
def test_goal_attainment_is_kiresuk_and_shermans_t(attainments: list[int], score: float) -> None:
    assert attainment_t_score(attainments) == pytest.approx(score, abs=1e-4)


def test_without_a_rating_there_is_no_score() -> None:
    assert attainment_t_score([]) is None


@given(st.lists(st.integers(-2, 2), min_size=1, max_size=12))
def test_the_score_mirrors_around_fifty(attainments: list[int]) -> None:
    score, mirrored = attainment_t_score(attainments), attainment_t_score([-x for x in attainments])
    assert score is not None
    assert mirrored is not None
    assert score + mirrored == pytest.approx(100)


@pytest.mark.parametrize(
    ("due", "status", "days"),
    [
        (date(2027, 3, 1), ActionStatus.OPEN, 9),
        (date(2027, 3, 9), ActionStatus.OPEN, 1),
        (date(2027, 3, 10), ActionStatus.OPEN, 0),
        (date(2027, 3, 11), ActionStatus.OPEN, 0),
        (None, ActionStatus.OPEN, 0),
        (date(2027, 3, 1), ActionStatus.DONE, 0),
        (date(2027, 3, 1), ActionStatus.DROPPED, 0),
    ],
)
def test_days_overdue_count_for_open_actions_past_their_date(
    due: date | None, status: ActionStatus, days: int
) -> None:
    assert action("Send the handbook", due, status).days_overdue(TODAY) == days


def test_new_ids_differ_and_imported_ids_do_not() -> None:
    assert len({new_id() for _ in range(500)}) == 500
    assert imported_id("note", "7") == imported_id("note", "7")
    assert len({imported_id("note", "7"), imported_id("note", "8"), imported_id("session", "7")}) == 3


def test_usage_adds_up() -> None:
    assert Usage(10, 2) + Usage(5, 1) == Usage(15, 3)
