"""A model's lines, read and verified, made one draft with the offline coach's."""

import json
from dataclasses import replace
from itertools import repeat

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    Parts,
    ProgressBrief,
    ReflectionBrief,
    Theme,
    TrackedAction,
)
from coach.advice.reading import Reading
from coach.domain.notes import Visibility
from coach.domain.suggestions import Draft, Engine, Item
from coach.drafting.offline import OfflineDrafter
from coach.drafting.shapes import Line
from tests.drafting import drafter_on
from tests.fakes import NOW
from tests.unit.building import INGRID, OLGA, PAIRING_ID, action, note, program, reading
from tests.unit.stores import reader_of, records_of, search_of

READ = reading(
    note("We ran out of time for the podcast demo. Who could show us the dashboard?"),
    actions=[action("Send the handbook")],
)
DEMO, DASHBOARD = READ.sentences
REFLECTION = ReflectionBrief(READ, None, 2, READ.sentences)
ANSWER = AnswerBrief(READ, "What did we run out of time for?", (DEMO,), (DASHBOARD,))
NO_PARTS = Parts(None, None, None, None)
FEEDBACK = FeedbackBrief(READ, "You called Tom on Friday.", INGRID, True, None, NO_PARTS, (DEMO,))
PROGRESS = ProgressBrief(
    READ, None, None, (), (), (TrackedAction(READ.actions[0], ()),), (), (), (DEMO,), (DASHBOARD,)
)
THEMES = (Theme(("podcasts",), 4, None, None), Theme(("dashboards",), 3, None, None))
LEARNINGS = LearningsBrief(program(), OLGA, NOW, None, None, THEMES, pairings=5)


async def agenda(of: Reading = READ) -> AgendaBrief:
    ask = AgendaAsk(PAIRING_ID, 60, 5)
    return await agenda_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)


NOT_FOUND = ("I find no answer to this in the notes you may read.",)


async def drafted(brief: Brief, *lines: Line) -> Draft:
    """What is made of a model's lines, when it says the same again where it is asked to mend some."""
    model = GenericFakeChatModel(
        messages=repeat(AIMessage(json.dumps({"items": [dict(line) for line in lines]})))
    )
    (draft,) = [given async for given in drafter_on(model).drafting(brief) if isinstance(given, Draft)]
    return draft


async def read(brief: Brief, *lines: Line) -> tuple[Item, ...]:
    return (await drafted(brief, *lines)).items


async def own(brief: Brief, *lines: Line) -> list[Item]:
    """Of what is read the items that are the model's."""
    said = {line.text for line in lines}
    return [item for item in await read(brief, *lines) if item.text in said]


async def warned(brief: Brief, *lines: Line) -> tuple[str, ...]:
    return (await drafted(brief, *lines)).warnings


HELD = Line(text="Time ran out for the podcast demo", evidence=["E1"])


async def test_a_line_that_names_given_evidence_cites_it() -> None:
    assert await read(ANSWER, HELD) == (Item(HELD.text, citations=(DEMO.excerpt,)),)
    assert await warned(ANSWER, HELD) == ()


async def test_evidence_that_was_not_given_is_not_cited_and_none_is_cited_twice() -> None:
    (item,) = await read(ANSWER, Line(text=HELD.text, evidence=["E9", "E1", "e1", "", "E1", "E2"]))
    assert item.citations == (DEMO.excerpt, DASHBOARD.excerpt)


@pytest.mark.parametrize("evidence", [[], ["E9"], ["1"], ["E1 "]])
async def test_a_line_that_names_no_given_evidence_is_dropped_and_that_is_said(evidence: list[str]) -> None:
    uncited = Line(text=HELD.text, evidence=evidence)
    assert [item.text for item in await read(ANSWER, uncited, HELD)] == [HELD.text]
    assert len((await read(ANSWER, uncited, HELD))[0].citations) == 1
    assert "1 of the model's lines" in (await warned(ANSWER, uncited, HELD))[0]


@pytest.mark.parametrize(
    "brief", [ANSWER, REFLECTION, FEEDBACK, PROGRESS, LEARNINGS], ids=lambda b: str(b.kind)
)
@pytest.mark.parametrize(
    "lines", [[Line(text="Out of thin air", evidence=["E9"])], []], ids=["false", "none"]
)
async def test_when_no_line_holds_the_offline_coach_answers(brief: Brief, lines: list[Line]) -> None:
    if isinstance(brief, AnswerBrief) and not lines:
        pytest.skip("no answer is an answer")
    draft, offline = await drafted(brief, *lines), await OfflineDrafter().draft(brief)
    assert (draft.items, draft.drafted_by) == (offline.items, offline.drafted_by)
    assert "was not used" in draft.warnings[0]


@pytest.mark.parametrize("question", ["What is the capital of Peru?", ANSWER.question])
async def test_to_a_question_no_answer_is_an_answer_and_is_said(question: str) -> None:
    draft = await drafted(replace(ANSWER, question=question))
    assert (draft.items, draft.warnings) == ((), NOT_FOUND)
    assert draft.drafted_by.engine is Engine.LLM


@pytest.mark.parametrize("section", [None, "", "focus", "GENTLE", "what "])
async def test_a_line_in_a_section_that_the_kind_does_not_have_is_dropped(section: str | None) -> None:
    good = Line(text="What did you notice then?", section="what", evidence=["E1"])
    wrong = Line(text="What did you hear then?", section=section, evidence=["E1"])
    assert [item.text for item in await own(REFLECTION, wrong, good)] == [good.text]
    assert await warned(REFLECTION, wrong, good)


def question(text: str, section: str = "what") -> Line:
    return Line(text=text, section=section, evidence=["E1"])


@pytest.mark.parametrize(
    "text", ["Why did you stop?", "Did you stop?", "What should you do?", f"What {'word ' * 25}?", "What now"]
)
async def test_a_question_that_breaks_a_rule_is_dropped(text: str) -> None:
    kept = await own(REFLECTION, question(text), question("What did you notice?"))
    assert [item.text for item in kept] == ["What did you notice?"]


async def test_the_commitment_question_says_will_and_not_would() -> None:
    would, will = (question(f"What {word} you do about the demo?", "now_what") for word in ("would", "will"))
    assert [item.text for item in await own(REFLECTION, would, will)] == [will.text]


async def test_no_more_questions_than_asked_for_and_of_one_section_no_more_than_leave_room() -> None:
    many = [question(f"What did you notice about {what}?") for what in ("it", "time", "the demo")]
    for limit, kept in ((2, 1), (4, 2), (5, 3)):
        asked = replace(REFLECTION, limit=limit)
        assert [item.text for item in await own(asked, *many)] == [line.text for line in many[:kept]]
        assert len(await read(asked, *many)) <= limit


WHOLE = {"situation": "on Friday", "behaviour": "You called Tom", "impact": None, "request": None}


def phrasing(text: str, **parts: str | None) -> Line:
    return Line(text=text, section="direct", parts={**WHOLE, **parts})


async def test_feedback_from_the_drafts_own_words_is_kept_with_its_parts() -> None:
    (item,) = await own(
        FEEDBACK, phrasing("On Friday you called Tom. [what it did to you]. How do you see it?")
    )
    assert item.parts == WHOLE
    assert item.citations == ()


@pytest.mark.parametrize(
    "invented",
    [
        {"situation": "in the budget review with the auditors"},
        {"behaviour": "You shouted at everybody in the workshop"},
        {"impact": "the customers left for our competitor"},
        {"request": "read a book on listening"},
    ],
)
async def test_feedback_with_an_invented_part_is_dropped(invented: dict[str, str | None]) -> None:
    good = phrasing("On Friday you called Tom. How do you see it?")
    assert await read(FEEDBACK, phrasing("On Friday you called Tom.", **invented), good) == await read(
        FEEDBACK, good
    )


async def test_feedback_whose_text_invents_what_its_parts_leave_out_is_dropped() -> None:
    good = phrasing("On Friday you called Tom. How do you see it?")
    bare: dict[str, str | None] = dict.fromkeys(WHOLE)
    invented = phrasing("In the budget review you shouted at the auditors. How do you see it?", **bare)
    assert await read(FEEDBACK, invented, good) == await read(FEEDBACK, good)


async def test_a_part_may_stand_on_the_evidence_that_the_line_cites() -> None:
    line = phrasing("We ran out of time.", behaviour="ran out of time for the podcast demo")
    good = phrasing("On Friday you called Tom. How do you see it?")
    assert await read(FEEDBACK, line, good) == await read(FEEDBACK, good)
    cited = line.model_copy(update={"evidence": ["E1"]})
    assert [item.text for item in await own(FEEDBACK, cited)] == [line.text]


@pytest.mark.parametrize("text", ["You are rude when you call Tom.", "You always call Tom."])
async def test_feedback_that_judges_or_generalises_is_dropped(text: str) -> None:
    good = phrasing("On Friday you called Tom. How do you see it?")
    assert await read(FEEDBACK, phrasing(text), good) == await read(FEEDBACK, good)


async def test_a_learning_takes_its_number_from_its_theme_and_not_from_the_model() -> None:
    lines = [
        Line(text="Pairings write about podcasts", theme="T1"),
        Line(text="Many talk about dashboards", theme="T2"),
    ]
    assert [(item.text, item.pairings) for item in await read(LEARNINGS, *lines)] == [
        ("Pairings write about podcasts", 4),
        ("Many talk about dashboards", 3),
    ]


@pytest.mark.parametrize("theme", [None, "", "T3", "E1"])
async def test_a_learning_without_a_given_theme_is_dropped(theme: str | None) -> None:
    good = Line(text="Pairings write about podcasts", theme="T1")
    assert await read(LEARNINGS, Line(text="Robots", theme=theme), good) == await read(LEARNINGS, good)


def topic(text: str, section: str = "discussion") -> Line:
    return Line(text=text, detail="It was put off.", section=section, evidence=["E1"])


async def test_a_models_topics_stand_between_what_the_records_say() -> None:
    items = await read(await agenda(), topic("The podcast demo", "focus"), topic("Time for the podcast"))
    assert [item.section for item in items] == ["check_in", "actions", "focus", "discussion", "next_steps"]
    assert items[1].text == "Last actions: “Send the handbook”"
    assert items[2].citations == (DEMO.excerpt,)
    assert sum(item.minutes or 0 for item in items) == 60


async def test_a_models_topic_that_stands_on_a_private_note_says_so() -> None:
    of = reading(note("We ran out of time for the podcast demo.", visibility=Visibility.PRIVATE))
    (focus,) = [
        i for i in await read(await agenda(of), topic("The podcast demo", "focus")) if i.section == "focus"
    ]
    assert "private note" in (focus.detail or "")


async def test_an_agenda_has_one_focus_however_many_the_model_gives() -> None:
    items = await read(
        await agenda(), topic("The podcast demo", "focus"), topic("Time for the podcast", "focus")
    )
    assert [item.section for item in items].count("focus") == 1


@pytest.mark.parametrize("section", ["actions", "check_in", "next_steps"])
async def test_the_model_does_not_tell_what_the_records_tell(section: str) -> None:
    good = topic("The podcast demo", "focus")
    assert await read(await agenda(), topic("All done", section), good) == await read(await agenda(), good)


async def test_progress_on_goals_and_actions_is_told_by_the_records() -> None:
    line = Line(text="The podcast demo is open", section="open", evidence=["E1"])
    goals = Line(text="The goal is reached", section="goals", evidence=["E1"])
    assert [(item.section, item.text) for item in await read(PROGRESS, line, goals)] == [
        ("open", line.text),
        ("next", "Still open: “Send the handbook”"),
        ("next", "“Who could show us the dashboard”"),
    ]


async def test_what_was_put_off_is_not_told_as_done() -> None:
    done = Line(text="The podcast demo took place", section="done", evidence=["E1"])
    still_open = Line(text="The podcast demo is open", section="open", evidence=["E1"])
    assert "done" not in [item.section for item in await read(PROGRESS, done, still_open)]


@pytest.mark.parametrize(
    "text",
    ["Book flights to Peru for the auditors", "The demo costs 4000 euros", "Maya cried after the demo"],
)
async def test_a_line_that_its_evidence_does_not_support_is_dropped(text: str) -> None:
    assert await read(ANSWER, Line(text=text, evidence=["E1"]), HELD) == await read(ANSWER, HELD)
