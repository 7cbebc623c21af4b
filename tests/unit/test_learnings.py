"""What a whole program has learned, without reading anyone's notes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from coach.advice.briefs import LearningsBrief, Theme
from coach.advice.learnings import LearningsAsk, hold, learnings_brief, next_release
from coach.advice.searching import Searching
from coach.domain.notes import Note, Visibility
from coach.domain.pairings import Pairing
from coach.domain.people import Participant
from coach.domain.suggestions import Draft
from coach.domain.visibility import Person
from coach.drafting.offline import OfflineDrafter
from coach.errors import NotFound
from tests.fakes import NOW
from tests.unit.building import INGRID, MAYA, OLGA, PROGRAM_ID, TOM, note, pairing, person, program
from tests.unit.stores import ProgramRecords

MENTORS = tuple(replace(MAYA, id=f"mentor {number}") for number in range(10))
PEOPLE = (MAYA, INGRID, OLGA, TOM, *MENTORS)
LEAST = 3
PERIOD = 28
EVERYTHING = LearningsAsk(PROGRAM_ID)


def told(text: str, pairing_number: int, visibility: Visibility = Visibility.PROGRAM, more: int = 0) -> Note:
    note_id, author = f"n{pairing_number}-{more}", MENTORS[pairing_number]
    return note(text, author, visibility=visibility, note_id=note_id, pairing_id=f"pairing {pairing_number}")


def by_pairings(text: str, pairings: int) -> list[Note]:
    return [told(text, number) for number in range(pairings)]


def records_with(
    notes: list[Note], people: Sequence[Participant] = PEOPLE, pairings: Sequence[Pairing] = ()
) -> ProgramRecords:
    return ProgramRecords(program(min_group_size=LEAST), people, notes, pairings)


async def told_by(
    records: ProgramRecords,
    ask: LearningsAsk = EVERYTHING,
    reader: Participant = OLGA,
    days: float = 0,
) -> LearningsBrief:
    """What is told some days after NOW, from a new release where one is due."""
    held, actor, now = records.as_records(), Person(reader), NOW + timedelta(days=days)
    search = Searching(await records.search())
    made = await next_release(held, search, actor, ask, now, timedelta(days=PERIOD))
    assert made is None or await hold(held, made)
    return await learnings_brief(held, actor, ask, now)


async def brief_of(notes: list[Note], reader: Participant = OLGA) -> LearningsBrief:
    return await told_by(records_with(notes), reader=reader)


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
        "the program. They are looked at again some days later, once 3 pairings have written or changed "
        "some.",
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


async def test_a_release_is_held_for_its_period_whatever_happens_meanwhile() -> None:
    records = records_with(by_pairings(SHARED, 4))
    before = await told_by(records)
    for notes in (by_pairings(SHARED, 9), by_pairings(SHARED, 1), by_pairings("We met.", 9), []):
        records.has([replace(n, updated_at=NOW) for n in notes])
        assert (await told_by(records, days=PERIOD - 1)).themes == before.themes


async def test_the_next_release_waits_until_enough_pairings_moved() -> None:
    records = records_with(by_pairings(SHARED, 4))
    await told_by(records)
    records.has([*by_pairings(SHARED, 6)])
    assert [t.pairings for t in (await told_by(records, days=PERIOD)).themes] == [4]
    records.has([*by_pairings(SHARED, 7)])
    assert [t.pairings for t in (await told_by(records, days=PERIOD)).themes] == [7]


async def test_a_look_that_found_nothing_is_not_repeated_for_the_next_note() -> None:
    records = records_with([*by_pairings(SHARED, 2), told("We met.", 9)])
    assert (await told_by(records)).themes == ()
    records.has([*by_pairings(SHARED, 3), told("We met.", 9)])
    assert (await told_by(records, days=PERIOD)).themes == ()
    records.has([*by_pairings(SHARED, 5), told("We met.", 9)])
    assert (await told_by(records, days=1)).themes == ()
    assert [t.pairings for t in (await told_by(records, days=PERIOD / 4)).themes] == [3]


async def test_a_theme_goes_when_nobody_carries_it_any_more() -> None:
    records = records_with(by_pairings(SHARED, 5))
    (before,) = (await told_by(records)).themes
    others = [told("We met.", n, more=1) for n in range(5)]
    records.has([*by_pairings(SHARED, 1), *others])
    assert before in (await told_by(records, days=PERIOD)).themes
    records.has([replace(n, updated_at=NOW) for n in others])
    after = await told_by(records, days=2 * PERIOD)
    assert before.id not in {theme.id for theme in after.themes}


async def test_until_chooses_a_release_and_since_what_changed_after_it() -> None:
    records = records_with(by_pairings(SHARED, 3))
    (podcast,) = (await told_by(records)).themes
    records.has([*by_pairings(SHARED, 3), *(told("The firewall annoys.", n) for n in range(3, 7))])
    later = await told_by(records, days=PERIOD)
    assert len(later.themes) == 2

    def ask(since: int | None = None, until: int | None = None) -> LearningsAsk:
        begin, end = (None if day is None else NOW + timedelta(days=day) for day in (since, until))
        return LearningsAsk(PROGRAM_ID, begin, end)

    assert (await told_by(records, ask(until=PERIOD - 1), days=PERIOD)).themes == (podcast,)
    new = await told_by(records, ask(since=1), days=PERIOD)
    assert [theme.words for theme in new.themes if theme.id in new.chosen] == [("annoys", "firewall")]
    for asked, said in (
        (ask(since=PERIOD + 1), "Nothing else was told"),
        (ask(until=-1), "Nothing was told of the program’s themes until then"),
    ):
        nothing = await OfflineDrafter().draft(await told_by(records, asked, days=PERIOD))
        assert nothing.items == ()
        assert nothing.warnings[0].startswith(said)


async def test_what_a_department_alone_writes_about_does_not_name_it() -> None:
    staff = [replace(person, department="Foundry") for person in MENTORS[:4]]
    people = (*(p for p in PEOPLE if p not in MENTORS[:4]), *staff)
    pairs = [pairing([p], [], pairing_id=f"pairing {n}") for n, p in enumerate([*staff, *MENTORS[4:]])]
    text = "The foundry loves the podcast."
    within = await told_by(records_with(by_pairings(text, 6), people, pairs))
    assert ["foundry" in theme.words for theme in within.themes] == [False]
    beyond = await told_by(records_with(by_pairings(text, 7), people, pairs))
    assert ["foundry" in theme.words for theme in beyond.themes] == [True]


@pytest.mark.parametrize("dated", ["tuesdays", "q3", "january", "2027-03-04"])
async def test_no_day_or_number_is_told(dated: str) -> None:
    (theme,) = (await brief_of(by_pairings(f"The podcast on {dated} reaches customers.", LEAST))).themes
    assert dated not in theme.words


async def test_no_more_themes_than_asked_for_the_most_shared_first() -> None:
    notes = [*by_pairings(SHARED, 4), *(told("She cancelled the workshop.", n, more=1) for n in range(3))]
    records = records_with(notes)
    every = (await told_by(records)).chosen
    assert len(every) >= 2
    assert (await told_by(records, LearningsAsk(PROGRAM_ID, limit=1))).chosen == every[:1]


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
