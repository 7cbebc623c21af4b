"""What a whole program has learned, without reading anyone's notes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coach.advice.briefs import LearningsBrief, Theme
from coach.advice.learnings import LearningsAsk, learnings_brief
from coach.domain.notes import Note, Visibility
from coach.domain.people import Participant
from coach.domain.suggestions import Draft
from coach.domain.visibility import Person
from coach.drafting.offline import OfflineDrafter
from coach.errors import NotFound
from tests.fakes import NOW
from tests.unit.building import INGRID, MAYA, OLGA, PROGRAM_ID, TOM, note, person, program
from tests.unit.stores import ProgramRecords

MENTORS = tuple(replace(MAYA, id=f"mentor {number}") for number in range(10))
PEOPLE = (MAYA, INGRID, OLGA, TOM, *MENTORS)
LEAST = 3


def told(text: str, pairing_number: int, visibility: Visibility = Visibility.PROGRAM, more: int = 0) -> Note:
    note_id, author = f"n{pairing_number}-{more}", MENTORS[pairing_number]
    return note(text, author, visibility=visibility, note_id=note_id, pairing_id=f"pairing {pairing_number}")


def by_pairings(text: str, pairings: int) -> list[Note]:
    return [told(text, number) for number in range(pairings)]


async def brief_of(
    notes: list[Note], reader: Participant = OLGA, ask: LearningsAsk | None = None
) -> LearningsBrief:
    records = ProgramRecords(program(min_group_size=LEAST), PEOPLE, notes)
    chosen = ask or LearningsAsk(PROGRAM_ID)
    return await learnings_brief(records.as_records(), await records.search(), Person(reader), chosen, NOW)


async def learnings(notes: list[Note]) -> Draft:
    return await OfflineDrafter().draft(await brief_of(notes))


SHARED = "I learned that customers love the podcast."


async def test_a_theme_that_enough_pairings_write_about_is_told_with_their_number() -> None:
    draft = await learnings(by_pairings(SHARED, LEAST))
    (item,) = draft.items
    assert item.pairings == LEAST
    assert item.text.endswith("3 of 3 pairings write about it")
    assert "podcast" in item.text.lower()
    assert item.detail == "3 pairings note something learned here."
    assert item.citations == ()
    assert draft.warnings == ()


async def test_a_theme_of_too_few_pairings_is_withheld_and_that_is_said() -> None:
    draft = await learnings(by_pairings(SHARED, LEAST - 1))
    assert draft.items == ()
    assert draft.warnings == (
        "Not enough pairings share a theme yet: at least 3 pairings must write about it in notes marked for "
        "the program.",
    )


async def test_pairings_are_counted_and_not_notes() -> None:
    notes = [told(SHARED, number, more=again) for number in range(LEAST - 1) for again in range(5)]
    assert (await learnings(notes)).items == ()


async def test_a_theme_of_one_writer_in_enough_pairings_is_withheld() -> None:
    notes = [replace(told(SHARED, number), author_id=MAYA.id) for number in range(LEAST)]
    assert (await learnings(notes)).items == ()


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.PAIR])
async def test_only_program_notes_count(visibility: Visibility) -> None:
    notes = [*by_pairings(SHARED, LEAST - 1), told(SHARED, 7, visibility)]
    assert (await learnings(notes)).items == ()


async def test_a_word_of_a_single_pairing_never_appears() -> None:
    notes = by_pairings(SHARED, LEAST)
    notes[0] = replace(notes[0], text="I learned that customers love the podcast about bankruptcy.")
    draft = await learnings(notes)
    assert draft.items
    assert all("bankruptcy" not in f"{item.text} {item.detail}".lower() for item in draft.items)


@pytest.mark.parametrize(
    "text",
    [
        "Ingrid likes podcasts.",
        "We used Ingrid's podcast.",
        "We used Ingrid’s podcast.",
        "An Ingrid-style podcast.",
        "INGRID likes podcasts.",
        "Halvorsen's podcast.",
    ],
)
async def test_nobodys_name_becomes_a_theme_in_any_form(text: str) -> None:
    items = (await learnings(by_pairings(text, LEAST))).items
    assert items
    for item in items:
        shown = f"{item.text} {item.detail}".lower()
        assert "ingrid" not in shown
        assert "halvorsen" not in shown


async def test_counts_below_the_group_size_are_withheld() -> None:
    notes = [*by_pairings("The podcast reaches customers.", LEAST), told(SHARED, 8), told(SHARED, 9)]
    (theme, *_) = (await brief_of(notes)).themes
    assert theme.pairings == LEAST + 2
    assert theme.learned is None
    assert theme.struggling is None


async def test_a_count_that_tells_a_withheld_one_by_subtraction_is_withheld_too() -> None:
    notes = [*by_pairings(SHARED, LEAST + 1), told("The podcast reaches customers.", 9)]
    (theme, *_) = (await brief_of(notes)).themes
    assert theme.pairings == LEAST + 2
    assert theme.learned is None


async def test_a_known_difficulty_that_enough_pairings_write_about_is_named_once() -> None:
    draft = await learnings(by_pairings("She cancelled the workshop again.", LEAST))
    (item,) = draft.items
    assert item.text == "Making time for sessions: 3 of 3 pairings write about it"
    assert "3 pairings note a difficulty or something put off here." in (item.detail or "")


async def test_a_lesson_that_enough_pairings_write_about_in_their_own_words_is_told_once() -> None:
    ways = (
        "She only got it when she did it herself.",
        "With my own thumb I learned more than from slides.",
        "He had the mouse this time and it stuck.",
    )
    (item,) = (await learnings([told(text, n) for n, text in enumerate(ways)])).items
    assert item.text == (
        "It sticks when the senior does it with their own hands, rather than being shown: "
        "3 of 3 pairings write about it"
    )
    assert (await learnings([told(text, n) for n, text in enumerate(ways[:2])])).items == ()


async def test_the_period_bounds_what_counts() -> None:
    later = LearningsAsk(PROGRAM_ID, since=datetime(2027, 3, 5, tzinfo=UTC))
    assert (await brief_of(by_pairings(SHARED, LEAST), ask=later)).themes == ()
    within = LearningsAsk(PROGRAM_ID, until=datetime(2027, 3, 5, tzinfo=UTC))
    assert (await brief_of(by_pairings(SHARED, LEAST), ask=within)).themes != ()


async def test_no_more_themes_than_asked_for_the_most_shared_first() -> None:
    notes = [*by_pairings(SHARED, 4), *(told("She cancelled the workshop.", n, more=1) for n in range(3))]
    every = (await brief_of(notes)).themes
    assert [theme.pairings for theme in every] == sorted((t.pairings for t in every), reverse=True)
    assert len(every) >= 2
    assert (await brief_of(notes, ask=LearningsAsk(PROGRAM_ID, limit=1))).themes == every[:1]


@pytest.mark.parametrize("reader", [MAYA, person("Otto Other", OLGA.role, program_id="another")])
async def test_only_the_programs_owner_reads_its_learnings(reader: Participant) -> None:
    with pytest.raises(NotFound):
        await brief_of(by_pairings(SHARED, LEAST), reader)


async def test_a_theme_is_worded_with_its_words_and_counts_alone() -> None:
    themes = (
        Theme(("podcast", "customers"), 5, learned=5, struggling=None),
        Theme(("calendar",), 3, None, 3, difficulty="time"),
    )
    brief = LearningsBrief(program(), OLGA, NOW, None, None, themes, pairings=8)
    first, second = (await OfflineDrafter().draft(brief)).items
    assert (first.text, first.detail) == (
        "Podcast and customers: 5 of 8 pairings write about it",
        "5 pairings note something learned here.",
    )
    assert (second.text, second.detail) == (
        "Making time for sessions: 3 of 8 pairings write about it",
        "Words that enough pairings share: calendar. 3 pairings note a difficulty or something put off here.",
    )
