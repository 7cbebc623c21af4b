"""The judging model, every request to it intercepted, and what a report makes of its marks."""

import json
from pathlib import Path
from typing import Any

import pytest
import respx
from pydantic import SecretStr

from coach.settings import Settings
from coach.wiring.drafting import build_judge
from evals.judging import ASPECTS, agreements, judged
from evals.metrics import Score
from evals.report import report_of, write_report
from evals.results import Scored
from evals.runs import Log, header_for, read_log
from tests.integration import model_replies as replies
from tests.integration.model_endpoint import BASE, KEY, MODEL
from tests.unit.evaluated_pair import ANSWERS, CASE

AGENDA = ANSWERS[1]
SETTINGS = Settings(llm_base_url=BASE, llm_model=MODEL, llm_api_key=SecretStr(KEY), llm_timeout=5)


def verdict(mark: int) -> str:
    return json.dumps({aspect: {"mark": mark, "reason": f"{aspect}: the focus"} for aspect in ASPECTS})


def answering(router: respx.Router, content: str, status: int = 200) -> respx.Route:
    route = router.post(f"{BASE}/chat/completions")
    route.mock(return_value=respx.MockResponse(status, json=replies.completion(content, "stop")))
    return route


async def test_a_verdict_is_typed_and_rests_on_what_the_reader_may_read(httpx2_mock: respx.Router) -> None:
    route = answering(httpx2_mock, verdict(4))
    marks = await judged(CASE, AGENDA, build_judge(SETTINGS))
    assert marks == {aspect: (4, f"{aspect}: the focus") for aspect in ASPECTS}
    assert route.call_count == 1
    asked: dict[str, Any] = json.loads(route.calls.last.request.content)
    told = " ".join(str(message["content"]) for message in asked["messages"])
    assert "We ran out of time for the alarm threshold." in told
    assert "FALKE-77" not in told
    assert not any(word in told for pair in CASE.pairs for p in pair.people for word in p.name.split())
    assert asked["model"] == MODEL


async def test_a_judge_that_is_busy_is_asked_once_more(httpx2_mock: respx.Router) -> None:
    route = answering(httpx2_mock, verdict(4))
    busy = respx.MockResponse(429, json={"error": {"message": "slow down"}})
    told = respx.MockResponse(200, json=replies.completion(verdict(4), "stop"))
    route.mock(side_effect=[busy, told])
    assert await judged(CASE, AGENDA, build_judge(SETTINGS)) is not None
    assert route.call_count == 2


@pytest.mark.parametrize(
    ("content", "status"), [("five stars", 200), (verdict(9), 200), ("{}", 200), (verdict(4), 500)]
)
async def test_what_is_no_verdict_leaves_an_answer_unjudged(
    httpx2_mock: respx.Router, content: str, status: int
) -> None:
    answering(httpx2_mock, content, status)
    assert await judged(CASE, AGENDA, build_judge(SETTINGS)) == {}


async def test_searches_owners_and_the_past_are_not_judged(httpx2_mock: respx.Router) -> None:
    for answer in (ANSWERS[0], ANSWERS[-1]):
        assert await judged(CASE, answer, build_judge(SETTINGS)) == {}
    assert not httpx2_mock.calls


def marked(mark: int, value: float, n: int) -> Scored:
    task = AGENDA.task.model_copy(update={"id": f"upward/maya-ingrid/agenda/{n}"})
    answer = AGENDA.model_copy(update={"task": task})
    return Scored(answer, (Score("agenda coverage@6", value),), dict.fromkeys(ASPECTS, (mark, "why")))


def test_agreement_is_a_rank_correlation_with_scores_of_the_same_meaning() -> None:
    agreeing = [marked(mark, mark / 5, mark) for mark in (1, 2, 3, 4, 5)]
    useful = next(one for one in agreements(agreeing) if one.aspect == "useful")
    assert (useful.mean, useful.answers) == (3.0, 5)
    assert useful.correlation == pytest.approx(1.0)
    contrary = [marked(mark, 1 - mark / 5, mark) for mark in (1, 2, 3, 4, 5)]
    assert next(o for o in agreements(contrary) if o.aspect == "useful").correlation == pytest.approx(-1.0)
    assert next(o for o in agreements(agreeing) if o.aspect == "kind").correlation is None
    assert agreements([Scored(AGENDA, (Score("agenda coverage@6", 1.0),))]) == []


def test_marks_are_logged_and_reported_apart(tmp_path: Path) -> None:
    header = header_for(SETTINGS, "offline", "*", None, 1, "abc", MODEL)
    log = Log(tmp_path, header)
    for mark in (1, 2, 3, 4, 5):
        log.add(marked(mark, mark / 5, mark))
    log.close()
    read, scored = read_log(tmp_path)
    assert [one.marks["useful"] for one in scored] == [(mark, "why") for mark in (1, 2, 3, 4, 5)]
    write_report(tmp_path, report_of(read, scored, [CASE], []))
    assert f"{MODEL} gave marks from 1 to 5" in (tmp_path / "report.md").read_text()
    assert "| useful | 3.00 | +1.00 | 5 | 0 |" in (tmp_path / "report.md").read_text()
