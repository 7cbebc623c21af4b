"""Endpoints that differ: what each takes is found out once, and what fails is tried again or left alone."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpcore2
import pytest
import respx
from langchain_core.messages import HumanMessage
from pydantic import SecretStr

from coach.drafting.endpoint import Endpoint, Exchange, Form
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.llm import chat_model
from tests.integration import model_replies as replies
from tests.integration.model_endpoint import BASE, KEY, MODEL

LINES = [{"text": "Come back to the demo.", "evidence": ["E1"]}, {"text": "Ask about polls.", "evidence": []}]
ANSWER = json.dumps({"items": LINES})
SCHEMA = {"title": "agenda", "type": "object", "properties": {}}

Answer = Callable[[dict[str, Any]], respx.MockResponse]


def said(content: str = ANSWER, finish: str = "stop") -> respx.MockResponse:
    return respx.MockResponse(200, text=replies.streamed(content, finish), headers=replies.EVENTS)


def refused(status: int, message: str, **headers: str) -> respx.MockResponse:
    return respx.MockResponse(status, json={"error": {"message": message}}, headers=headers)


class Served:
    """An endpoint and what it was asked, each request's body."""

    def __init__(self, router: respx.Router, rest: float = 30) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.route = router.post(f"{BASE}/chat/completions")
        self.endpoint = Endpoint(chat_model(MODEL, BASE, SecretStr(KEY), 5), rest)

    def answers(self, answer: Answer) -> None:
        def side_effect(request: Any) -> respx.MockResponse:
            self.bodies.append(json.loads(request.content))
            return answer(self.bodies[-1])

        self.route.mock(side_effect=side_effect)

    async def ask(self, seconds: float = 5, exchange: Exchange | None = None) -> tuple[list[Any], Exchange]:
        exchange = exchange or Exchange()
        deadline = asyncio.get_running_loop().time() + seconds
        lines = self.endpoint.lines([HumanMessage("What next?")], SCHEMA, deadline, exchange)
        return [line async for line in lines], exchange

    async def fault(self, seconds: float = 5) -> DraftingFailed:
        with pytest.raises(DraftingFailed) as failed:
            await self.ask(seconds)
        return failed.value


@pytest.fixture
def served(httpx2_mock: respx.Router) -> Served:
    return Served(httpx2_mock)


def form_of(body: dict[str, Any]) -> str:
    return str(body.get("response_format", {"type": "text"})["type"])


async def test_lines_come_by_a_stream_in_the_schema_with_their_tokens(served: Served) -> None:
    served.answers(lambda body: said())
    lines, exchange = await served.ask()
    assert lines == LINES
    assert (exchange.usage.prompt_tokens, exchange.usage.completion_tokens) == (1234, 56)
    assert not exchange.broken_off
    (body,) = served.bodies
    assert body["stream"] is True and body["stream_options"] == {"include_usage": True}
    assert body["response_format"]["json_schema"] == {"name": "agenda", "strict": True, "schema": SCHEMA}


@pytest.mark.parametrize(
    ("taken", "tried"),
    [
        ({Form.OBJECT, Form.TEXT}, ["json_schema", "json_object"]),
        ({Form.TEXT}, ["json_schema", "json_object", "text"]),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
async def test_the_strictest_form_that_is_taken_is_found_once(
    served: Served, taken: set[Form], tried: list[str], status: int
) -> None:
    def answer(body: dict[str, Any]) -> respx.MockResponse:
        takes = form_of(body) in taken
        return said() if takes else refused(status, "response_format is not supported")

    served.answers(answer)
    assert (await served.ask())[0] == LINES
    assert [form_of(body) for body in served.bodies] == tried
    assert (await served.ask())[0] == LINES
    assert [form_of(body) for body in served.bodies] == [*tried, tried[-1]]


async def test_requests_count_by_their_length_unless_they_are_turned_away(served: Served) -> None:
    asked = len("What next?")

    def answer(body: dict[str, Any]) -> respx.MockResponse:
        return said() if form_of(body) == Form.TEXT else refused(400, "response_format is not supported")

    served.answers(answer)
    _, exchange = await served.ask()
    assert (exchange.requests, exchange.read, exchange.said) == (3, asked + len("{}"), len(ANSWER))
    served.answers(lambda body: refused(429, "slow down", **{"retry-after-ms": "1"}))
    exchange = Exchange()
    with pytest.raises(DraftingFailed):
        await served.ask(exchange=exchange)
    assert (exchange.requests, exchange.read, exchange.said) == (3, 0, 0)


async def test_an_answer_that_is_not_waited_for_was_read_all_the_same(served: Served) -> None:
    served.route.mock(side_effect=httpcore2.ReadTimeout("too slow"))
    exchange = Exchange()
    with pytest.raises(DraftingFailed):
        await served.ask(exchange=exchange)
    assert exchange.requests == 1 and exchange.read > len("What next?")


async def test_an_endpoint_that_counts_no_tokens_is_asked_without(served: Served) -> None:
    def answer(body: dict[str, Any]) -> respx.MockResponse:
        return refused(400, "unknown field stream_options") if "stream_options" in body else said()

    served.answers(answer)
    assert (await served.ask())[0] == LINES
    assert served.endpoint.way.form is Form.SCHEMA
    await served.ask()
    assert ["stream_options" in body for body in served.bodies] == [True, False, False]


async def test_an_endpoint_that_does_not_stream_is_asked_for_the_whole(served: Served) -> None:
    served.answers(lambda body: respx.MockResponse(200, json=replies.completion(ANSWER)))
    lines, exchange = await served.ask()
    assert lines == LINES and exchange.usage.completion_tokens == 56
    await served.ask()
    assert [bool(body.get("stream")) for body in served.bodies] == [True, False, False]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_what_may_pass_is_tried_again(served: Served, status: int) -> None:
    served.answers(
        lambda body: said() if len(served.bodies) > 2 else refused(status, "busy", **{"retry-after-ms": "1"})
    )
    assert (await served.ask())[0] == LINES
    assert len(served.bodies) == 3


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_will_not_pass_is_not_tried_again(served: Served, status: int) -> None:
    served.answers(lambda body: refused(status, "no"))
    fault = await served.fault()
    assert (fault.fault, fault.told) == (Fault.STATUS, {"status": status})
    assert len(served.bodies) == 1


@pytest.mark.parametrize("finish", ["length", "stop"])
async def test_of_an_answer_that_breaks_off_the_whole_lines_are_kept(served: Served, finish: str) -> None:
    served.answers(lambda body: said(ANSWER[:-10], finish))
    lines, exchange = await served.ask()
    assert lines == LINES[:1] and exchange.broken_off


async def test_an_answer_without_end_is_left(served: Served) -> None:
    endless = '{"items": [' + ", ".join([json.dumps(LINES[0])] * 2_000)
    served.answers(lambda body: said(endless))
    lines, exchange = await served.ask()
    assert exchange.broken_off and 0 < len(lines) < 2_000


async def test_an_endpoint_that_fails_again_and_again_rests_and_then_serves(
    httpx2_mock: respx.Router,
) -> None:
    served = Served(httpx2_mock, rest=0.2)
    served.answers(lambda body: refused(401, "no"))
    for _ in range(3):
        assert (await served.fault()).fault is Fault.STATUS
    for _ in range(5):
        assert (await served.fault()).fault is Fault.RESTS
    assert len(served.bodies) == 3
    served.answers(lambda body: said())
    await asyncio.sleep(0.25)
    assert (await served.ask())[0] == LINES


@pytest.mark.parametrize("status", [400, 413, 422, 500])
async def test_a_request_that_is_too_long_is_not_tried_again_and_lets_no_endpoint_rest(
    served: Served, status: int
) -> None:
    served.answers(lambda body: refused(status, "This model's maximum context length is 10"))
    for _ in range(5):
        assert (await served.fault()).fault is Fault.TOO_LONG
    assert len(served.bodies) == 5


@pytest.mark.parametrize(
    "told",
    [
        "Your input exceeds the context window of this model.",
        "The decoder prompt (length 9000) is longer than the maximum model length of 4096.",
        "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "Requested tokens (9000) exceed context window of 2048",
        "prompt too long; exceeded max context length by 4904 tokens",
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 9000 `inputs` tokens",
        "Prompt contains 9000 tokens, too large for model with 4096 maximum context length",
        "prompt is too long: 9000 tokens > 4096 maximum",
        "input length and `max_tokens` exceed context limit: 9000 + 4096 > 8192",
        "The input token count (9000) exceeds the maximum number of tokens allowed (4096).",
        "This model's maximum prompt length is 4096 but the request contains 9000 tokens.",
        "Input is too long for requested model.",
        "Please reduce the length of the messages or completion.",
    ],
)
async def test_each_servers_words_for_a_request_that_is_too_long_are_known(served: Served, told: str) -> None:
    served.answers(lambda body: refused(400, told))
    assert (await served.fault()).fault is Fault.TOO_LONG


async def test_too_many_tokens_in_a_minute_are_no_request_that_is_too_long(served: Served) -> None:
    told = "Too many tokens: your rate exceeds the limit of 10 in a minute"
    served.answers(lambda body: refused(429, told, **{"retry-after-ms": "1"}))
    assert (await served.fault()).told == {"status": 429}
    assert len(served.bodies) == 3
