"""An entailment model's say in what is shown: the last word on statements, and none on anything else."""

import pytest

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    Parts,
    ProgressBrief,
    ReflectionBrief,
)
from coach.domain.suggestions import Item
from coach.drafting.objections import Reason
from coach.drafting.verifier import StatementVerifier
from tests.fakes import SameEntailment, WordStatements
from tests.unit.building import INGRID, note, reading

WROTE = "I learned to use polls in meetings. Ingrid promised to send the podcast list to Tom."
READ = reading(note(WROTE))
ANSWER = AnswerBrief(READ, "What came of it?", READ.sentences, ())
PROGRESS = ProgressBrief(READ, None, None, (), (), (), (), (), READ.sentences, ())
AGENDA = AgendaBrief(READ, 60, 5, (), (), None)
REFLECTION = ReflectionBrief(READ, None, 3, READ.sentences)
FEEDBACK = FeedbackBrief(
    READ, "On Friday you called Tom twice.", INGRID, True, None, Parts(None, None, None, None), READ.sentences
)
CITED = ANSWER.evidence
COPY, PARAPHRASE = "You learned to use polls in meetings.", "In meetings polls are of use."
STATED = [
    (ANSWER, Item(COPY, citations=CITED)),
    (ANSWER, Item(PARAPHRASE, citations=CITED)),
    (PROGRESS, Item(COPY, section="learned", citations=CITED)),
    (AGENDA, Item("Come back to the podcast list", COPY, citations=CITED)),
]
FREE = [
    (REFLECTION, Item("What did you notice about polls in meetings?", citations=CITED)),
    (FEEDBACK, Item("On Friday you called Tom twice.", citations=CITED)),
    (AGENDA, Item("Come back to the podcast list", citations=CITED)),
]


async def reason(brief: Brief, item: Item, entailment: SameEntailment | None) -> Reason | None:
    found = await StatementVerifier(WordStatements(), entailment).objection(item, brief)
    return found.reason if found else None


@pytest.mark.parametrize(("brief", "item"), STATED)
async def test_a_statement_that_all_else_lets_pass_is_rejected_when_it_is_not_entailed(
    brief: Brief, item: Item
) -> None:
    assert await reason(brief, item, None) is None
    assert await reason(brief, item, SameEntailment(0.9)) is None
    assert await reason(brief, item, SameEntailment(0.1)) is Reason.UNSAID


@pytest.mark.parametrize(("likely", "why"), [(0.49, Reason.UNSAID), (0.5, None)])
async def test_what_is_as_likely_as_not_is_entailed(likely: float, why: Reason | None) -> None:
    assert await reason(ANSWER, Item(COPY, citations=CITED), SameEntailment(likely)) is why


async def test_each_sentence_is_held_against_the_passages_that_it_cites_and_no_others() -> None:
    entailment = SameEntailment(1)
    polls = CITED[0]
    assert await reason(ANSWER, Item(COPY, citations=(polls,)), entailment) is None
    both = f"{COPY} Ingrid promised to send the podcast list."
    assert await reason(ANSWER, Item(both, citations=CITED), entailment) is None
    passages, statements = zip(*entailment.asked, strict=True)
    assert [statement.partition(" ")[2] for statement in statements] == [
        "learned to use polls in meetings.",
        "learned to use polls in meetings.",
        "promised to send the podcast list.",
    ]
    assert "polls" in passages[0] and "podcast" not in passages[0]
    assert "polls" in passages[1] and "podcast" in passages[1]


async def test_what_another_check_objects_to_is_not_asked_and_keeps_its_reason() -> None:
    entailment = SameEntailment(0.1)
    for text, why in (
        ("You learned to use five polls in meetings.", Reason.NUMBER),
        ("The board cut the travel budget of the plant.", Reason.UNSAID),
    ):
        assert await reason(ANSWER, Item(text, citations=CITED), entailment) is why
    assert entailment.asked == []


async def test_no_entailment_saves_a_statement_that_another_check_objects_to() -> None:
    false = Item("You did not learn to use polls in meetings.", citations=CITED)
    assert await reason(ANSWER, false, SameEntailment(1)) is Reason.NEGATION


@pytest.mark.parametrize(("brief", "item"), FREE)
async def test_questions_topics_and_phrasings_state_nothing_to_entail(brief: Brief, item: Item) -> None:
    entailment = SameEntailment(0)
    assert await reason(brief, item, entailment) is None
    assert entailment.asked == []
