"""A model's items and the offline coach's made into one draft, kind by kind."""

from dataclasses import replace
from datetime import date

import pytest

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
    TrackedGoal,
)
from coach.advice.reading import Reading
from coach.advice.sentences import Said
from coach.domain.notes import Visibility
from coach.domain.suggestions import Item
from coach.domain.work import ActionStatus
from coach.drafting.composing import Composition, composition_of
from coach.drafting.offline import OfflineDrafter
from tests.fakes import NOW
from tests.unit.building import INGRID, OLGA, PAIRING_ID, action, goal, note, program, reading
from tests.unit.stores import reader_of, records_of, search_of

WROTE = (
    "We ran out of time for the podcast demo. We postponed the budget talk with Tom. "
    "Who could show us the dashboard? I learned to use polls. Ingrid posted on Monday. "
    "Ingrid will send the handbook."
)
READ = reading(
    note(WROTE),
    actions=[
        action("Send the handbook", due=date(2027, 3, 1)),
        action("Call the plant", due=date(2027, 3, 2)),
        action("Order a camera", status=ActionStatus.DONE),
    ],
    goals=[goal("Run a channel alone", due=date(2027, 3, 22))],
)
DEMO, BUDGET, DASHBOARD, POLLS, POSTED, PROMISE = READ.sentences


async def composed(brief: Brief) -> Composition:
    return composition_of(brief, (await OfflineDrafter().draft(brief)).items)


async def agenda(minutes: int = 60, limit: int = 6, of: Reading = READ) -> AgendaBrief:
    ask = AgendaAsk(PAIRING_ID, minutes, limit)
    return await agenda_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)


def on(said: Said, text: str, section: str | None = None, detail: str | None = None) -> Item:
    return Item(text, detail, section, citations=(said.excerpt,))


TOPICS = [
    on(DEMO, "The podcast demo", "focus"),
    on(BUDGET, "A talk about money", "focus"),
    on(DASHBOARD, "Somebody for the dashboard", "discussion"),
    on(POLLS, "Polls in meetings", "discussion"),
    on(POSTED, "What became of the post", "discussion"),
]


def texts(items: tuple[Item, ...]) -> list[str]:
    return [item.text for item in items]


@pytest.mark.parametrize("given", range(len(TOPICS) + 1))
@pytest.mark.parametrize("limit", [4, 5, 6, 9])
@pytest.mark.parametrize("minutes", [20, 47, 60])
async def test_an_agendas_minutes_add_up_however_many_topics_a_model_gives(
    minutes: int, limit: int, given: int
) -> None:
    of = await composed(await agenda(minutes, limit))
    shown = [*of.at_once(), *(item for topic in TOPICS[:given] if (item := of.take(topic)))]
    whole = of.whole()
    assert sum(item.minutes or 0 for item in whole) == minutes
    assert all((item.minutes or 0) > 0 for item in whole)
    assert len(whole) <= limit
    assert [item for item in shown if item not in whole] == []


async def test_a_models_topics_take_the_places_between_the_records() -> None:
    of = await composed(await agenda())
    for topic in TOPICS[:2]:
        of.take(topic)
    whole = of.whole()
    sections = [item.section for item in whole]
    assert sections[:3] == ["check_in", "actions", "focus"]
    assert set(sections[3:-1]) == {"discussion"} and sections[-1] == "next_steps"
    assert texts(whole)[2:4] == ["The podcast demo", "A talk about money"]


async def test_a_place_that_a_model_leaves_is_filled_by_what_it_left_out() -> None:
    of = await composed(await agenda())
    of.take(TOPICS[0])
    rest = " ".join(texts(of.whole())[3:])
    assert "budget talk" in rest and "podcast demo" not in rest


async def test_without_a_topic_of_the_models_the_agenda_is_the_offline_coachs() -> None:
    brief = await agenda()
    of = await composed(brief)
    assert of.whole() == of.plan


@pytest.mark.parametrize("given", range(len(TOPICS) + 1))
@pytest.mark.parametrize("limit", [1, 3, 5])
async def test_overdue_actions_are_never_lost(limit: int, given: int) -> None:
    of = await composed(await agenda(limit=limit))
    for topic in TOPICS[:given]:
        of.take(topic)
    (actions,) = [item for item in of.whole() if item.section == "actions"]
    assert "“Send the handbook”" in actions.text and "“Call the plant”" in actions.text


async def test_a_promise_that_a_topic_tells_is_not_told_again_among_the_actions() -> None:
    of = await composed(await agenda())
    before = next(item for item in of.plan if item.section == "actions")
    of.take(on(PROMISE, "The handbook", "focus"))
    (after,) = [item for item in of.whole() if item.section == "actions"]
    assert before.citations and after.citations == before.citations
    assert of.held[0].text == "The handbook"


async def test_a_topic_on_a_private_note_says_so_and_another_does_not() -> None:
    private = note("We ran out of time for the film.", visibility=Visibility.PRIVATE, note_id="own")
    of = reading(note(WROTE), private)
    composition = await composed(await agenda(of=of))
    film = next(said for said in of.sentences if said.excerpt.note_id == "own")
    for said, remarked in ((film, True), (of.sentences[1], False)):
        composition.take(on(said, said.text, "focus", "It was put off."))
        assert ("private note" in (composition.held[-1].detail or "")) is remarked


async def test_a_topic_that_says_what_another_said_is_not_taken() -> None:
    of = await composed(await agenda())
    first = replace(TOPICS[1], section="discussion")
    assert of.take(TOPICS[0]) is not None
    of.take(first)
    assert of.take(replace(first, detail="Once more.")) is None
    assert len(of.held) == 2


def reflection(limit: int) -> ReflectionBrief:
    return ReflectionBrief(READ, READ.held[0], limit, READ.sentences)


QUESTIONS = [
    on(DEMO, "What did you notice about the demo?", "what"),
    on(BUDGET, "What happened with the budget talk?", "what"),
    on(DASHBOARD, "What does the dashboard mean to you?", "so_what"),
    on(POLLS, "What will you try with polls?", "now_what"),
]


@pytest.mark.parametrize("given", [0, 1, 2, 4])
@pytest.mark.parametrize("limit", [3, 4, 5])
async def test_reflection_covers_all_sections_in_their_order(limit: int, given: int) -> None:
    of = await composed(reflection(limit))
    taken = [item for question in QUESTIONS[:given] if (item := of.take(question))]
    sections = [item.section for item in of.whole()]
    assert list(dict.fromkeys(sections)) == ["what", "so_what", "now_what"]
    assert len(sections) <= limit
    assert [item for item in taken if item not in of.whole()] == []


async def test_a_second_question_of_a_section_leaves_the_others_their_places() -> None:
    of = await composed(reflection(3))
    assert [of.take(question) is not None for question in QUESTIONS] == [True, False, True, True]
    assert texts(of.whole()) == [QUESTIONS[at].text for at in (0, 2, 3)]


async def test_no_question_is_asked_twice() -> None:
    of = await composed(reflection(9))
    of.take(QUESTIONS[0])
    assert of.take(on(DEMO, "And what did you notice about the demo?", "what")) is None
    whole = of.whole()
    assert len(set(texts(whole))) == len(whole)
    assert [i for i in whole if i.section == "what" and DEMO.excerpt in i.citations] == [QUESTIONS[0]]


NO_PARTS = Parts(None, None, None, None)
FEEDBACK = FeedbackBrief(READ, "You called Tom.", INGRID, True, None, NO_PARTS, (DEMO,))


@pytest.mark.parametrize("given", [[], ["direct"], ["question", "gentle"], ["direct", "gentle", "question"]])
async def test_feedback_has_one_phrasing_of_each_kind_in_their_order(given: list[str]) -> None:
    of = await composed(FEEDBACK)
    for section in given:
        assert of.take(Item(f"My {section} one", section=section)) is not None
        assert of.take(Item("Something else", section=section)) is None
    whole = of.whole()
    assert [item.section for item in whole] == ["gentle", "direct", "question"]
    assert [item.section for item in whole if item.text == f"My {item.section} one"] == [
        section for section in ("gentle", "direct", "question") if section in given
    ]


PROGRESS = ProgressBrief(
    READ,
    None,
    None,
    (TrackedGoal(READ.goals[0], ()),),
    (TrackedAction(READ.actions[2], ()),),
    (TrackedAction(READ.actions[0], (PROMISE,)), TrackedAction(READ.actions[1], ())),
    (POSTED,),
    (POLLS,),
    (DEMO, BUDGET),
    (),
)


async def test_progress_tells_goals_and_actions_as_the_records_do_whatever_a_model_says() -> None:
    of = await composed(PROGRESS)
    recorded = of.at_once()
    of.take(on(POSTED, "A post went out", "done"))
    whole = of.whole()
    assert [item for item in recorded if item not in whole] == []
    assert [item.section for item in recorded] == ["goals", "done", "open", "open"]
    assert recorded[0].text.startswith("“Run a channel alone”: open, due 22 March 2027")
    assert "Order a camera" in recorded[1].text


async def test_progress_has_a_models_lines_and_the_notes_own_for_what_it_left_out() -> None:
    of = await composed(PROGRESS)
    of.take(on(POSTED, "A post went out", "done"))
    whole = of.whole()
    order = ("goals", "done", "learned", "open", "next")
    assert [order.index(item.section or "") for item in whole] == sorted(
        order.index(item.section or "") for item in whole
    )
    told = {
        said.text: [i.text for i in whole if said.excerpt in i.citations] for said in (POSTED, POLLS, DEMO)
    }
    assert told[POSTED.text] == ["A post went out"]
    assert told[POLLS.text] == ["“I learned to use polls”"]
    assert len(told[DEMO.text]) == 1


@pytest.mark.parametrize("given", [0, 1, 2])
async def test_an_answer_is_the_models_or_where_it_has_none_the_notes_own(given: int) -> None:
    of = await composed(AnswerBrief(READ, "What did we run out of time for?", (DEMO,), ()))
    said = [on(DEMO, "Time ran out for the podcast"), on(BUDGET, "The budget waits")][:given]
    assert [of.take(item) for item in said] == said
    assert of.whole() == (tuple(said) or of.plan)


THEMES = (
    Theme(("podcasts",), 4, 3, None),
    Theme(("dashboards",), 3, None, 3),
    Theme(("polls",), 3, None, None),
)
LEARNINGS = LearningsBrief(program(), OLGA, NOW, None, None, THEMES, pairings=5)


async def test_each_theme_is_told_once_with_the_records_counts() -> None:
    of = await composed(LEARNINGS)
    own = Item("Dashboards come up", pairings=99, detail="My own count: 99")
    taken = of.take(own, "T2")
    assert of.take(Item("Charts come up", pairings=3), "T2") is None
    assert of.take(Item("Nothing at all"), None) is None
    whole = of.whole()
    assert len(whole) == len(THEMES)
    assert whole == (of.plan[0], taken, of.plan[2])
    assert whole[1] == replace(of.plan[1], text=own.text)


@pytest.mark.parametrize("brief", [reflection(3), FEEDBACK, LEARNINGS], ids=lambda b: str(b.kind))
async def test_nothing_is_shown_at_once_where_no_record_tells_it(brief: Brief) -> None:
    of = await composed(brief)
    assert of.at_once() == ()
    assert of.whole() == of.plan
