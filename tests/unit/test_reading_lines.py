"""A model's lines read against their brief: form, evidence, and the rules of the kind."""

from typing import Any

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
    TrackedAction,
)
from coach.advice.briefs import Reason as Why
from coach.domain.suggestions import Item
from coach.domain.work import ActionStatus
from coach.drafting.evidence import by_id
from coach.drafting.objections import Objection, Reason
from coach.drafting.reading_lines import LineReader, Told
from tests.fakes import NOW
from tests.unit.building import INGRID, OLGA, action, note, program, reading

READ = reading(
    note(
        "We ran out of time for the demo. I learned to use polls. Ingrid posted on Monday. "
        "Ingrid will send the list. The camera came."
    ),
    actions=[action("Send the list"), action("Order a camera", status=ActionStatus.DONE)],
)
DEMO, POLLS, POSTED, PROMISE, CAMERA = READ.sentences
ANSWER = AnswerBrief(READ, "What?", (DEMO,), (POLLS,))
REFLECTION = ReflectionBrief(READ, None, 3, (DEMO,))
AGENDA = AgendaBrief(READ, 60, 5, (), (Point(Why.POSTPONED, 1.0, (DEMO,)),), None)
NO_PARTS = Parts(None, None, None, None)
FEEDBACK = FeedbackBrief(READ, "You called Tom.", INGRID, True, None, NO_PARTS, (DEMO,))
PROGRESS = ProgressBrief(
    READ,
    None,
    None,
    (),
    (TrackedAction(READ.actions[1], (CAMERA,)),),
    (TrackedAction(READ.actions[0], (PROMISE,)),),
    (POSTED,),
    (POLLS,),
    (DEMO,),
    (),
)
THEMES = (Theme(("podcasts",), 4, None, None), Theme(("polls",), 3, None, None))
LEARNINGS = LearningsBrief(program(), OLGA, NOW, None, None, THEMES, pairings=5)


def line(**more: Any) -> dict[str, Any]:
    return {"text": "The demo", "evidence": ["E1"], **more}


def read(brief: Brief, said: Any) -> Told | Objection:
    return LineReader(brief, by_id(brief.evidence)).read(said)


def reason(brief: Brief, said: Any) -> Reason | None:
    found = read(brief, said)
    return found.reason if isinstance(found, Objection) else None


@pytest.mark.parametrize(
    "said",
    [
        None,
        "text",
        [],
        {},
        {"text": None},
        {"text": ""},
        {"text": "x" * 1201},
        {"text": "x", "evidence": "E1"},
        {"text": "x", "evidence": [1]},
        {"text": "x", "detail": "x" * 1201},
        {"text": "x", "parts": {"impact": 3}},
    ],
)
def test_what_is_out_of_form_is_told_so(said: Any) -> None:
    assert reason(ANSWER, said) is Reason.FORM


@pytest.mark.parametrize(
    ("brief", "section"),
    [(AGENDA, "focus"), (REFLECTION, "what"), (FEEDBACK, "direct"), (PROGRESS, "open")],
    ids=lambda given: str(getattr(given, "kind", given)),
)
def test_a_kind_with_sections_takes_those_alone(brief: Brief, section: str) -> None:
    said = line(text="What did you notice?") if brief is REFLECTION else line()
    evidence = [f"E{at}" for at, e in enumerate(brief.evidence, start=1) if e == DEMO.excerpt]
    assert isinstance(read(brief, {**said, "section": section, "evidence": evidence}), Told)
    for wrong in (None, "", section.upper(), f"{section} ", "goals", "check_in"):
        assert reason(brief, {**said, "section": wrong}) is Reason.FORM


def test_what_a_line_cites_is_what_was_given_each_once() -> None:
    told = read(ANSWER, line(evidence=["E2", "E9", "E1", "E2", "e1"]))
    assert told == Told(Item("The demo", citations=(POLLS.excerpt, DEMO.excerpt)))


@pytest.mark.parametrize("evidence", [[], ["E9"], ["e1"], ["E1 "], ["T1"]])
@pytest.mark.parametrize("brief", [ANSWER, AGENDA, REFLECTION, PROGRESS], ids=lambda b: str(b.kind))
def test_a_line_on_no_given_evidence_stands_on_nothing(brief: Brief, evidence: list[str]) -> None:
    section = {"agenda": "focus", "reflection": "what", "progress": "open"}.get(brief.kind)
    assert reason(brief, line(section=section, evidence=evidence)) is Reason.EVIDENCE


def test_feedback_may_stand_on_the_draft_alone() -> None:
    told = read(FEEDBACK, line(section="direct", text="You called Tom.", evidence=[]))
    assert isinstance(told, Told) and told.item.citations == ()


@pytest.mark.parametrize(("evidence", "others"), [(["E1"], False), ([], False), (["E1", "E9"], True)])
def test_a_reader_remembers_that_other_evidence_was_cited(evidence: list[str], others: bool) -> None:
    reader = LineReader(ANSWER, by_id(ANSWER.evidence))
    reader.read(line(evidence=evidence))
    reader.read(line())
    assert reader.cited_others is others


@pytest.mark.parametrize(
    ("text", "section", "why"),
    [
        ("What did you notice?", "what", None),
        ("What will you try first?", "now_what", None),
        ("What would you try first?", "now_what", "asks what one would do"),
        ("Why did you stop?", "what", "starts with 'why'"),
        ("What now", "what", "must end with its only question mark"),
        (f"What {'word ' * 25}?", "what", "longer than 25 words"),
    ],
)
def test_a_question_keeps_the_rules_of_reflection(text: str, section: str, why: str | None) -> None:
    found = read(REFLECTION, line(text=text, section=section))
    if why is None:
        assert isinstance(found, Told)
    else:
        assert isinstance(found, Objection) and found.reason is Reason.RULE
        assert why in found.words


@pytest.mark.parametrize("text", ["You are rude to Tom.", "You always call Tom."])
def test_feedback_judges_nobody_and_the_words_that_do_are_named(text: str) -> None:
    found = read(FEEDBACK, line(text=text, section="direct"))
    assert isinstance(found, Objection) and found.reason is Reason.RULE
    assert found.words and all(words in text for words in found.words.split(", "))


@pytest.mark.parametrize("parts", [None, {}, {"situation": "", "mood": "grim"}])
def test_feedback_has_its_four_parts_and_no_other(parts: dict[str, str | None] | None) -> None:
    told = read(FEEDBACK, line(text="You called Tom.", section="direct", parts=parts))
    assert isinstance(told, Told)
    assert told.item.parts == dict.fromkeys(("situation", "behaviour", "impact", "request"))


def progress_reason(section: str, *sources: Any) -> Reason | None:
    given = {excerpt: f"E{at}" for at, excerpt in enumerate(PROGRESS.evidence, start=1)}
    return reason(PROGRESS, line(section=section, evidence=[given[said.excerpt] for said in sources]))


@pytest.mark.parametrize(
    ("source", "sections"),
    [
        (POSTED, {"done"}),
        (POLLS, {"learned"}),
        (DEMO, {"open"}),
        (PROMISE, {"open", "next"}),
        (CAMERA, {"done"}),
    ],
    ids=["done", "learned", "open", "of an open action", "of a done action"],
)
def test_progress_is_told_as_the_notes_and_the_records_tell_it(source: Any, sections: set[str]) -> None:
    for section in ("done", "learned", "open", "next"):
        assert progress_reason(section, source) is (None if section in sections else Reason.STATUS)


def test_all_that_a_line_of_progress_cites_must_be_told_so() -> None:
    assert progress_reason("done", POSTED, CAMERA) is None
    assert progress_reason("done", POSTED, PROMISE) is Reason.STATUS


def test_only_an_agenda_has_details() -> None:
    for brief, section, detail in ((AGENDA, "focus", "It is late."), (ANSWER, None, None)):
        told = read(brief, line(section=section, detail="It is late."))
        assert isinstance(told, Told) and told.item.detail == detail


def test_a_learning_is_its_themes_with_the_records_count() -> None:
    assert read(LEARNINGS, line(theme="T2")) == Told(Item("The demo", pairings=3), "T2")


@pytest.mark.parametrize("theme", [None, "", "T3", "t1", "E1"])
def test_a_learning_of_no_given_theme_stands_on_nothing(theme: str | None) -> None:
    assert reason(LEARNINGS, line(theme=theme)) is Reason.EVIDENCE
