"""The offline coach's agenda."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.reading import Reading
from coach.domain.notes import Visibility
from coach.domain.pairings import PairingKind
from coach.domain.people import Participant
from coach.domain.suggestions import Draft, Engine, Item
from coach.domain.work import ActionStatus
from coach.drafting.offline import OfflineDrafter
from coach.rules.agenda import SECTIONS
from tests.fakes import NOW
from tests.unit.building import INGRID, MAYA, PAIRING_ID, action, goal, note, pairing, reading
from tests.unit.stores import reader_of, records_of, search_of

HISTORY = (
    note("Ingrid posted her first video. I felt nervous before the demo.", held="2027-02-01"),
    note("She promised to introduce me to the whole board.", held="2027-02-01", note_id="promise"),
    note("We ran out of time for the podcast demo.\nWho could show us the dashboard?", INGRID),
    note("We are not sure whether customers read the newsletter.", INGRID, note_id="unsure"),
)
ACTIONS = (
    action("Send the handbook", date(2027, 3, 1), owner=INGRID),
    action("Book a studio", date(2027, 2, 20), owner=MAYA),
    action("Order the camera", date(2027, 4, 1), owner=MAYA),
    action("Draft the newsletter", date(2027, 2, 1), ActionStatus.DONE),
    action("Cancel the lunch", date(2027, 2, 1), ActionStatus.DROPPED),
)
FULL = reading(*HISTORY, actions=ACTIONS, goals=[goal("Run a channel alone", due=date(2027, 3, 20))])


async def agenda(of: Reading, minutes: int = 60, limit: int = 5, focus: str | None = None) -> Draft:
    ask = AgendaAsk(PAIRING_ID, minutes, limit, focus)
    brief = await agenda_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)
    return await OfflineDrafter().draft(brief)


def sections(items: Iterable[Item]) -> list[str | None]:
    return [item.section for item in items]


def only(items: Iterable[Item], section: str) -> Item:
    (found,) = [item for item in items if item.section == section]
    return found


async def test_an_overdue_action_that_a_note_tells_as_done_is_shown_with_that_note() -> None:
    told = note("I booked the studio for Friday.", held="2027-03-08", note_id="booked")
    draft = await agenda(reading(*HISTORY, told, actions=ACTIONS))
    actions = only(draft.items, "actions")
    assert "“Book a studio”" in actions.text
    assert "close it if that settles it" in str(actions.detail)
    assert told.id in [citation.note_id for citation in actions.citations]
    assert "close it" not in str(only((await agenda(FULL)).items, "actions").detail)


async def test_what_was_asked_for_is_on_the_agenda_although_no_note_speaks_of_it() -> None:
    draft = await agenda(FULL, focus="blockchain")
    (asked,) = [item for item in draft.items if item.text == "blockchain"]
    assert asked.citations == ()
    assert asked.detail == "You asked for it; I find nothing on it in the notes you may read."
    assert only(draft.items, "focus").citations


async def test_the_items_follow_the_order_of_a_session() -> None:
    draft = await agenda(FULL)
    assert sections(draft.items) == list(SECTIONS)
    assert draft.drafted_by.engine is Engine.OFFLINE
    assert draft.drafted_by.model is None
    assert draft.warnings == ()


@pytest.mark.parametrize("limit", range(1, 11))
@pytest.mark.parametrize("of", [FULL, reading()], ids=["full", "empty"])
async def test_no_more_items_than_asked_for_and_the_minutes_add_up(of: Reading, limit: int) -> None:
    draft = await agenda(of, 45, limit)
    assert 1 <= len(draft.items) <= limit
    assert sum(item.minutes or 0 for item in draft.items) == 45
    assert all((item.minutes or 0) >= 1 for item in draft.items)
    assert sections(draft.items).count("focus") <= 1


@pytest.mark.parametrize("minutes", [1, 2, 7, 60, 240])
async def test_the_minutes_add_up_however_few_there_are(minutes: int) -> None:
    draft = await agenda(FULL, minutes, 10)
    assert sum(item.minutes or 0 for item in draft.items) == minutes
    assert all((item.minutes or 0) >= 1 for item in draft.items)


async def test_overdue_actions_come_up_first_and_none_that_is_closed() -> None:
    last = only((await agenda(FULL, limit=1)).items, "actions")
    assert last.text == "Last actions, overdue: “Book a studio” and “Send the handbook”"
    assert last.detail is not None
    assert "“Book a studio”: you, due 20 February 2027, 18 days overdue" in last.detail
    assert "“Send the handbook”: Ingrid, due 1 March 2027, 9 days overdue" in last.detail
    told = " ".join(f"{item.text} {item.detail}" for item in (await agenda(FULL, limit=10)).items)
    assert "Draft the newsletter" not in told
    assert "Cancel the lunch" not in told


async def test_open_actions_are_reviewed_when_none_is_overdue() -> None:
    of = reading(
        *HISTORY, actions=[action("Order the camera", date(2027, 4, 1)), action("Think", owner=None)]
    )
    last = only((await agenda(of)).items, "actions")
    assert last.text == "Last actions: “Order the camera” and “Think”"
    assert last.detail == (
        "“Order the camera”: Ingrid, due 1 April 2027; “Think”: someone, no date yet. "
        "Promised, and on no list yet: You wrote on 1 February 2027, "
        "“She promised to introduce me to the whole board”."
    )


async def test_promises_are_reviewed_although_no_action_stands_for_them() -> None:
    last = only((await agenda(reading(*HISTORY, actions=ACTIONS[3:]))).items, "actions")
    assert last.text == "Last actions: what was promised and is on no list yet"
    assert [citation.note_id for citation in last.citations] == ["promise"]


async def test_without_open_actions_and_promises_there_is_nothing_to_review() -> None:
    kept = [told for told in HISTORY if told.id != "promise"]
    assert "actions" not in sections((await agenda(reading(*kept, actions=ACTIONS[3:]))).items)


async def test_what_has_no_place_of_its_own_comes_together_at_the_end() -> None:
    whole = (await agenda(FULL, limit=10)).items
    topics = [item for item in whole if item.section in ("focus", "discussion")]
    parked = (await agenda(FULL, limit=6)).items[-2]
    assert parked.text.startswith("If time allows: ")
    assert set(parked.citations) == {cited for topic in topics[2:] for cited in topic.citations}
    assert all(topic.text in parked.text for topic in topics[2:])


QUOTED = re.compile(r"“([^“”]*)”")


@pytest.mark.parametrize("reader", [MAYA, INGRID])
async def test_every_quoted_word_stands_in_a_cited_excerpt_or_is_a_title(reader: Participant) -> None:
    of = replace(FULL, reader=reader)
    titles = {a.title for a in of.actions} | {g.title for g in of.goals}
    quoted = 0
    for item in (await agenda(of, limit=10, focus="podcast")).items:
        for words in QUOTED.findall(f"{item.text} {item.detail or ''}"):
            quoted += 1
            assert words in titles or any(words in cited.text for cited in item.citations)
    assert quoted >= 8


@given(st.lists(st.sampled_from([n.text for n in HISTORY]), min_size=1, max_size=4))
async def test_every_citation_is_exact(texts: list[str]) -> None:
    written = [note(text, held=f"2027-02-{at + 1:02}") for at, text in enumerate(texts)]
    by_id = {n.id: n for n in written}
    for item in (await agenda(reading(*written), limit=10)).items:
        for cited in item.citations:
            assert by_id[cited.note_id].text[cited.start : cited.end] == cited.text


async def test_the_focus_is_the_weightiest_point_that_cites_a_note() -> None:
    focus = only((await agenda(FULL)).items, "focus")
    assert focus.text == "Come back to what was put off: “We ran out of time for the podcast demo”"
    assert focus.detail == "Ingrid wrote it on 4 March 2027, and I find no later note that says it was done."
    assert [cited.text for cited in focus.citations] == ["We ran out of time for the podcast demo."]


async def test_what_was_asked_for_is_the_focus() -> None:
    focus = only((await agenda(FULL, focus="dashboard")).items, "focus")
    assert focus.text == "dashboard"
    assert focus.detail is not None
    assert focus.detail.startswith("You asked for it; Ingrid wrote on 4 March 2027: “Who could show us")


async def test_a_wish_is_told_in_whole_sentences_to_whom_wrote_of_it() -> None:
    focus = only((await agenda(replace(FULL, reader=INGRID), focus="dashboard")).items, "focus")
    assert focus.detail is not None
    assert focus.detail.startswith("You asked for it; you wrote on 4 March 2027:")


@pytest.mark.parametrize(
    ("reader", "kind", "topic"),
    [
        (MAYA, PairingKind.REVERSE, "Protect the time for your sessions with Ingrid"),
        (INGRID, PairingKind.REVERSE, "Protect the time you gave to these sessions"),
        (MAYA, PairingKind.TRADITIONAL, "Protect the time for your sessions"),
        (INGRID, PairingKind.PEER, "Protect the time for your sessions"),
    ],
)
async def test_mentor_and_mentee_are_told_of_a_difficulty_in_their_own_role(
    reader: Participant, kind: PairingKind, topic: str
) -> None:
    cancelled = note("Ingrid cancelled the customer workshop on the same morning.")
    of = reading(cancelled, reader=reader, members=pairing(kind=kind))
    assert only((await agenda(of)).items, "focus").text == topic


SECRET = note("I did not dare to tell Ingrid about the boring slides.", visibility=Visibility.PRIVATE)


async def test_what_stands_on_a_private_note_says_so_to_its_author() -> None:
    focus = only((await agenda(reading(SECRET))).items, "focus")
    assert focus.detail is not None
    assert focus.detail.endswith("(This is from your private note: your partner can't see it.)")
    plain = only((await agenda(reading(replace(SECRET, visibility=Visibility.PAIR)))).items, "focus")
    assert plain.detail is not None
    assert "private" not in plain.detail


async def test_an_action_that_a_private_note_speaks_of_says_so_too() -> None:
    secret = note("I have not ordered the camera, I forgot.", visibility=Visibility.PRIVATE)
    last = only((await agenda(reading(secret, actions=[action("Order the camera")]))).items, "actions")
    assert [cited.note_id for cited in last.citations] == [secret.id]
    assert "private note" in (last.detail or "")


async def test_a_private_note_reaches_nobody_else() -> None:
    told = await agenda(reading(SECRET, reader=INGRID), limit=10)
    assert all("slides" not in f"{item.text} {item.detail}" for item in told.items)
    assert not any(item.citations for item in told.items)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (date(2027, 3, 20), "Due 20 March 2027, in 10 days. I find no note that speaks of it."),
        (date(2027, 3, 11), "Due 11 March 2027, in 1 day. I find no note that speaks of it."),
        (date(2027, 3, 10), "Due 10 March 2027, today. I find no note that speaks of it."),
        (date(2027, 3, 8), "Due 8 March 2027, 2 days ago. I find no note that speaks of it."),
    ],
)
async def test_a_goal_says_when_it_is_due(due: date, told: str) -> None:
    items = (await agenda(reading(goals=[goal("Run a channel", due=due)]))).items
    (topic,) = [item for item in items if item.text == "Take stock of the goal “Run a channel”"]
    assert topic.detail == told


async def test_without_notes_the_pair_agrees_how_to_work_and_is_told_why() -> None:
    draft = await agenda(reading())
    assert any(item.text.startswith("Agree how you work") for item in draft.items)
    assert only(draft.items, "check_in").text.startswith("Get to know each other")
    assert any("Not enough notes yet: 0 readable" in warning for warning in draft.warnings)
    assert not any(item.citations for item in draft.items)


async def test_a_single_note_is_said_to_be_little_to_stand_on_and_two_are_not() -> None:
    assert any("1 readable" in warning for warning in (await agenda(reading(HISTORY[0]))).warnings)
    assert (await agenda(reading(*HISTORY[:2]))).warnings == ()


async def test_the_check_in_picks_up_a_feeling_and_notices_a_long_gap() -> None:
    felt = [
        note("I felt nervous before the demo.", INGRID, held="2027-01-04"),
        note("Hm.", held="2027-01-04"),
    ]
    check_in = only((await agenda(reading(*felt))).items, "check_in")
    assert check_in.text.endswith("since 4 January 2027?")
    assert check_in.detail is not None
    assert check_in.detail.startswith(
        "Pick up what Ingrid wrote on 4 January 2027: “I felt nervous before the demo”."
    )
    assert "64 days ago" in check_in.detail
    assert [cited.text for cited in check_in.citations] == ["I felt nervous before the demo."]


async def test_the_same_brief_gives_the_same_agenda() -> None:
    assert await agenda(FULL) == await agenda(FULL)
