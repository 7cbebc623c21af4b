"""A model's false lines, which it is told of once and may mend."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import respx

from coach.settings import Settings
from tests.integration import model_replies as replies
from tests.integration.checks import NO_USAGE
from tests.integration.coached_program import KINDS, Program, open_program
from tests.integration.model_endpoint import (
    Endpoint,
    check_by_model,
    check_offline,
    check_shown,
    drafter_with,
)

Line = dict[str, Any]
_NO_WAIT = {"retry-after-ms": "1"}
_INVENTED = "the zeppelin over Rotterdam"


def key_of(asked: replies.Asked, words: str) -> str:
    """The id of the evidence that holds these words."""
    return next(key for key, told in asked.evidence.items() if words in told)


def sure(asked: replies.Asked) -> Line:
    return {
        "text": "Ingrid learned how to follow a podcast.",
        "evidence": [key_of(asked, "follow a podcast")],
    }


def false(asked: replies.Asked) -> Line:
    return {"text": "We ran out of time for five demos.", "evidence": [key_of(asked, "ran out of time")]}


def mended(asked: replies.Asked) -> Line:
    return {**false(asked), "text": "We ran out of time for the dashboard demo."}


def saying(*lines: Callable[[replies.Asked], Line]) -> Callable[[replies.Asked], str]:
    return lambda asked: replies.answer_of(*(line(asked) for line in lines))


def requests(endpoint: Endpoint) -> list[replies.Asked]:
    return [replies.Asked(json.loads(call.request.content)) for call in endpoint.route.calls]


def texts(suggestion: dict[str, Any]) -> list[str]:
    return [item["text"] for item in suggestion["items"]]


async def test_a_false_line_is_told_with_its_reason_and_shown_as_it_is_mended(
    program: Program, endpoint: Endpoint
) -> None:
    endpoint.says(replies.mending(saying(sure, false), saying(mended)))
    suggestion = await program.ask("ask")
    first, second = requests(endpoint)
    assert (first.thrown_away, second.thrown_away) == ([], [false(first)])
    assert second.body["messages"][:2] == first.body["messages"]
    assert second.body["response_format"] == first.body["response_format"]
    assert json.dumps(false(first), ensure_ascii=False) in second.objections
    assert "because a number is not in the evidence that it names" in second.objections
    assert sure(first)["text"] not in second.objections
    assert texts(suggestion) == [sure(first)["text"], mended(first)["text"]]
    assert suggestion["warnings"] == []
    check_by_model(suggestion, "ask", requests=2)
    await check_shown(program, "ask", suggestion)


async def test_a_model_is_asked_to_mend_once_and_no_more(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            endpoint.says(lambda _: replies.answer_of({"text": f"Look at {_INVENTED}."}))
            before = endpoint.route.call_count
            suggestion = await program.ask(kind)
            assert endpoint.route.call_count == before + 2
            check_offline(suggestion)
            assert _INVENTED not in json.dumps(suggestion)
            both = {
                "prompt_tokens": 2 * replies.PROMPT_TOKENS,
                "completion_tokens": 2 * replies.COMPLETION_TOKENS,
            }
            assert suggestion["usage"] == {**NO_USAGE, **both}


async def test_nothing_is_asked_again_when_every_line_held(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            endpoint.says(replies.in_form)
            before = endpoint.route.call_count
            check_by_model(await program.ask(kind), kind)
            assert endpoint.route.call_count == before + 1


async def test_what_is_only_mended_is_the_models_too(program: Program, endpoint: Endpoint) -> None:
    endpoint.says(replies.mending(saying(false), saying(mended)))
    suggestion = await program.ask("ask")
    assert texts(suggestion) == ["We ran out of time for the dashboard demo."]
    assert suggestion["warnings"] == []
    check_by_model(suggestion, "ask", requests=2)


async def test_a_line_that_stays_false_is_left_out_and_that_is_said(
    program: Program, endpoint: Endpoint
) -> None:
    endpoint.says(replies.mending(saying(sure, false), saying(false)))
    suggestion = await program.ask("ask")
    assert texts(suggestion) == [sure(endpoint.asked)["text"]]
    assert "1 of the model's lines was left out" in suggestion["warnings"][0]


async def test_a_line_that_held_is_not_shown_twice(program: Program, endpoint: Endpoint) -> None:
    endpoint.says(replies.mending(saying(sure, false), saying(sure, mended)))
    suggestion = await program.ask("ask")
    assert texts(suggestion) == [sure(endpoint.asked)["text"], mended(endpoint.asked)["text"]]


_FAULTS: dict[str, dict[str, Any]] = {
    "an error": {"status_code": 500, "headers": _NO_WAIT},
    "not allowed": {"status_code": 401, "json": {"error": {"message": "bad key"}}},
    "prose": {"status_code": 200, "json": replies.completion("I would rather not.")},
    "nothing": {"status_code": 200, "json": replies.completion("")},
    "half an answer": {"status_code": 200, "json": replies.completion('{"items": [{"text": "We ran')},
    "a refusal": {"status_code": 200, "json": replies.completion(None, refusal="I can't help with that.")},
}


def failing_to_mend(endpoint: Endpoint, first: Callable[[replies.Asked], str], fault: dict[str, Any]) -> None:
    def answer(request: Any) -> respx.MockResponse:
        again = replies.Asked(json.loads(request.content)).thrown_away
        return respx.MockResponse(**fault) if again else endpoint.answer(request, first)

    endpoint.route.mock(side_effect=answer)


@pytest.mark.parametrize("fault", _FAULTS)
async def test_when_mending_fails_what_held_is_shown_and_the_rest_is_said_to_be_left_out(
    program: Program, endpoint: Endpoint, fault: str
) -> None:
    failing_to_mend(endpoint, saying(sure, false), _FAULTS[fault])
    suggestion = await program.ask("ask")
    assert any(asked.thrown_away for asked in requests(endpoint))
    assert suggestion["drafted_by"]["engine"] == "llm"
    assert texts(suggestion) == [sure(endpoint.asked)["text"]]
    assert "1 of the model's lines was left out" in suggestion["warnings"][0]


@pytest.mark.parametrize("fault", _FAULTS)
async def test_when_mending_fails_the_offline_coachs_item_stands_in(
    program: Program, endpoint: Endpoint, fault: str
) -> None:
    def asks(asked: replies.Asked) -> str:
        key = key_of(asked, "learned to use polls")
        good = {"text": "What did you notice about polls in meetings?", "section": "what", "evidence": [key]}
        bad = {"text": f"What will you do with {_INVENTED}?", "section": "now_what", "evidence": [key]}
        return replies.answer_of(good, bad)

    failing_to_mend(endpoint, asks, _FAULTS[fault])
    suggestion = await program.ask("reflection")
    assert suggestion["drafted_by"]["engine"] == "llm"
    assert {item["section"] for item in suggestion["items"]} == {"what", "so_what", "now_what"}
    assert "What did you notice about polls in meetings?" in texts(suggestion)
    assert _INVENTED not in json.dumps(suggestion)
    assert "1 of the model's lines was left out" in suggestion["warnings"][0]
    await check_shown(program, "reflection", suggestion)


@pytest.mark.parametrize("deadline", [2.0])
async def test_mending_ends_at_the_deadline_of_the_whole_draft(program: Program, endpoint: Endpoint) -> None:
    mending = asyncio.Event()

    async def answer(request: Any) -> respx.MockResponse:
        if replies.Asked(json.loads(request.content)).thrown_away:
            mending.set()
            await asyncio.sleep(3600)
        return endpoint.answer(request, saying(sure, false))

    endpoint.route.mock(side_effect=answer)
    async with asyncio.timeout(30):
        suggestion = await program.ask("ask")
    assert mending.is_set()
    assert texts(suggestion) == [sure(endpoint.asked)["text"]]
    assert "1 of the model's lines was left out" in suggestion["warnings"][0]


async def test_a_line_in_another_language_is_told_so_and_mended(program: Program, endpoint: Endpoint) -> None:
    def german(asked: replies.Asked) -> Line:
        return {**sure(asked), "text": "Ingrid hat gelernt, wie man einem Podcast folgt und ihn abonniert."}

    endpoint.says(replies.mending(saying(german), saying(sure)))
    suggestion = await program.ask("ask")
    assert "because it is not in the language of the evidence" in endpoint.asked.objections
    assert texts(suggestion) == [sure(endpoint.asked)["text"]]


@pytest.fixture
async def keeping(settings: Settings, endpoint: Endpoint) -> AsyncIterator[Program]:
    """The program with a coach that keeps answers."""
    async with open_program(settings, drafter_with(10, kept=9)) as opened:
        yield opened


async def test_a_mended_answer_is_kept_like_any_other(keeping: Program, endpoint: Endpoint) -> None:
    endpoint.says(replies.mending(saying(sure, false), saying(mended)))
    first, again = await keeping.ask("ask"), await keeping.ask("ask")
    assert endpoint.route.call_count == 2
    assert again["items"] == first["items"] and again["usage"] == NO_USAGE
