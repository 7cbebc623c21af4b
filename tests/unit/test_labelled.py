"""Labelled notes: whole, and refused when a label does not fit."""

from typing import Any

import pytest
from pydantic import ValidationError

from evals.cases.schema import Split
from evals.datasets.labelled import Fault, Labelled, labelled_notes, with_close_statements

ANSWERABLE = {
    "ask": "Where?",
    "reader": "mentor",
    "note": "n1",
    "quote": "in the canteen",
    "answer": "There.",
}
TOLD: dict[str, Any] = {
    "split": "tuning",
    "mentor": "Aylin Demir",
    "mentee": "Sir Robert Hale",
    "about": "A talk.",
    "notes": [{"key": "n1", "date": "2027-03-04", "author": "Hale", "text": "We met in the canteen."}],
    "answerable": [ANSWERABLE],
    "unanswerable": [{"ask": "Why?", "reader": "mentee", "near": "n1", "why": "Not told."}],
    "statements": [{"say": "They met.", "note": "n1", "quote": "We met", "borne_out": True}],
}


def test_every_file_fits_itself_and_both_splits_hold_statements_of_every_kind() -> None:
    every = labelled_notes().values()
    assert len(every) >= 100
    for split in Split:
        told = [s for notes in every if notes.split is split for s in notes.statements]
        borne_out = sum(s.borne_out for s in told)
        assert len(told) > 2000 and abs(2 * borne_out - len(told)) < 0.05 * len(told)
        assert {s.kind for s in told if s.kind} == set(Fault) - {Fault.SOURCE}


def test_close_statements_about_held_out_notes_are_of_every_kind() -> None:
    told = [s for notes in with_close_statements(Split.HELD_OUT).values() for s in notes.statements]
    assert len(told) >= 400 and 2 * sum(s.borne_out for s in told) == len(told)
    assert {s.kind for s in told if s.kind} == set(Fault)


def test_who_wrote_a_note_is_told_by_any_part_of_the_name() -> None:
    notes = Labelled.model_validate(TOLD)
    assert notes.role_of(notes.notes[0]) == "mentee"


@pytest.mark.parametrize(
    ("part", "label", "fault"),
    [
        ("answerable", {**ANSWERABLE, "quote": "in the garden"}, "does not hold 'in the garden'"),
        ("answerable", {**ANSWERABLE, "note": "n2"}, "n2 does not hold"),
        ("unanswerable", {"ask": "Why?", "reader": "mentee", "near": "n3", "why": "?"}, "no note n3"),
        ("statements", {"say": "No.", "note": "n1", "quote": "We met", "borne_out": False}, "kind of fault"),
        (
            "statements",
            {"say": "Yes.", "note": "n1", "quote": "We met", "borne_out": True, "kind": "role"},
            "kind of fault",
        ),
    ],
)
def test_a_label_that_does_not_fit_is_refused(part: str, label: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Labelled.model_validate({**TOLD, part: [label]})
