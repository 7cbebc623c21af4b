"""A model's items held against what they may stand on, kind by kind and reason by reason."""

from dataclasses import replace
from datetime import date

import pytest

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    Parts,
    Point,
    ProgressBrief,
    ReflectionBrief,
    Theme,
)
from coach.advice.briefs import Reason as Why
from coach.domain.notes import Excerpt, NoteKind
from coach.domain.suggestions import Item
from coach.domain.work import ActionStatus, GoalStatus
from coach.drafting.grounds import Grounds
from coach.drafting.objections import Objection, Reason
from coach.drafting.verifier import StatementVerifier
from tests.fakes import NOW, WordStatements
from tests.unit.building import INGRID, OLGA, TOM, action, goal, note, program, reading

WROTE = (
    "I showed Ingrid the dashboard on Tuesday. Ingrid promised to send the podcast list to Tom. "
    "Some customers in Bergen found the demo useful. She did not open the podcast. "
    "I learned to use polls in meetings."
)
READ = reading(
    note(WROTE),
    actions=[action("Publish the post on polls"), action("Order a camera", status=ActionStatus.DONE)],
    goals=[
        goal("Run a channel alone", due=date(2027, 3, 22)),
        goal("Record a film", status=GoalStatus.ACHIEVED),
    ],
)
SAID = READ.sentences
ANSWER = AnswerBrief(READ, "What came of it?", SAID, ())
PROGRESS = ProgressBrief(READ, None, None, (), (), (), (), (), SAID, ())
REFLECTION = ReflectionBrief(READ, None, 3, SAID)
WISH = Point(Why.ASKED, 3.0, (), subject="the budget of the plant")
AGENDA = AgendaBrief(READ, 60, 5, (), (WISH,), None)
NO_PARTS = Parts(None, None, None, None)
FEEDBACK = FeedbackBrief(READ, "On Friday you called Tom twice.", INGRID, True, None, NO_PARTS, SAID)
CITED = ANSWER.evidence


async def objection(
    brief: Brief,
    text: str,
    detail: str | None = None,
    cited: tuple[Excerpt, ...] = CITED,
    parts: dict[str, str | None] | None = None,
) -> Objection | None:
    item = Item(text, detail, parts=parts, citations=cited)
    return await StatementVerifier(WordStatements()).objection(item, brief)


async def reason(brief: Brief, text: str, detail: str | None = None) -> Reason | None:
    found = await objection(brief, text, detail)
    return found.reason if found else None


TRUE = [
    "You showed Ingrid the dashboard on Tuesday.",
    "Ingrid promised to send the podcast list.",
    "She did not open the podcast.",
    "Some customers in Bergen found the demo useful.",
    "You learned to use polls in meetings.",
    "You wrote on 4 March 2027 that you showed Ingrid the dashboard.",
]
FALSE = [
    ("You learned to use five polls in meetings.", Reason.NUMBER),
    ("You showed Ingrid the dashboard on Friday.", Reason.DATE),
    ("To Sandra you showed the dashboard.", Reason.NAME),
    ("Ingrid opened the podcast.", Reason.NEGATION),
    ("You did not show Ingrid the dashboard on Tuesday.", Reason.NEGATION),
    ("Ingrid sent the podcast list to Tom.", Reason.STATUS),
    ("You will use polls in meetings.", Reason.STATUS),
    ("All customers in Bergen found the demo useful.", Reason.SCOPE),
    ("Some customers in Bergen found the demo useless.", Reason.SENTIMENT),
    ("Ingrid showed you the dashboard on Tuesday.", Reason.WHO),
    ("The board cut the travel budget of the plant.", Reason.UNSAID),
    ("Ingrid hat versprochen, Tom die Liste der Podcasts zu schicken.", Reason.LANGUAGE),
    ("The action with the podcast list is overdue.", Reason.RECORDS),
]


@pytest.mark.parametrize("brief", [ANSWER, PROGRESS], ids=lambda brief: str(brief.kind))
@pytest.mark.parametrize("text", TRUE)
async def test_a_true_statement_passes(brief: Brief, text: str) -> None:
    assert await objection(brief, text) is None


@pytest.mark.parametrize("brief", [ANSWER, PROGRESS], ids=lambda brief: str(brief.kind))
@pytest.mark.parametrize(("text", "why"), FALSE)
async def test_a_false_statement_is_objected_to(brief: Brief, text: str, why: Reason) -> None:
    assert await reason(brief, text) is why


@pytest.mark.parametrize(("text", "why"), [false for false in FALSE if false[1] is not Reason.LANGUAGE])
async def test_one_false_sentence_among_true_ones_is_enough(text: str, why: Reason) -> None:
    assert await reason(ANSWER, f"{TRUE[0]} {TRUE[2]} {text}") is why


@pytest.mark.parametrize("text", TRUE)
async def test_an_agendas_true_detail_passes(text: str) -> None:
    assert await objection(AGENDA, "Come back to the podcast list", text) is None


@pytest.mark.parametrize(("text", "why"), FALSE)
async def test_an_agendas_false_detail_is_objected_to(text: str, why: Reason) -> None:
    assert await reason(AGENDA, "Come back to the podcast list", text) is why


@pytest.mark.parametrize(
    ("topic", "why"),
    [
        ("Practise polls together, and decide how to go on", None),
        ("The budget of the plant", Reason.EVIDENCE),
        ("Publish the post on polls", Reason.EVIDENCE),
        ("Come back to the podcast list, and publish the post", None),
        ("The travel costs of the board", Reason.UNSAID),
        ("Show all customers the demo", Reason.SCOPE),
        ("The three polls", Reason.NUMBER),
        ("The demo in Oslo", Reason.NAME),
        ("The awful demo", Reason.SENTIMENT),
        ("Open actions: the podcast list", Reason.RECORDS),
    ],
)
async def test_a_topic_keeps_to_the_evidence_the_wish_and_the_records_titles(
    topic: str, why: Reason | None
) -> None:
    assert await reason(AGENDA, topic) is why


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("What was going on for you when “I learned to use polls in meetings”?", None),
        ("What will you do first about polls in meetings?", None),
        ("How did you feel when you showed Ingrid the dashboard?", None),
        ("What did the board say about the travel budget?", Reason.UNSAID),
        ("What did you notice when Sandra came?", Reason.NAME),
        ("What will you do with all the polls?", Reason.SCOPE),
        ("What made Ingrid angry about the polls?", Reason.SENTIMENT),
        ("What happened on Friday with the dashboard?", Reason.DATE),
        ("Was hast du gelernt, als du Ingrid das Dashboard gezeigt hast?", Reason.LANGUAGE),
    ],
)
async def test_a_question_brings_in_nothing_that_the_notes_do_not_have(
    question: str, why: Reason | None
) -> None:
    assert await reason(REFLECTION, question) is why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("On Friday you called Tom twice. [what it did to you]. How do you see it?", None),
        ("I noticed that you called Tom on Friday.", None),
        ("You promised to send the podcast list.", None),
        ("On Monday you called Tom twice.", Reason.DATE),
        ("On Friday you called Tom three times.", Reason.NUMBER),
        ("On Friday I called Tom twice.", Reason.WHO),
        ("On Friday you never called Tom.", Reason.NEGATION),
        ("On Friday you called Sandra twice.", Reason.NAME),
        ("On Friday you shouted at Tom.", Reason.SENTIMENT),
        ("On Friday you called the auditors about invoices.", Reason.UNSAID),
        ("Am Freitag hast du Tom zweimal angerufen.", Reason.LANGUAGE),
    ],
)
async def test_feedback_is_the_readers_draft_said_to_the_receiver(text: str, why: Reason | None) -> None:
    assert await reason(FEEDBACK, text) is why


@pytest.mark.parametrize("part", ["situation", "behaviour", "impact", "request"])
async def test_every_part_of_feedback_is_held_against_the_draft(part: str) -> None:
    text = "On Friday you called Tom twice."
    parts: dict[str, str | None] = dict.fromkeys(("situation", "behaviour", "impact", "request"))
    assert await objection(FEEDBACK, text, parts=parts) is None
    assert await objection(FEEDBACK, text, parts={**parts, part: "called Tom"}) is None
    invented = await objection(FEEDBACK, text, parts={**parts, part: "called the auditors about invoices"})
    assert invented is not None and invented.reason is Reason.UNSAID


async def test_feedback_may_stand_on_the_situation_that_the_reader_named() -> None:
    text = "In the budget review you called Tom."
    assert await reason(FEEDBACK, text) is Reason.UNSAID
    assert await reason(replace(FEEDBACK, situation="the budget review"), text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Ingrid published the post on polls.", Reason.RECORDS),
        ("The post on polls is published.", Reason.RECORDS),
        ("Overdue: the post on polls.", Reason.RECORDS),
        ("The goal is reached and closed.", Reason.RECORDS),
        ("The task is still pending.", Reason.RECORDS),
        ("The goal to run a channel alone is due in 12 days.", Reason.RECORDS),
        ("Run a channel alone: open.", Reason.RECORDS),
    ],
)
async def test_the_state_of_an_action_or_a_goal_is_the_records_to_tell(text: str, why: Reason) -> None:
    assert await reason(ANSWER, text) is why


async def test_a_note_that_tells_a_done_action_as_done_may_be_told() -> None:
    said = "Ingrid published the post on polls."
    done = action("Publish the post on polls", status=ActionStatus.DONE)
    for tracked, why in ((done, None), (replace(done, status=ActionStatus.OPEN), Reason.RECORDS)):
        of = reading(note(said), actions=[tracked])
        brief = AnswerBrief(of, "What was published?", of.sentences, ())
        found = await objection(brief, said, cited=brief.evidence)
        assert (found.reason if found else None) is why


async def test_what_speaks_of_an_open_action_and_not_of_its_state_may_be_told() -> None:
    of = reading(
        note("Ingrid wants to publish the post on polls in May."),
        actions=[action("Publish the post on polls")],
    )
    brief = AnswerBrief(of, "When?", of.sentences, ())
    assert await objection(brief, "Ingrid wants to publish the post on polls.", cited=brief.evidence) is None


async def test_only_what_an_item_cites_bears_it_out() -> None:
    dashboard, promise = CITED[:2]
    text = "You showed Ingrid the dashboard on Tuesday."
    assert await objection(ANSWER, text, cited=(dashboard,)) is None
    assert await objection(ANSWER, text, cited=(promise,)) is not None


async def test_the_same_is_judged_the_same_way_again() -> None:
    verifier = StatementVerifier(WordStatements())
    item = Item("You learned to use polls in meetings.", citations=CITED)
    assert [await verifier.objection(item, ANSWER) for _ in range(3)] == [None] * 3


async def test_a_copy_is_not_read_and_a_paraphrase_is() -> None:
    statements = WordStatements()
    verifier = StatementVerifier(statements)
    copy, paraphrase = "You learned to use polls in meetings.", "In meetings polls are of use."
    for text in (copy, paraphrase):
        assert await verifier.objection(Item(text, citations=(CITED[-1],)), ANSWER) is None
    assert statements.read == [paraphrase]


async def test_few_words_have_no_language_to_be_wrong() -> None:
    assert await reason(AGENDA, "Die Polls") is not Reason.LANGUAGE


async def test_in_another_language_hardly_another_word_is_borne_out_and_the_reader_is_not_asked() -> None:
    of = reading(note("Ich zeigte Ingrid am Dienstag das Dashboard, und wir waren beide zufrieden."))
    brief, statements = AnswerBrief(of, "Was war?", of.sentences, ()), WordStatements()
    verifier = StatementVerifier(statements)
    for text, why in (
        ("Du zeigtest Ingrid am Dienstag das Dashboard.", None),
        ("Am Dienstag zeigtest du Ingrid das neue Werk und die Halle.", Reason.UNSAID),
        ("Du zeigtest Ingrid am Montag das Dashboard.", Reason.DATE),
    ):
        found = await verifier.objection(Item(text, citations=brief.evidence), brief)
        assert (found.reason if found else None) is why
    assert statements.read == []


THEME = Theme(("podcasts", "customers"), 4, None, None)


async def of_theme(text: str, theme: Theme | None = THEME) -> Reason | None:
    brief = LearningsBrief(program(), OLGA, NOW, None, None, (THEME,), pairings=5)
    found = await StatementVerifier(WordStatements()).objection(Item(text, pairings=4), brief, theme)
    return found.reason if found else None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Pairings write about podcasts and customers", None),
        ("Several pairs often come to podcasts", None),
        ("Four pairings write about podcasts", Reason.NUMBER),
        ("Pairings never write about podcasts", Reason.NEGATION),
        ("Pairings write about robots and invoices", Reason.UNSAID),
        ("Pairings learned about podcasts", Reason.UNSAID),
        ("Pairings struggle with podcasts", Reason.UNSAID),
        ("Most pairings write about podcasts", Reason.SCOPE),
        ("This pairing writes about podcasts", Reason.SCOPE),
        ("Pairings write more about podcasts than about customers", Reason.SCOPE),
        ("Pairings write about podcasts because of customers", Reason.SCOPE),
        ("Pairings will write about podcasts", Reason.STATUS),
        ("Die Paare schreiben über Podcasts und ihre Kunden", Reason.LANGUAGE),
    ],
)
async def test_a_theme_is_told_in_its_own_words(text: str, why: Reason | None) -> None:
    assert await of_theme(text) is why


async def test_what_was_learned_or_hard_is_told_where_enough_pairings_note_it() -> None:
    assert await of_theme("Pairings learned about podcasts", replace(THEME, learned=3)) is None
    assert await of_theme("Pairings struggle with podcasts", replace(THEME, struggling=3)) is None
    assert await of_theme("Pairings struggle with time", replace(THEME, words=(), difficulty="time")) is None


async def test_a_learning_without_its_theme_stands_on_nothing() -> None:
    assert await of_theme("Pairings write about podcasts", None) is Reason.EVIDENCE


def test_a_transcripts_speakers_are_who_they_are_called() -> None:
    of = reading(
        note("Ingrid: I sent the list to you.\nSandra: I sent the polls.", kind=NoteKind.TRANSCRIPT),
        reader=TOM,
    )
    brief = AnswerBrief(of, "What?", of.sentences, ())
    grounds = Grounds(brief, brief.evidence)
    assert [source.writer for source in grounds.cited] == ["alice", "Sandra"]
    assert [source.text for source in grounds.cited] == ["alice sent the list to you.", "I sent the polls."]
    assert grounds.cast.called("Ingrid Halvorsen") == "alice" and grounds.cast.called("Maya Okafor") == "bob"


async def test_what_one_speaker_of_a_transcript_did_is_not_anothers() -> None:
    said = "Ingrid: I published the post in Bergen.\nMaya: I opened the dashboard."
    of = reading(note(said, kind=NoteKind.TRANSCRIPT))
    brief = AnswerBrief(of, "What?", of.sentences, ())
    cited = brief.evidence[:1]
    assert await objection(brief, "Ingrid published the post in Bergen.", cited=cited) is None
    wrong = await objection(brief, "You published the post in Bergen.", cited=cited)
    assert wrong is not None and wrong.reason is Reason.WHO


OPEN = reading(note("If the board agrees in June, we will buy cameras. Does the phone film well enough?"))


@pytest.mark.parametrize(
    ("brief", "text", "why"),
    [
        (
            ReflectionBrief(OPEN, None, 3, OPEN.sentences),
            "How is it for you that we buy cameras?",
            Reason.STATUS,
        ),
        (ReflectionBrief(OPEN, None, 3, OPEN.sentences), "What will you do about the cameras?", None),
        (AgendaBrief(OPEN, 60, 5, (), (), None), "We will buy cameras", Reason.STATUS),
        (AgendaBrief(OPEN, 60, 5, (), (), None), "The phone films well enough.", Reason.STATUS),
        (AgendaBrief(OPEN, 60, 5, (), (), None), "Cameras, and whether the board agrees", None),
        (AgendaBrief(OPEN, 60, 5, (), (), None), "Talk about the cameras", None),
        (AgendaBrief(OPEN, 60, 5, (), (), None), "The phone", None),
        (AnswerBrief(OPEN, "What?", OPEN.sentences, ()), "We will buy cameras.", Reason.STATUS),
    ],
    ids=lambda case: str(getattr(case, "kind", case)),
)
async def test_what_is_not_settled_is_no_fact_in_any_kind(
    brief: Brief, text: str, why: Reason | None
) -> None:
    found = await objection(brief, text, cited=tuple(said.excerpt for said in OPEN.sentences))
    assert (found.reason if found else None) is why
