"""What the next session should be about: which points are found, and which of them are chosen."""

from datetime import date

import pytest

from coach.advice.agenda import AgendaAsk, agenda_brief, diverse
from coach.advice.briefs import AgendaBrief, Point, Reason
from coach.advice.reading import Reading
from coach.domain.notes import Visibility
from coach.domain.people import Participant
from coach.domain.work import ActionStatus
from tests.fakes import NOW
from tests.unit.building import INGRID, MAYA, PAIRING_ID, action, goal, note, reading, said
from tests.unit.stores import reader_of, records_of, search_of

VIDEO = said("Ingrid posted her first customer video.")
VIDEO_AGAIN = said("The first customer video was posted by Ingrid.")
BOARD = said("The board asked about the market numbers.")


async def brief_of(of: Reading, limit: int = 5, focus: str | None = None) -> AgendaBrief:
    ask = AgendaAsk(PAIRING_ID, 60, limit, focus)
    return await agenda_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)


def reasons(brief: AgendaBrief) -> list[Reason]:
    return [point.reason for point in brief.points]


def test_the_weightiest_points_come_first_and_no_more_than_asked_for() -> None:
    light, heavy = Point(Reason.OPEN, 0.2, (VIDEO,)), Point(Reason.OPEN, 0.9, (BOARD,))
    assert diverse([light, heavy], 5) == [heavy, light]
    assert diverse([light, heavy], 1) == [heavy]
    assert diverse([light, heavy], 0) == []


def test_what_says_the_same_again_is_left_out() -> None:
    first, again = Point(Reason.PROMISE, 0.9, (VIDEO,)), Point(Reason.OPEN, 0.8, (VIDEO_AGAIN,))
    assert diverse([again, first], 5) == [first]


def test_a_difficulty_and_a_goal_come_up_once() -> None:
    post = goal("Post a video")
    busy, late = (Point(Reason.DIFFICULTY, 0.8, (s,), difficulty="time") for s in (VIDEO, BOARD))
    due, quiet = Point(Reason.GOAL_DUE, 0.7, goal=post), Point(Reason.GOAL_QUIET, 0.6, goal=post)
    chosen = diverse([busy, late, due, quiet], 5)
    assert [point.reason for point in chosen] == [Reason.DIFFICULTY, Reason.GOAL_DUE]


def test_points_that_stand_on_no_sentence_are_not_alike() -> None:
    points = [Point(Reason.OBJECTIVE, 0.2, subject=subject) for subject in ("Inclusion", "Social media")]
    assert len(diverse(points, 5)) == 2


def test_the_order_of_equals_does_not_hang_on_the_order_given() -> None:
    told = reading(note("The board asked. The video was seen.")).sentences
    points = [Point(Reason.OPEN, 0.5, (sentence,)) for sentence in told]
    assert diverse(points, 5) == diverse(points[::-1], 5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Who could show us the customer dashboard?", Reason.QUESTION),
        ("She promised to introduce me to the board.", Reason.PROMISE),
        ("We ran out of time for the podcast demo.", Reason.POSTPONED),
        ("We are not sure whether customers read the newsletter.", Reason.OPEN),
        ("Ingrid cancelled the customer workshop on the same morning.", Reason.DIFFICULTY),
    ],
)
async def test_what_the_notes_leave_open_becomes_a_point(text: str, reason: Reason) -> None:
    brief = await brief_of(reading(note(text)))
    assert reasons(brief) == [reason]
    assert brief.points[0].said[0].text == text


@pytest.mark.parametrize(
    "later", ["Ingrid sent the customer newsletter.", "The customer newsletter is finished and sent."]
)
async def test_what_was_done_later_does_not_come_up_again(later: str) -> None:
    promised = note("She promised to send the customer newsletter.", held="2027-02-01")
    brief = await brief_of(reading(promised, note(later)))
    assert Reason.PROMISE not in reasons(brief)


async def test_a_promise_denied_later_still_comes_up() -> None:
    promised = note("She promised to send the customer newsletter.", held="2027-02-01")
    brief = await brief_of(reading(promised, note("She hasn't sent the customer newsletter.")))
    assert any("newsletter" in s.text for point in brief.points for s in point.said)


async def test_what_stands_as_an_open_action_is_no_point_besides() -> None:
    promised = note("She promised to send the customer newsletter.")
    brief = await brief_of(reading(promised, actions=[action("Send the customer newsletter")]))
    assert brief.points == ()
    assert [tracked.said[0].text for tracked in brief.actions] == [promised.text]


async def test_only_open_actions_are_brought_and_the_most_overdue_first() -> None:
    done = [action(f"{status} one", status=status) for status in (ActionStatus.DONE, ActionStatus.DROPPED)]
    dated = [action("later", date(2027, 5, 1)), action("undated"), action("overdue", date(2027, 1, 5))]
    brief = await brief_of(reading(actions=[*done, *dated]))
    assert [tracked.action.title for tracked in brief.actions] == ["overdue", "later", "undated"]


async def test_what_was_asked_for_comes_first_with_what_the_notes_hold_on_it() -> None:
    written = note("We ran out of time for the podcast demo. The garden was nice.")
    brief = await brief_of(reading(written), focus="the podcast")
    assert brief.points[0].reason is Reason.ASKED
    assert brief.points[0].said[0].text == "We ran out of time for the podcast demo."


async def test_what_was_asked_for_stands_even_when_no_note_speaks_of_it() -> None:
    brief = await brief_of(reading(note("The garden was nice.")), focus="quantum computers")
    assert (brief.points[0].reason, brief.points[0].said) == (Reason.ASKED, ())


async def test_goals_come_up_when_due_soon_or_quiet_for_long() -> None:
    goals = [goal("Podcast every month", due=date(2027, 3, 20)), goal("Host a workshop")]
    quiet = [note("We had lunch.", held=f"2027-02-{day:02}") for day in (1, 8, 15)]
    brief = await brief_of(reading(*quiet, goals=goals))
    assert reasons(brief) == [Reason.GOAL_DUE, Reason.GOAL_QUIET]


async def test_an_objective_that_the_notes_touch_does_not_come_up() -> None:
    written = note("Leaders use social media themselves now.")
    objectives = ["Leaders use social media themselves", "Cyber security"]
    brief = await brief_of(reading(written, objectives=objectives))
    assert [point.subject for point in brief.points] == ["Cyber security"]


@pytest.mark.parametrize(("reader", "sees"), [(MAYA, True), (INGRID, False)])
async def test_a_private_note_reaches_its_authors_agenda_alone(reader: Participant, sees: bool) -> None:
    secret = note("I did not dare to tell Ingrid about the slides.", MAYA, visibility=Visibility.PRIVATE)
    brief = await brief_of(reading(secret, reader=reader))
    assert bool(brief.evidence) is sees


async def test_the_opening_is_never_from_a_private_note() -> None:
    secret = note("I felt nervous about the board.", visibility=Visibility.PRIVATE)
    assert (await brief_of(reading(secret))).opening is None
    open_one = await brief_of(reading(note("I felt nervous about the board.")))
    assert open_one.opening is not None


async def test_a_model_may_see_of_the_latest_session_what_no_point_tells() -> None:
    told = [note("The canteen served old fish.", held="2027-02-25")]
    told += [note("The lift was painted in dark green. Will Ingrid record the second episode alone?")]
    brief = await brief_of(reading(*told))
    points = [s.text for point in brief.points for s in point.said]
    assert points == ["Will Ingrid record the second episode alone?"]
    assert [s.text for s in brief.further] == ["The lift was painted in dark green."]
    assert brief.further[0].excerpt in brief.evidence


async def test_of_a_long_session_a_model_sees_first_what_looks_ahead() -> None:
    seen = [f"The wall near room {n} was painted in a dark green colour." for n in range(18)]
    wish = "I felt nervous about the market numbers on the slide."
    brief = await brief_of(reading(note(" ".join([*seen, wish]))))
    told = [*(s.text for point in brief.points for s in point.said), *(s.text for s in brief.further)]
    assert wish in told
    assert 0 < len(brief.further) < len(seen)
    assert sum(len(s.text) for s in brief.further) <= 600
