"""The lies that a model is made to tell: of their kind, none of them true, and seen where they are shown."""

import json
from datetime import date
from typing import Any

import pytest

from coach.domain.suggestions import Kind
from coach.drafting.shapes import answer_schema
from tests.integration.model_replies import Asked
from tests.llm.demonstration import Call
from tests.llm.ledger import Answer, Ledger, wrong_dues, wrong_states
from tests.llm.liar import ANOTHER_NOTE, TRUE, WRONG_SECTION, Liar, Told
from tests.llm.lies import lies_about
from tests.llm.showing import Evidence, Shown, shown_in

_BY_MAYA, _BY_INGRID = ("Maya", "2027-02-17"), ("Ingrid", "2027-03-01")
_USER = """Reader: Maya, the mentor of a reverse pairing, with Ingrid. Today is 2027-03-10.

Records:
- action "Send the list": open, owner Ingrid, due 2027-02-12
Closed: "Book the room" (done)

Evidence:
<e id="E1" by="Maya" on="2027-02-17">She will send me the list of the reports.</e>
<e id="E2" by="Ingrid" on="2027-03-01">I felt nervous about the demo.</e>"""


def _shown(*evidence: Evidence) -> Shown:
    return Shown("ask", "Maya", "Ingrid", evidence, (), "", {})


@pytest.mark.parametrize(
    ("kind", "by", "text", "lie"),
    [
        ("roles exchanged", _BY_MAYA, "Ingrid let Berit do it.", "Maya let Berit do it."),
        ("roles exchanged", _BY_MAYA, "She wants to open it.", "You want to open it."),
        ("roles exchanged", _BY_MAYA, "I'll find out.", "Ingrid will find out."),
        ("roles exchanged", _BY_INGRID, "I owe him a phone call.", "You owe him a phone call."),
        ("promise told as done", _BY_MAYA, "- I’ll build a page", "- I did build a page"),
        ("promise told as done", _BY_MAYA, "Promised to publish it", "Did publish it"),
        ("number changed", _BY_MAYA, "Antwerp has 14 stops.", "Antwerp has 17 stops."),
        ("number changed", _BY_MAYA, "Two of us read it.", "Six of us read it."),
        ("date changed", _BY_MAYA, "We meet on Monday.", "We meet on Wednesday."),
        ("date changed", _BY_INGRID, "It ran.", "Ingrid wrote on 1 August 2027: “It ran.”"),
        ("negation dropped or added", _BY_MAYA, "I didn’t know that.", "I did know that."),
        ("negation dropped or added", _BY_MAYA, "The demo was short.", "The demo was not short."),
        ("sentiment inverted", _BY_INGRID, "I felt nervous.", "I felt confident."),
        ("event invented", _BY_MAYA, "She read it.", "Ingrid apologised for it the same evening"),
        ("scope widened", _BY_MAYA, "She shared some slides.", "She shared all slides."),
        ("name changed", _BY_MAYA, "She called Marek.", "She called Sandra."),
    ],
)
def test_a_lie_of_each_kind(kind: str, by: tuple[str, str], text: str, lie: str) -> None:
    told = Evidence("E1", *by, text)
    assert (kind, lie) in list(lies_about(told, _shown(told)))


def test_what_the_evidence_says_elsewhere_is_no_lie() -> None:
    told = Evidence("E1", *_BY_MAYA, "Two came.")
    assert ("number changed", "Six came.") in list(lies_about(told, _shown(told)))
    elsewhere = _shown(told, Evidence("E2", *_BY_MAYA, "In the end six came."))
    assert ("number changed", "Six came.") not in list(lies_about(told, elsewhere))


def test_of_a_question_no_lie_is_made() -> None:
    asked = Evidence("E1", *_BY_MAYA, "Did two come?")
    assert list(lies_about(asked, _shown(asked))) == []


def test_a_prompt_is_read() -> None:
    shown = shown_in(_asked("agenda"))
    assert (shown.reader, shown.partner, shown.open_actions) == ("Maya", "Ingrid", ("Send the list",))
    assert [(e.id, e.date, e.by) for e in shown.evidence] == [
        ("E1", "2027-02-17", "Maya"),
        ("E2", "2027-03-01", "Ingrid"),
    ]


def _asked(kind: str) -> Asked:
    schema = answer_schema(Kind(kind), ["E1", "E2"], [])
    form = {"type": "json_schema", "json_schema": {"name": kind, "schema": schema}}
    return Asked({"messages": [{"role": "user", "content": _USER}], "response_format": form})


@pytest.mark.parametrize("kind", ["agenda", "reflection", "feedback", "progress", "ask"])
def test_the_liar_answers_in_the_form_and_tells_all_its_lies_once(kind: str) -> None:
    liar, asked, lines = Liar(), _asked(kind), list[dict[str, Any]]()
    while not lines or liar.has_more(asked):
        lines += json.loads(liar.answer(asked))["items"]
    assert all(set(line) == set(asked.line_fields) for line in lines)
    assert {key for line in lines for key in line["evidence"]} <= {"E1", "E2"}
    lies = [told.line["text"] for told in liar.told if told.kind != TRUE]
    assert lies and set(lies) <= {line["text"] for line in lines}


def test_the_liar_tells_an_open_action_as_done() -> None:
    liar = Liar()
    liar.answer(_asked("agenda"))
    liar.answer(_asked("progress"))
    assert any("Send the list is done" in told.words for told in liar.told)
    assert not any("Book the room" in told.words for told in liar.told)


def _item(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "detail": None, "section": None, "citations": [], **more}


def _ledger(told: Told, item: dict[str, Any]) -> Ledger:
    call = Call("progress", "pair-01", "maya", "", "", {})
    return Ledger([Answer(call, 200, {"items": [item]}, (told,))])


def test_a_lie_that_is_shown_is_listed_with_what_it_was_made_from() -> None:
    told = Told("number changed", "Six of us came.", "Two of us came.", {})
    seen = _ledger(told, _item("Then", detail="First:  six of us came"))
    assert seen.shown["number changed"] == 1
    assert "Two of us came." in str(seen)
    unseen = _ledger(told, _item("Two of us came."))
    assert (unseen.told["number changed"], unseen.lies) == (1, [])


def test_true_words_are_a_lie_where_another_note_is_cited_or_another_section_told() -> None:
    told = Told(ANOTHER_NOTE, "Two came.", "It rained.", {}, true_of="Two came.")
    assert _ledger(told, _item("Two came.", citations=[{"quote": "It rained."}])).lies
    assert not _ledger(told, _item("Two came.", citations=[{"quote": "Two came."}])).lies
    filed = Told(WRONG_SECTION, "She will come.", "She will come.", {}, section="done")
    assert _ledger(filed, _item("She will come.", section="done")).lies
    assert not _ledger(filed, _item("She will come.", section="next")).lies


@pytest.mark.parametrize(
    ("item", "wrong"),
    [
        (_item("Done: “Send the list”", section="done"), True),
        (_item("Send the list is done", section="learned"), True),
        (_item("Still open: “Send the list”", section="open"), False),
        (_item("Still open: “Book the room”", section="open"), True),
        (_item("Last actions: “Book the room”", section="actions"), True),
        (_item("“Post alone”: achieved, not rated yet", section="goals"), True),
        (_item("“Post alone”: open, not rated yet", section="goals"), False),
    ],
)
def test_a_wrong_state_is_seen(item: dict[str, Any], wrong: bool) -> None:
    actions = [{"title": "Send the list", "status": "open"}, {"title": "Book the room", "status": "done"}]
    goals = [{"title": "Post alone", "status": "open"}]
    assert bool(wrong_states([item], actions, goals)) is wrong


@pytest.mark.parametrize(
    ("when", "wrong"), [("due 12 February 2027, 26 days overdue", False), ("due 12 February 2027", True)]
)
def test_a_wrong_due_date_is_seen(when: str, wrong: bool) -> None:
    actions = [{"title": "Send the list", "due": "2027-02-12"}]
    item = _item("Last actions", detail=f"“Send the list”: Ingrid, {when}")
    assert bool(wrong_dues([item], actions, date(2027, 3, 10))) is wrong
