"""A model endpoint at fault, every request to it intercepted: the offline coach answers and says why."""

import asyncio
import json
from itertools import product
from typing import Any

import httpcore2
import pytest

from tests.integration import model_replies as replies
from tests.integration.checks import cited_in
from tests.integration.coached_program import KINDS, Program
from tests.integration.model_endpoint import (
    KEY,
    Endpoint,
    check_by_model,
    check_offline,
    check_shown,
)

_NO_WAIT = {"retry-after-ms": "1"}


_UNUSABLE: dict[str, dict[str, Any]] = {
    "an error of the server": {"status": 500, "headers": _NO_WAIT, "text": "oops"},
    "not allowed": {
        "status": 401,
        "json": {"error": {"message": "bad key the-key-of-the-tests", "type": "auth"}},
    },
    "too many requests": {"status": 429, "headers": _NO_WAIT, "json": {"error": {"message": "slow down"}}},
    "unknown model": {"status": 404, "json": {"error": {"message": "no such model"}}},
    "a refused schema": {"status": 400, "json": {"error": {"message": "response_format unknown"}}},
    "a web page": {"status": 200, "html": "<html>Welcome to the proxy</html>"},
    "no content": {"status": 204},
    "half a body": {"status": 200, "text": '{"id": "chatcmpl-1", "choices": [{"mess'},
    "prose": {"status": 200, "json": replies.completion("Sure! Here is your agenda: talk more.")},
    "half an answer": {"status": 200, "json": replies.completion('{"items": [{"text": "Come ba')},
    "no choices": {"status": 200, "json": {**replies.completion(""), "choices": []}},
    "null choices": {"status": 200, "json": {**replies.completion(""), "choices": None}},
    "nothing said": {"status": 200, "json": replies.completion(None)},
    "a refusal": {"status": 200, "json": replies.completion(None, refusal="I can't help with that.")},
    "a list": {"status": 200, "json": replies.completion("[]")},
    "items of the wrong type": {"status": 200, "json": replies.completion('{"items": "none"}')},
    "lines of the wrong type": {"status": 200, "json": replies.completion('{"items": [1, null, "x"]}')},
    "an empty text": {"status": 200, "json": replies.completion('{"items": [{"text": "", "evidence": []}]}')},
    "a null text": {"status": 200, "json": replies.completion('{"items": [{"text": null}]}')},
    "an error in a 200": {"status": 200, "json": {"error": {"message": "out of memory"}}},
    "not an object": {"status": 200, "json": []},
}


async def test_an_unusable_answer_is_answered_offline_and_says_so(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for (fault, response), kind in product(_UNUSABLE.items(), KINDS):
        with subtests.test(fault=fault, kind=kind):
            endpoint.gives(**response)
            before = endpoint.route.call_count
            suggestion = await program.ask(kind)
            assert endpoint.route.call_count > before
            told = check_offline(suggestion)
            assert KEY not in told
            assert response["status"] < 400 or str(response["status"]) in told
            await check_shown(program, kind, suggestion)
            assert kind in ("learnings", "feedback") or cited_in(suggestion)


@pytest.mark.parametrize("finish", ["length", "stop"])
async def test_an_answer_that_is_cut_off_is_not_shown_in_part(
    program: Program, endpoint: Endpoint, finish: str, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            endpoint.says(replies.cut_off, finish)
            suggestion = await program.ask(kind)
            assert endpoint.asked.kind == kind
            check_offline(suggestion)
            await check_shown(program, kind, suggestion)


@pytest.mark.parametrize("deadline", [0.3])
async def test_an_endpoint_that_never_answers_is_given_up_at_the_deadline(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    began: list[str] = []

    async def never(request: Any) -> None:
        began.append(replies.Asked(json.loads(request.content)).kind)
        await asyncio.sleep(3600)

    endpoint.route.mock(side_effect=never)
    for kind in KINDS:
        with subtests.test(kind=kind):
            async with asyncio.timeout(5):
                suggestion = await program.ask(kind)
            assert kind in began
            assert "0.3 seconds" in check_offline(suggestion)
            await check_shown(program, kind, suggestion)
    endpoint.says(replies.in_form)
    check_by_model(await program.ask("agenda"), "agenda")


@pytest.mark.parametrize("deadline", [0.5])
async def test_an_endpoint_that_asks_to_wait_long_is_not_waited_for(
    program: Program, endpoint: Endpoint
) -> None:
    endpoint.gives(429, headers={"retry-after": "30"}, json={"error": {"message": "slow down"}})
    async with asyncio.timeout(5):
        suggestion = await program.ask("agenda")
    assert endpoint.route.called
    check_offline(suggestion)


@pytest.mark.parametrize("deadline", [2.0])
async def test_an_endpoint_that_refuses_connections_is_answered_for(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    endpoint.route.mock(side_effect=httpcore2.ConnectError("refused"))
    for kind in KINDS:
        with subtests.test(kind=kind):
            suggestion = await program.ask(kind)
            assert endpoint.route.called
            assert "reached" in check_offline(suggestion)
            await check_shown(program, kind, suggestion)


async def test_after_a_fault_the_model_is_asked_again(program: Program, endpoint: Endpoint) -> None:
    endpoint.gives(500, headers=_NO_WAIT)
    check_offline(await program.ask("agenda"))
    endpoint.says(replies.in_form)
    check_by_model(await program.ask("agenda"), "agenda")
