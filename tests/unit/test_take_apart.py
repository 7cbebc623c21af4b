"""A draft of feedback taken apart into situation, behaviour, impact and request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.advice.briefs import Parts
from coach.advice.feedback import take_apart
from coach.rules.feedback import flags
from tests.unit.texts import notes

_CLAUSES = [
    "On Tuesday you interrupted me three times",
    "you looked at your phone during our demo",
    "last week",
    "You are careless",
    "When you were rude in our demo",
    "Yesterday you ignored the lazy question",
    "you never listen",
    "I felt ignored",
    "which meant that the team waited",
    "it made me proud",
    "so I stopped asking",
    "could you put it away next time",
    "please send it a day before",
    "thank you",
    "",
]
_JOINTS = [", ", " and ", ". ", "; ", "? ", "\n", " — ", ", so "]

drafts = st.one_of(
    notes,
    st.lists(st.tuples(st.sampled_from(_CLAUSES), st.sampled_from(_JOINTS)), max_size=6).map(
        lambda pairs: "".join(clause + joint for clause, joint in pairs)
    ),
)


def told(parts: Parts) -> list[str]:
    every = (parts.situation, parts.behaviour, parts.impact, parts.request)
    return [part for part in every if part is not None]


@given(
    drafts, st.one_of(st.none(), st.sampled_from(["In our session on 4 March", "in general", " last week. "]))
)
def test_every_part_is_the_drafts_own_words_and_judges_nobody(draft: str, situation: str | None) -> None:
    for part in told(take_apart(draft, situation)):
        assert part
        assert part in draft or part in (situation or "")
        assert not flags(part)


def test_a_whole_draft_falls_into_its_four_parts() -> None:
    assert take_apart(
        "Last Tuesday you looked at your phone three times. I felt that my work did not matter. "
        "Could you put it away next time?"
    ) == Parts(
        situation="Last Tuesday",
        behaviour="you looked at your phone three times",
        impact="I felt that my work did not matter",
        request="Could you put it away next time?",
    )


@pytest.mark.parametrize(
    ("draft", "situation", "behaviour"),
    [
        (
            "Yesterday you thanked me in front of the board.",
            "Yesterday",
            "you thanked me in front of the board",
        ),
        ("In our Tuesday demo, you opened the file.", "In our Tuesday demo", "you opened the file"),
        ("On 4 March you called Tom.", "On 4 March", "you called Tom"),
        ("You called Tom last week.", "last week", "You called Tom"),
        ("You explained TikTok well on Friday", "on Friday", "You explained TikTok well"),
        ("You took a call during our session.", "during our session", "You took a call"),
        ("You looked at your phone during our demo.", "during our demo", "You looked at your phone"),
        (
            "You took a call during our session on budgets.",
            "during our session on budgets",
            "You took a call",
        ),
    ],
)
def test_a_moment_leads_or_trails_what_was_done(draft: str, situation: str, behaviour: str) -> None:
    parts = take_apart(draft)
    assert parts.behaviour == behaviour
    assert parts.situation is not None
    assert parts.situation.lower().removeprefix("on ") == situation.lower().removeprefix("on ")


def test_a_moment_does_not_swallow_what_follows_it() -> None:
    parts = take_apart("You took a call during our session on budgets and I waited ten minutes.")
    assert parts.situation == "during our session on budgets"


@pytest.mark.parametrize(
    ("draft", "impact"),
    [
        ("You called Tom, which meant that we lost the room.", "that we lost the room"),
        ("You called Tom. It made me proud.", "It made me proud"),
        ("You called Tom, so I stopped asking.", "I stopped asking"),
        ("You called Tom and I felt left out.", "I felt left out"),
        ("You were late on Tuesday and it cost us the room.", "cost us the room"),
    ],
)
def test_the_impact_on_people_or_the_work_is_found(draft: str, impact: str) -> None:
    found = take_apart(draft).impact
    assert found is not None
    assert found.endswith(impact)
    assert "Tom" not in found


@pytest.mark.parametrize(
    ("draft", "asked"),
    [
        ("You called Tom. Could you call me first?", "Could you call me first?"),
        ("You called Tom. Please call me first.", "Please call me first"),
        ("You called Tom. Next time, call me first.", "Next time, call me first"),
        ("You called Tom. I'd like you to call me first.", "I'd like you to call me first"),
        ("You called Tom, could you call me first", "could you call me first"),
    ],
)
def test_what_is_asked_for_is_found(draft: str, asked: str) -> None:
    parts = take_apart(draft)
    assert parts.behaviour == "You called Tom"
    assert parts.request == asked


@pytest.mark.parametrize(
    ("draft", "behaviour"),
    [
        ("When you cancelled on 3 March, I had to redo the plan.", "you cancelled"),
        ("I felt ignored when you took the call during our demo.", "you took the call"),
    ],
)
def test_what_was_done_is_found_inside_the_moment_that_tells_it(draft: str, behaviour: str) -> None:
    told_behaviour = take_apart(draft).behaviour
    assert told_behaviour is not None
    assert behaviour in told_behaviour


@pytest.mark.parametrize(
    "draft",
    [
        "You are careless and never listen.",
        "You always cancel.",
        "You are arrogant",
        "You don't care.",
        "lol",
        "",
    ],
)
def test_a_draft_that_only_judges_or_says_nothing_leaves_every_part_open(draft: str) -> None:
    assert told(take_apart(draft)) == []


@pytest.mark.parametrize(
    "situation", ["In our session on 4 March", "during the budget meeting", "At the supplier visit"]
)
def test_a_situation_that_is_given_goes_before_the_drafts_own(situation: str) -> None:
    assert take_apart("Last week you called Tom.", situation).situation == situation


@pytest.mark.parametrize(
    "draft", ["When you were rude in our demo, I felt small.", "I felt small when you were rude in our demo."]
)
def test_what_judges_is_left_out_of_a_moment_too(draft: str) -> None:
    parts = take_apart(draft)
    assert parts.behaviour is None
    assert parts.impact == "I felt small"
    assert "rude" not in (parts.situation or "")


@pytest.mark.parametrize(
    "draft", ["When you were careless, the team waited.", "While you were arrogant in the call, Tom left."]
)
def test_a_moment_that_is_nothing_but_a_judgement_is_no_situation(draft: str) -> None:
    situation = take_apart(draft).situation
    assert situation is None or not flags(situation)


@pytest.mark.parametrize(
    "situation",
    ["in general", "always", "lately, in our sessions", "when you were careless in our demo", "", None],
)
def test_a_vague_or_judging_situation_is_no_situation(situation: str | None) -> None:
    assert take_apart("You called Tom.", situation).situation is None
    assert take_apart("Last week you called Tom.", situation).situation == "Last week"
