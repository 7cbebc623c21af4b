"""A program evaluated on a real service, from recording its notes to the scores."""

from collections.abc import AsyncIterator

import pytest

from coach.settings import Settings
from evals.answers import Answer, Line
from evals.gates import violations
from evals.results import Scored, by_pair
from evals.running import evaluate, work_for
from evals.scorers.scoring import scores_of
from tests.fakes import WordEmbedder
from tests.unit.evaluated_pair import CALL, CASE, PAIR, WordNearness, changed, cited

(WORK,) = work_for([CASE])


async def scored(settings: Settings) -> AsyncIterator[Scored]:
    embedder = WordEmbedder()
    async for one in evaluate(WORK, settings, WordNearness(), lambda _: embedder):
        yield one


@pytest.fixture
async def run(settings: Settings) -> list[Scored]:
    return [one async for one in scored(settings)]


async def rescored(answers: list[Answer]) -> list[Scored]:
    by_id = {answer.task.id: answer for answer in answers}
    return [Scored(a, tuple(await scores_of(CASE, a, by_id, WordNearness()))) for a in answers]


async def test_every_task_is_answered_and_no_hard_rule_broken(run: list[Scored]) -> None:
    assert sorted(one.answer.task.id for one in run) == sorted(task.id for task in WORK.tasks)
    assert list(violations(run)) == []
    assert {one.answer.engine for one in run if one.answer.task.kind != "search"} == {"offline"}


async def test_the_agenda_before_a_session_knows_nothing_of_it(run: list[Scored]) -> None:
    before = [one.answer for one in run if one.answer.task.variant == "before"]
    assert before
    for answer in before:
        assert {cited.note for line in answer.lines for cited in line.citations} <= {"n1", "n2"}
        assert "10 January 2027" in answer.lines[0].text


async def test_a_coach_that_shows_private_notes_leaks(run: list[Scored]) -> None:
    secret = Line(text=PAIR.notes["n2"].text)
    worse = await rescored([changed(one.answer, lines=(*one.answer.lines, secret)) for one in run])
    assert any(told.startswith("no leaks") for told in violations(worse))
    assert by_pair(worse)["no leaks"]["upward/maya-ingrid"] == 0


async def test_a_coach_whose_citations_are_wrong_loses(run: list[Scored]) -> None:
    wrong = (cited(CALL, "n1"),)
    answers = [
        changed(
            one.answer,
            lines=tuple(
                line.model_copy(update={"citations": wrong if line.citations else ()})
                for line in one.answer.lines
            ),
        )
        for one in run
    ]
    good, bad = by_pair(run), by_pair(await rescored(answers))
    for metric in ("agenda coverage@6", "grounded quoted", "reflection touch"):
        assert bad[metric]["upward/maya-ingrid"] < good[metric]["upward/maya-ingrid"]


async def test_a_coach_that_invents_a_sentence_is_not_grounded(run: list[Scored]) -> None:
    invented = "Gunnar from Lisbon doubled the budget to 480 thousand."
    worse = [
        changed(
            one.answer, lines=tuple(line.model_copy(update={"detail": invented}) for line in one.answer.lines)
        )
        for one in run
        if one.answer.task.kind != "learnings"
    ]
    good, bad = by_pair(run), by_pair(await rescored(worse))
    unit = "upward/maya-ingrid"
    assert bad["grounded composed"][unit] < 0.6 < good["grounded composed"][unit]
