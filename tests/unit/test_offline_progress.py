"""The offline coach's progress summaries and answers."""

from datetime import UTC, date, datetime

import pytest

from coach.advice.answers import answer_brief
from coach.advice.progress import ProgressAsk, progress_brief
from coach.advice.reading import Reading, read_pairing
from coach.domain.notes import Visibility
from coach.domain.suggestions import Draft, Item
from coach.domain.work import ActionStatus, GoalStatus
from coach.drafting.offline import OfflineDrafter
from coach.errors import Invalid
from tests.fakes import NOW, WordReader
from tests.unit.building import INGRID, MAYA, PAIRING_ID, action, goal, note, reading
from tests.unit.stores import reader_of, records_of, search_of

HISTORY = (
    note("Ingrid posted her first customer video.", held="2027-01-11"),
    note("I learned that the board never sees the shop numbers.", held="2027-02-08"),
    note("We ran out of time for the podcast demo. She promised to introduce me to the whole board.", INGRID),
)


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


async def progress(of: Reading, since: str | None = None, until: str | None = None) -> Draft:
    ask = ProgressAsk(PAIRING_ID, on(since) if since else None, on(until) if until else None)
    brief = await progress_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)
    return await OfflineDrafter().draft(brief)


def under(draft: Draft, section: str) -> list[Item]:
    return [item for item in draft.items if item.section == section]


async def test_what_was_done_learned_left_open_and_promised_stands_in_its_section() -> None:
    draft = await progress(reading(*HISTORY))
    assert [(item.section, item.text) for item in draft.items] == [
        ("done", "“Ingrid posted her first customer video”"),
        ("learned", "“I learned that the board never sees the shop numbers”"),
        ("open", "“We ran out of time for the podcast demo”"),
        ("next", "“She promised to introduce me to the whole board”"),
    ]
    assert all(item.text.strip("“”") in item.citations[0].text for item in draft.items)
    assert draft.items[0].detail == "You wrote on 11 January 2027."
    assert draft.items[2].detail == "Ingrid wrote on 4 March 2027."


async def test_what_was_denied_is_not_told_as_done() -> None:
    draft = await progress(reading(note("Ingrid has not posted her first customer video.")))
    assert under(draft, "done") == []


async def test_sections_come_in_their_order() -> None:
    of = reading(*HISTORY, goals=[goal("Run a channel")], actions=[action("Send the handbook")])
    sections = [item.section or "" for item in (await progress(of)).items]
    assert sections == sorted(sections, key=["goals", "done", "learned", "open", "next"].index)
    assert set(sections) == {"goals", "done", "learned", "open", "next"}


async def test_actions_are_told_by_their_state() -> None:
    actions = [
        action("Send the handbook", date(2027, 3, 1)),
        action("Book a studio", date(2027, 4, 1), owner=MAYA),
        action("Order a camera", status=ActionStatus.DONE),
        action("Buy a drone", status=ActionStatus.DROPPED),
    ]
    draft = await progress(reading(actions=actions))
    assert [item.text for item in under(draft, "done")] == ["Done: “Order a camera”"]
    (late,) = under(draft, "open")
    assert late.text == "Still open: “Send the handbook”"
    assert late.detail == "“Send the handbook”: Ingrid, due 1 March 2027, 9 days overdue."
    assert [item.detail for item in under(draft, "next")] == ["“Book a studio”: you, due 1 April 2027."]
    assert not any("drone" in item.text for item in draft.items)


async def test_goals_are_told_with_their_state_rating_and_gaps() -> None:
    goals = [
        goal("Run a channel", date(2027, 3, 1), attainment=1, owner=INGRID, measure="one post a week"),
        goal("Host a workshop", status=GoalStatus.ACHIEVED, attainment=-1),
        goal("Read a book", status=GoalStatus.DROPPED),
    ]
    first, second = under(await progress(reading(goals=goals)), "goals")
    assert first.text == (
        "“Run a channel”: open, due 1 March 2027, 9 days late, rated +1 on a scale from -2 to +2"
    )
    assert first.detail is not None
    assert "T = 50" in first.detail
    assert "It still lacks" not in first.detail
    assert second.text == "“Host a workshop”: achieved, rated -1 on a scale from -2 to +2"


async def test_a_goal_without_measure_date_or_owner_is_said_to_lack_them() -> None:
    (told,) = under(await progress(reading(goals=[goal("Run a channel")])), "goals")
    assert told.text == "“Run a channel”: open, not rated yet"
    assert told.detail == "I find no note that speaks of it. It still lacks a measure, a date and an owner."


async def test_a_goal_cites_the_latest_word_on_it() -> None:
    of = reading(*HISTORY, goals=[goal("Post a customer video")])
    (told,) = under(await progress(of), "goals")
    assert told.detail is not None
    assert told.detail.startswith("You wrote on 11 January 2027: “Ingrid posted her first customer video”.")
    assert told.citations[0].note_id == HISTORY[0].id


async def test_only_the_period_that_was_asked_for_is_told() -> None:
    draft = await progress(reading(*HISTORY), "2027-02-01", "2027-02-28")
    assert [item.section for item in draft.items] == ["learned"]


async def test_a_period_with_nothing_in_it_is_said_to_be_empty() -> None:
    draft = await progress(reading(*HISTORY), "2026-01-01", "2026-02-01")
    assert draft.items == ()
    assert draft.warnings == ("No note or closed action falls into this period.",)


async def test_a_period_in_which_something_was_put_off_is_not_said_to_be_empty() -> None:
    draft = await progress(reading(*HISTORY), "2027-03-01", "2027-03-09")
    assert [item.section for item in draft.items] == ["open", "next"]
    assert not any("No note" in warning for warning in draft.warnings)


async def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Invalid):
        await progress(reading(*HISTORY), "2027-03-01", "2027-02-01")


async def test_without_notes_there_is_a_warning() -> None:
    assert any("0 readable" in warning for warning in (await progress(reading())).warnings)


async def answer(of: Reading, question: str) -> Draft:
    read = await read_pairing(records_of(of), reader_of(of), PAIRING_ID, NOW)
    brief = await answer_brief(read, await search_of(of), WordReader(), question)
    return await OfflineDrafter().draft(brief)


async def test_an_answer_is_a_sentence_of_the_notes_with_its_citation() -> None:
    draft = await answer(reading(*HISTORY), "What did Ingrid post, a customer video?")
    assert [item.text for item in draft.items] == ["“Ingrid posted her first customer video”"]
    assert [cited.text for cited in draft.items[0].citations] == [HISTORY[0].text]
    assert draft.items[0].detail == "You wrote on 11 January 2027."
    assert draft.warnings == ()


@pytest.mark.parametrize("question", ["What is the capital of Peru?", "How much did the robot cost?", "?"])
async def test_a_question_that_the_notes_do_not_answer_gets_no_item_and_a_warning(question: str) -> None:
    draft = await answer(reading(*HISTORY), question)
    assert draft.items == ()
    assert draft.warnings == ("I find no answer to this in the notes you may read.",)


async def test_a_partners_private_note_answers_nothing() -> None:
    secret = note("Ingrid posted her first customer video.", MAYA, visibility=Visibility.PRIVATE)
    assert (await answer(reading(secret), "What did Ingrid post, a customer video?")).items
    assert (
        await answer(reading(secret, reader=INGRID), "What did Ingrid post, a customer video?")
    ).items == ()


async def test_an_answer_wrapped_by_hand_is_told_whole() -> None:
    wrapped = note(
        "Ingrid posted her first customer video on the company channel and\n"
        "then asked the whole team to watch it together over lunch in the\n"
        "garden on Friday."
    )
    draft = await answer(reading(wrapped), "What did Ingrid post on the channel, a customer video?")
    assert draft.items[0].text.endswith("garden on Friday”")
