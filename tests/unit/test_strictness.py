"""Not for the commit: what looks wrong in the code, each as a test that fails."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.briefs import AnswerBrief
from coach.domain.suggestions import Item
from coach.drafting.bearing import objections
from coach.drafting.cast import Cast
from coach.drafting.copying import Copy, copied
from coach.drafting.objections import Objection, Reason
from coach.drafting.pumping import pumped
from coach.drafting.shapes import Line
from coach.drafting.verifier import StatementVerifier
from coach.language.facts import facts
from tests.fakes import NOW, WordStatements
from tests.unit.building import PAIRING_ID, action, note, reading
from tests.unit.claiming import MAYA, claim
from tests.unit.stores import reader_of, records_of, search_of
from tests.unit.test_composing import drafted


# 1 ValueError out of facts(), so a 500
@pytest.mark.parametrize(
    "text",
    ["on 10.03.2027", "steps 1,2,3", "1,000.50 euros", "1.000,50", "v1.2.3", "192.168.0.1", "½ an hour"],
)
def test_every_figure_can_be_read(text: str) -> None:
    assert facts(text, "en").numbers


async def test_a_line_with_a_date_in_figures_is_judged() -> None:
    of = reading(note("We met on 10.03.2027 and ran out of time."))
    brief = AnswerBrief(of, "When?", of.sentences, ())
    item = Item("We ran out of time.", citations=brief.evidence)
    assert await StatementVerifier(WordStatements()).objection(item, brief) is None


# 2
@pytest.mark.parametrize(("text", "number"), [("twenty-one", 21), ("thirty-one", 31), ("twenty-first", 21)])
def test_number_words_joined_with_one(text: str, number: float) -> None:
    assert facts(text, "en").numbers == {number}


# 3 the day of the note (4 March) bears any other 4 out
def test_the_day_of_a_note_is_no_count() -> None:
    assert Reason.NUMBER in [
        o.reason for o in objections(claim("Ingrid asked four questions", "Ingrid asked three questions."))
    ]


# 4 a sentence out of the middle of a passage
@pytest.mark.parametrize(
    "around",
    ["Ingrid said no. {}", "{} Not again!", "Then I met all. {}", "I felt nervous before. {} We met."],
)
def test_a_whole_sentence_of_a_passage_is_a_clean_copy(around: str) -> None:
    own = "We ran out of time for the demo."
    assert copied(claim(own, around.format(own))) is Copy.CLEAN


# 5 a stranger in a member's place, where a sentence begins
def test_a_strangers_name_in_a_members_place_is_objected_to() -> None:
    false = claim(
        "Sandra promised to send the podcast list.", "Ingrid promised to send the podcast list to Tom."
    )
    assert list(objections(false)) or isinstance(copied(false), Objection)


# 6 irregular verbs
@pytest.mark.parametrize(
    ("title", "said"),
    [("Send the handbook", "Ingrid sent the handbook."), ("Write the post", "Ingrid wrote the post.")],
)
async def test_an_open_action_is_not_told_as_done_with_an_irregular_verb(title: str, said: str) -> None:
    of = reading(note(said), actions=[action(title)])
    brief = AnswerBrief(of, "What?", of.sentences, ())
    found = await StatementVerifier(WordStatements()).objection(Item(said, citations=brief.evidence), brief)
    assert found == Objection(Reason.RECORDS)


# 8 true lines that are objected to
@pytest.mark.parametrize(
    ("true", "wrote", "to"),
    [
        ("You ran out of time for the demo", "We ran out of time for the demo.", MAYA),
        ("Maya and Ingrid ran out of time for the demo", "We ran out of time for the demo.", None),
        ("You showed her the dashboard", "I showed Ingrid the dashboard.", MAYA),
        ("You showed the dashboard", "I showed Ingrid the dashboard.", MAYA),
    ],
)
def test_a_true_line_is_not_objected_to(true: str, wrote: str, to: str | None) -> None:
    told = claim(true, wrote, to=to)
    assert (list(objections(told)), isinstance(copied(told), Copy)) == ([], True)


# 9 German: "habe" and "hast" are no small words, and Snowball does not join them
def test_in_german_you_have_is_i_have() -> None:
    told = claim(
        "Du hast Ingrid das Dashboard gezeigt.",
        "Ich habe Ingrid das Dashboard gezeigt.",
        to=MAYA,
        language="de",
    )
    assert copied(told) is Copy.CLEAN


# 10
@pytest.mark.parametrize(
    ("name", "called"),
    [("Dr Ingrid Halvorsen", "Ingrid Halvorsen"), ("Maya Chidi Okafor", "Maya Okafor")],
)
def test_a_member_without_a_title_or_a_middle_name_is_one_person(name: str, called: str) -> None:
    assert Cast([name]).told(f"Then {called} came") == "Then alice came"


# 12 Python 3.11's wait_for, which langchain-openai reads by, swallows a cancellation when a chunk is ready
async def test_a_source_that_has_more_ready_is_left_at_once() -> None:
    async def ready() -> AsyncGenerator[int]:
        for at in range(1000):
            yield at
        await asyncio.Event().wait()

    async def waited_for() -> AsyncGenerator[int]:
        numbers = ready()
        while True:
            yield await asyncio.wait_for(anext(numbers), 60)

    async def read() -> None:
        async with pumped(waited_for()) as numbers:
            async for _ in numbers:
                break

    _, late = await asyncio.wait({asyncio.create_task(read())}, timeout=2)
    for task in late:
        task.cancel()
    assert not late


# 13 `suppress(CancelledError)` in pumped takes the reader's own cancellation, too
async def test_a_reader_that_is_cancelled_while_it_leaves_is_cancelled() -> None:
    leaving, go = asyncio.Event(), asyncio.Event()

    async def slow_to_end() -> AsyncGenerator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            leaving.set()
            await go.wait()

    async def read() -> None:
        async with pumped(slow_to_end()) as numbers:
            async for _ in numbers:
                await asyncio.sleep(0)
                break

    reading_ = asyncio.create_task(read())
    await leaving.wait()
    reading_.cancel()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await reading_


# 14 every line held, but the records tell it already: the reader is told that nothing held
async def test_a_line_that_the_records_tell_already_is_not_said_to_stand_on_nothing() -> None:
    of = reading(
        note("Ingrid will send the handbook. We ran out of time for the demo."),
        actions=[action("Send the handbook")],
    )
    ask = AgendaAsk(PAIRING_ID, 60, 5)
    brief = await agenda_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)
    (key,) = [f"E{n}" for n, e in enumerate(brief.evidence, start=1) if "handbook" in e.text]
    held = Line(text="The handbook", detail="Ingrid will send the handbook.", section="focus", evidence=[key])
    assert "nothing in its answer stood on the evidence" not in " ".join(
        (await drafted(brief, held)).warnings
    )
