"""Checkers for feedback, agendas, goals and confidentiality."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.suggestions import Item
from coach.rules.agenda import SECTIONS, spread_minutes
from coach.rules.confidentiality import MOST_WORDS_IN_A_ROW, names_anyone, repeats, runs
from coach.rules.feedback import Fault, flags, is_behaviour, is_situation
from coach.rules.goals import missing_from
from tests.unit.building import INGRID, goal
from tests.unit.texts import notes, plain_words


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("You are always rude.", [(Fault.VAGUE, "always"), (Fault.JUDGEMENT, "rude")]),
        ("You never listen and you are lazy.", [(Fault.VAGUE, "never"), (Fault.JUDGEMENT, "lazy")]),
        ("Lately you don't care.", [(Fault.VAGUE, "Lately"), (Fault.JUDGEMENT, "don't care")]),
        ("In general you did it on purpose.", [(Fault.VAGUE, "In general"), (Fault.JUDGEMENT, "on purpose")]),
        ("You interrupted me because you don’t respect me.", [(Fault.JUDGEMENT, "because you don’t")]),
        ("On Tuesday you opened the dashboard first.", []),
        ("The crudest draft was nevertheless sent.", []),
    ],
)
def test_vague_and_judging_words_are_flagged_in_their_order(
    text: str, faults: list[tuple[Fault, str]]
) -> None:
    assert [(flag.fault, flag.words) for flag in flags(text)] == faults


@given(notes)
def test_a_flag_names_its_exact_words(text: str) -> None:
    told = f"You are rude. {text} You never listen."
    found = flags(told)
    assert len(found) >= 2
    assert all(told[flag.start : flag.end] == flag.words for flag in found)
    assert [flag.start for flag in found] == sorted(flag.start for flag in found)


@pytest.mark.parametrize(
    "text",
    [
        "On Tuesday",
        "last week",
        "yesterday",
        "In our session on 4 March",
        "during the demo",
        "when I asked about TikTok",
        "2027-03-04",
    ],
)
def test_a_moment_or_place_that_one_recalls_is_a_situation(text: str) -> None:
    assert is_situation(text)


@pytest.mark.parametrize("text", ["lately", "in general", "always during our sessions", "somehow", ""])
def test_a_vague_time_is_no_situation(text: str) -> None:
    assert not is_situation(text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [("You looked at your phone twice.", True), ("You were careless.", False), ("You often cancel.", False)],
)
def test_a_behaviour_holds_no_trait_and_no_generalisation(text: str, seen: bool) -> None:
    assert is_behaviour(text) is seen


@given(
    st.lists(st.sampled_from(SECTIONS), min_size=1, max_size=12),
    st.integers(0, 400),
)
def test_minutes_add_up_exactly_and_every_item_has_one_at_least(sections: list[str], more: int) -> None:
    minutes = len(sections) + more
    spread = spread_minutes([Item(f"{n}", section=s) for n, s in enumerate(sections)], minutes)
    given_minutes = [item.minutes or 0 for item in spread]
    assert sum(given_minutes) == minutes
    assert min(given_minutes) >= 1
    assert [item.text for item in spread] == [f"{n}" for n in range(len(sections))]


@given(st.lists(st.sampled_from(SECTIONS), min_size=1, max_size=8), st.integers(8, 60))
def test_minutes_come_in_fives_where_they_fit(sections: list[str], fives: int) -> None:
    spread = spread_minutes([Item("topic", section=section) for section in sections], 5 * fives)
    assert all((item.minutes or 1) % 5 == 0 for item in spread)


def test_the_focus_gets_most_of_the_hour() -> None:
    spread = spread_minutes([Item("", section=section) for section in SECTIONS], 60)
    assert max(spread, key=lambda item: item.minutes or 0).section == "focus"


def test_no_items_take_no_minutes() -> None:
    assert spread_minutes([], 60) == ()


@pytest.mark.parametrize(
    ("measure", "due", "owned", "lacks"),
    [
        ("three posts", date(2027, 6, 1), True, ()),
        (None, None, False, ("measure", "date", "owner")),
        ("", date(2027, 6, 1), True, ("measure",)),
        ("three posts", None, True, ("date",)),
        ("three posts", date(2027, 6, 1), False, ("owner",)),
    ],
)
def test_a_goal_lacks_what_is_not_stated(
    measure: str | None, due: date | None, owned: bool, lacks: tuple[str, ...]
) -> None:
    assert missing_from(goal("Post", due=due, measure=measure, owner=INGRID if owned else None)) == lacks


NOTE = "Ingrid told the board that the numbers of the shop are down."


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Somebody told the board that the numbers fell", True),
        ("TOLD the board, that the: numbers", True),
        ("told the board that the", False),
        ("the numbers of the market are up", False),
        ("", False),
    ],
)
def test_more_than_five_words_in_a_row_repeat_a_note(text: str, does: bool) -> None:
    assert repeats(text, ["Another note.", NOTE]) is does


@given(plain_words)
def test_runs_are_every_stretch_of_that_many_words(told: list[str]) -> None:
    found = runs(" ".join(told))
    assert all(len(run) == MOST_WORDS_IN_A_ROW + 1 for run in found)
    assert bool(found) == (len(told) > MOST_WORDS_IN_A_ROW)


@pytest.mark.parametrize(
    "text",
    [
        "Ingrid likes the dashboard",
        "the HALVORSEN dashboard",
        "Ingrid's dashboard",
        "Ingrid’s dashboard",
        "the Ingrid-led workshop",
        "Jean-Luc spoke",
        "what Jean said",
        "O'Brien spoke",
        "what Will told the board",
    ],
)
def test_a_part_of_anyones_name_names_them_in_any_form(text: str) -> None:
    assert names_anyone(text, ["Ingrid Halvorsen", "Jean-Luc Picard", "Miles O'Brien", "Will Riker"])


@pytest.mark.parametrize("text", ["The dashboard", "grid planning", "", "Picture this", "it will help"])
def test_words_that_only_look_like_a_name_name_nobody(text: str) -> None:
    assert not names_anyone(text, ["Ingrid Halvorsen", "Jean-Luc Picard", "A", "Will Riker"])
