"""Whatever people write, what the offline coach drafts holds before verification."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.answers import answer_brief
from coach.advice.briefs import Brief
from coach.advice.feedback import FeedbackAsk, feedback_brief
from coach.advice.progress import ProgressAsk, progress_brief
from coach.advice.reading import Reading, read_pairing
from coach.advice.reflection import ReflectionAsk, reflection_brief
from coach.domain.notes import NoteKind
from coach.drafting.offline import OfflineDrafter
from coach.drafting.verify import verify
from tests.fakes import NOW, WordReader
from tests.unit.building import INGRID, MAYA, PAIRING_ID, action, goal, note, reading
from tests.unit.stores import reader_of, records_of, search_of
from tests.unit.texts import notes

TOLD = [
    "She said “we ran out of time” before the “podcast” demo.",
    "I felt “nervous, but glad” (really) in front of the board.",
    'Ingrid promised to "introduce me” to the whole board.',
    "We are not sure whether {laughs} customers read the {newsletter}.",
    "Why did the customer dashboard break?",
    "”Strange quotes“ made us cancel the board workshop.",
    "I learned that customers skip %s and {0} in the intro.",
    "Ingrid posted her first video on the\ncompany channel.",
]

written = st.lists(
    st.tuples(st.sampled_from(TOLD), notes, st.booleans(), st.booleans()), min_size=1, max_size=3
)


async def briefs(of: Reading, asked: str) -> list[Brief]:
    records, search, reader = records_of(of), await search_of(of), reader_of(of)
    agenda = AgendaAsk(PAIRING_ID, 60, 10, asked)
    feedback = FeedbackAsk(PAIRING_ID, asked, INGRID.id)
    return [
        await agenda_brief(records, search, reader, agenda, NOW),
        await reflection_brief(records, reader, ReflectionAsk(PAIRING_ID, None, 8), NOW),
        await progress_brief(records, search, reader, ProgressAsk(PAIRING_ID), NOW),
        await answer_brief(await read_pairing(records, reader, PAIRING_ID, NOW), search, WordReader(), asked),
        await feedback_brief(records, search, reader, feedback, NOW),
    ]


async def check(of: Reading, asked: str) -> int:
    """How many items were drafted; every one of them must hold."""
    readable, drafted = {n.id: n for n in of.notes}, 0
    for brief in await briefs(of, asked):
        draft = await OfflineDrafter().draft(brief)
        assert verify(draft.items, brief, readable) == (draft.items, ())
        drafted += len(draft.items)
    return drafted


@given(
    written, st.sampled_from(["“podcast” demo", "What did Ingrid post, a video?", "You said “no” on Friday."])
)
async def test_nothing_that_the_offline_coach_drafts_is_left_out(
    told: list[tuple[str, str, bool, bool]], asked: str
) -> None:
    made = [
        note(
            f"{text}\n{more}",
            MAYA if mine else INGRID,
            note_id=f"n{number}",
            kind=NoteKind.TRANSCRIPT if spoken else NoteKind.NOTE,
        )
        for number, (text, more, mine, spoken) in enumerate(told)
    ]
    of = reading(*made, goals=[goal("Say “yes” {more}")], actions=[action("Read “Deep Work” %d {0}")])
    assert await check(of, asked) >= 3


@pytest.mark.parametrize("text", TOLD)
async def test_each_of_these_sentences_is_quoted_as_it_stands(text: str) -> None:
    assert await check(reading(note(text)), "the podcast of the board") >= 3


@pytest.mark.parametrize("title", ["a “b” c", "“", "”", "{x}", "{", "%s", "x" * 400])
@pytest.mark.parametrize("make", [goal, action])
async def test_any_title_can_be_told(title: str, make: Callable[[str], object]) -> None:
    given_goals = [goal(title)] if make is goal else []
    of = reading(note(TOLD[0]), goals=given_goals, actions=[] if given_goals else [action(title)])
    assert await check(of, "the podcast") >= 3
