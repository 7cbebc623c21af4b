"""Fixtures are checked before anything is evaluated, and say all that is wrong with them at once."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from coach.errors import Invalid
from evals.calibrate_answers import tuning_cases
from evals.cases.lines import case_lines, last_session, later_lines
from evals.cases.loading import FIXTURES, load_cases, pair_faults
from evals.cases.schema import Pair, Split
from evals.running import hash_of, work_for
from evals.scorers.matching import meets
from evals.tasks import tasks_of
from tests.unit.evaluated_pair import CASE, PAIR

HERE = Path(__file__).parent / "evaluated_program"


def told() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((HERE / "pair.yaml").read_text("utf-8"))
    return made


def faults(**changes: Any) -> list[str]:
    return list(pair_faults(Pair.model_validate({**told(), **changes})))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"answerable": [{"reader": "maya", "ask": "Who?", "answer": "x", "says": ["old"],
                             "evidence": [{"note": "n3", "quote": "no such words"}]}]},
            "n3 does not say 'no such words'",
        ),
        (
            {"answerable": [{"reader": "maya", "ask": "Who?", "answer": "x", "says": ["FALKE"],
                             "evidence": [{"note": "n2", "quote": "FALKE-77"}]}]},
            "maya may not read n2, which is to show 'FALKE-77'",
        ),
        (
            {"answerable": [{"reader": "maya", "ask": "Who?", "answer": "x", "says": ["green|blue"],
                             "evidence": [{"note": "n3", "quote": "grey triangle"}]}]},
            "'Who?': no way to say 'green|blue' is in its evidence",
        ),
        ({"agenda": [{"reader": "otto"}]}, "there is no reader otto"),
        ({"agenda": [{"reader": "maya", "must": [{"about": "x"}]}]}, "'x' has neither evidence nor a record"),
        (
            {"agenda": [{"reader": "maya", "must": [{"about": "x", "goal": "g9"}]}]},
            "'x': there is no goal g9",
        ),
        ({"canaries": [{"note": "n1", "says": "SECRET"}]}, "'SECRET' is not in note n1"),
        (
            {"feedback": [{"reader": "maya", "to": "maya", "draft": "Well done."}]},
            "feedback to maya: not another member",
        ),
        ({"actions": [{"key": "g1", "title": "Twice"}], "progress": [], "agenda": [{"reader": "maya"}]},
         "the key g1 is used 2 times"),
    ],
)  # fmt: skip
def test_a_label_that_does_not_fit_is_told(changes: dict[str, Any], fault: str) -> None:
    assert fault in faults(**changes)


def test_the_made_up_pair_has_no_fault() -> None:
    assert faults() == []


def test_every_fault_of_every_file_is_told(tmp_path: Path) -> None:
    place = tmp_path / "upward"
    place.mkdir()
    (place / "program.yaml").write_text((HERE / "program.yaml").read_text("utf-8"), "utf-8")
    (place / "broken.yaml").write_text("key: [", "utf-8")
    (place / "odd.yaml").write_text(yaml.safe_dump({**told(), "mood": "fine"}), "utf-8")
    with pytest.raises(Invalid) as refused:
        load_cases(tmp_path)
    assert "upward/broken.yaml: while parsing" in refused.value.detail
    assert "upward/odd.yaml: mood: Extra inputs are not permitted" in refused.value.detail
    assert "theme 'dashboards': pair maya-ingrid shares no note" in refused.value.detail


def test_a_folder_without_programs_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"there is no \*/program.yaml"):
        load_cases(tmp_path)


def test_the_fixtures_are_whole_and_as_diverse_as_they_have_to_be() -> None:
    pairs = [pair for case in load_cases() for pair in case.pairs]
    assert len(pairs) >= 24
    assert {"en", "de", "fr", "es"} <= {pair.language for pair in pairs}
    assert {"reverse", "traditional", "peer", "group"} == {pair.kind.value for pair in pairs}
    assert max(len(pair.sessions) for pair in pairs) == 24
    assert any(not pair.notes for pair in pairs)
    assert any(len(pair.notes) == 1 for pair in pairs)
    assert sum(bool(pair.canaries or pair.injections) for pair in pairs) >= 10
    held_out = sum(pair.split is Split.HELD_OUT for pair in pairs)
    assert 0.25 <= held_out / len(pairs) <= 0.35


def test_answering_is_fitted_on_no_held_out_pair() -> None:
    fitted = [pair for case in tuning_cases() for pair in case.pairs]
    assert fitted
    assert {pair.split for pair in fitted} == {Split.TUNING}


@pytest.mark.parametrize(
    ("other", "met"),
    [
        ((0, 100), True),
        ((90, 110), True),
        ((91, 110), False),
        ((77, 200), False),
        ((76, 200), True),
        ((100, 110), False),
    ],
)
def test_stretches_meet_in_half_of_the_shorter_or_in_a_good_stretch(
    other: tuple[int, int], met: bool
) -> None:
    assert meets((0, 100), other) is meets(other, (0, 100)) is met


def test_the_last_session_comes_later() -> None:
    first, later = b"\n".join(case_lines(CASE)), b"\n".join(later_lines(CASE))
    assert last_session(PAIR) == PAIR.sessions[-1]
    assert b"I will send the list" in first
    assert b"The list of reports arrived" not in first
    assert b"The list of reports arrived" in later
    assert b"The furnace has a dashboard" in first


def test_every_label_is_asked_for() -> None:
    asked = [(task.kind, task.variant, task.reader) for task in tasks_of(CASE) if task.pair == PAIR.key]
    assert asked == [
        ("agenda", "before", "maya"),
        ("agenda", "", "maya"),
        ("reflection", "", "maya"),
        ("progress", "", "maya"),
        ("ask", "answerable", "maya"),
        ("ask", "unanswerable", "maya"),
        ("feedback", "", "maya"),
        ("search", "", "maya"),
    ]


def test_work_is_picked_by_name_split_and_repetition() -> None:
    (work,) = work_for([CASE], "upward/maya-*")
    assert {task.pair for task in work.tasks} == {PAIR.key}
    (whole,) = work_for([CASE], repeat=2)
    ids = [task.id for task in whole.tasks]
    assert len(ids) == len(set(ids))
    assert sum(task.kind == "learnings" for task in whole.tasks) == 2
    assert whole.without(ids[:3]).tasks == whole.tasks[3:]
    with pytest.raises(Invalid, match="no fixture is named 'nobody'"):
        work_for([CASE], "nobody")
    with pytest.raises(Invalid, match="in the split held_out"):
        work_for([CASE], split="held_out")


def test_the_hash_of_fixtures_changes_with_them(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("key: a")
    before = hash_of(tmp_path)
    assert before == hash_of(tmp_path)
    (tmp_path / "a.yaml").write_text("key: b")
    assert hash_of(tmp_path) != before
    assert FIXTURES.is_dir()
