"""What a request may take, and what becomes of one that wants more."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.fields import Input
from api.limits import BodyLimit, TimeLimit
from coach.advice.briefs import Brief
from coach.capture.import_lines import ImportLine
from coach.domain.suggestions import Draft, Item
from coach.settings import Settings
from coach.setup.json_shape import MOST_DEPTH, MOST_PARTS, shape_fault
from tests.conftest import ADMIN, Client, World
from tests.integration.checks import refused
from tests.integration.coached_program import coached_program, open_service_at

_MILLIONS = 3_900_000
_DAYS = {"date", "date-time"}
_LEAST, _MOST = {"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}
BOMBS = {
    "arrays": b"[" * _MILLIONS,
    "objects": b'{"a":' * (_MILLIONS // 5),
    "in a known field": b'{"name": "x", "objectives": ' + b"[" * 2_000_000,
    "closed": b"[" * 1_000_000 + b"]" * 1_000_000,
    "unknown names": b"{" + b",".join(b'"k%d":1' % n for n in range(300_000)) + b"}",
    "one name many times": b"{" + b'"name":1,' * 400_000 + b'"name":1}',
    "values": b'{"objectives": [' + b"1," * 1_900_000 + b"1]}",
    "empty arrays": b"[" + b"[]," * 1_200_000 + b"[]]",
    "numbers": b"[" + b"9" * _MILLIONS + b"]",
    "spaces": b" " * _MILLIONS,
    "quotes": b'"' * _MILLIONS,
    "escapes": b'{"name": "' + rb"\"" * 1_900_000,
    "no text at all": b"\xff" * _MILLIONS,
    "another encoding": ("[" * 1_900_000).encode("utf-16-le"),
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_body_built_to_cost_is_refused_in_few_words(client: Client, bomb: str) -> None:
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
    answer = await client.http.post("/v1/programs", content=BOMBS[bomb], headers=headers)
    assert answer.status_code in (400, 422)
    refused(answer, answer.status_code)
    assert len(answer.content) < 20_000


@pytest.mark.parametrize("bomb", ["arrays", "unknown names", "values", "empty arrays", "another encoding"])
def test_such_a_body_is_told_by_its_build_before_anything_parses_it(bomb: str) -> None:
    assert shape_fault(BOMBS[bomb])


def test_what_stands_in_a_string_builds_nothing() -> None:
    text = "[{" * 50_000 + '\\"],' * 50_000
    assert shape_fault(json.dumps({"text": text}).encode()) is None


def test_as_much_as_is_allowed_has_no_fault() -> None:
    assert shape_fault(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH) is None
    assert shape_fault(b"[" * (MOST_DEPTH + 1))
    assert shape_fault(b"," * MOST_PARTS) is None
    assert shape_fault(b"," * (MOST_PARTS + 1))


async def test_a_name_that_is_not_known_is_not_repeated_at_length(client: Client) -> None:
    told = refused(await client("POST", "/v1/programs", json={"n" * 100_000: 1}), 422)
    assert len(json.dumps(told)) < 1000


async def test_of_many_faults_the_first_hundred_are_told(client: Client) -> None:
    told = refused(await client("POST", "/v1/programs", json={f"n{n}": 1 for n in range(2000)}), 422)
    assert len(told["errors"]) == 100


def inputs() -> Iterator[type[Input]]:
    waiting = [Input]
    while waiting:
        found = waiting.pop().__subclasses__()
        waiting += found
        yield from found


def unbounded(schema: dict[str, Any], place: str = "") -> Iterator[str]:
    """Places of strings, numbers and arrays without an end."""
    kind = schema.get("type")
    if kind == "string" and not {"maxLength", "enum", "const"} & set(schema):
        if schema.get("format") not in _DAYS:
            yield place
    elif kind in ("integer", "number"):
        if not (
            {"minimum", "exclusiveMinimum"} & set(schema) and {"maximum", "exclusiveMaximum"} & set(schema)
        ):
            yield place
    elif kind == "array" and "maxItems" not in schema:
        yield place
    if kind == "object" and schema.get("additionalProperties") is not False:
        yield place
    for name, inner in schema.items():
        if name in ("examples", "enum", "const"):
            continue
        for held in inner if isinstance(inner, list) else [inner]:
            if isinstance(held, dict):
                many = held if name in ("properties", "$defs") else {"": held}
                for key, one in many.items():
                    yield from unbounded(one, f"{place}.{key}" if key else place)


def test_every_field_of_every_body_and_line_has_an_end() -> None:
    models = {model.__name__: model.model_json_schema() for model in inputs()}
    assert len(models) > 10
    lines = TypeAdapter(ImportLine).json_schema()
    found = [place for name, schema in models.items() for place in unbounded(schema, name)]
    assert not found + list(unbounded(lines, "line"))


async def test_every_parameter_has_an_end(client: Client) -> None:
    described = (await client("GET", "/openapi.json", None)).json()
    found = [
        f"{method} {path} {parameter['name']}"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", ())
        if parameter["in"] != "path" and list(unbounded(parameter["schema"]))
    ]
    assert not found


async def test_a_body_that_trickles_is_not_waited_for(settings: Settings) -> None:
    own = settings.model_copy(update={"body_timeout": 0.2})

    async def trickling() -> AsyncIterator[bytes]:
        yield b'{"name":'
        await asyncio.sleep(60)

    async with open_service_at(own) as (_, client):
        headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
        answer = await client.http.post("/v1/programs", content=trickling(), headers=headers)
        told = refused(answer, 408)
        assert "0.2 seconds" in told["detail"]
        assert answer.headers["connection"] == "close"


class Endless:
    """A drafter that never comes to an end."""

    async def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]:
        await asyncio.sleep(60)
        yield Item("never")


async def test_what_takes_too_long_is_ended_and_says_so(settings: Settings) -> None:
    async with open_service_at(settings, Endless()) as (service, client):
        program = await coached_program(client)
        path, token, body = program.call("agenda")
        service.settings = settings.model_copy(update={"llm_timeout": 0.25, "request_timeout": 0.25})
        transport = httpx2.ASGITransport(app=create_app(service))
        async with httpx2.AsyncClient(transport=transport, base_url="http://coach.test") as http:
            answer = await http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "longer than 0.5 seconds" in answer.json()["detail"]


@pytest.mark.parametrize("media", ["text/event-stream; charset=utf-8", "application/json"])
async def test_a_stream_that_takes_too_long_ends_with_an_error(media: str) -> None:
    left = asyncio.Event()

    async def hanging(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", media.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        try:
            await asyncio.sleep(60)
        finally:
            left.set()

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing is asked for")

    await TimeLimit(hanging, 0.05)({"type": "http", "method": "GET"}, receive, send)
    assert left.is_set()
    assert (b"event: error" in sent[-1].get("body", b"")) == media.startswith("text/event-stream")


async def test_a_body_that_comes_in_pieces_is_one(client: Client, world: World) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b'{"title"', b': "Send ', b"", b'the deck"}'):
            yield piece

    headers = {"Authorization": f"Bearer {world.tokens['maya']}", "Content-Type": "application/json"}
    answer = await client.http.post(
        f"/v1/pairings/{world.pairing}/actions", content=pieces(), headers=headers
    )
    assert answer.status_code == 201
    assert answer.json()["title"] == "Send the deck"


async def test_large_bodies_that_never_end_hold_a_bounded_part_of_memory_and_small_ones_go_on() -> None:
    async def taken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    limit = BodyLimit(taken, most=4_000_000, seconds=30)
    answers, hang = list[int](), asyncio.Event()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    async def comes(size: int, *, ends: bool) -> None:
        parts: list[Message] = [
            {"type": "http.request", "body": b'"' + b"x" * size + b'"', "more_body": not ends}
        ]

        async def receive() -> Message:
            if parts:
                return parts.pop()
            await hang.wait()
            return {"type": "http.disconnect"}

        await limit({"type": "http", "headers": []}, receive, send)

    waiting = [asyncio.create_task(comes(3_900_000, ends=False)) for _ in range(100)]
    await asyncio.sleep(0)
    refused_at_once = answers.count(503)
    assert 100 * 3_900_000 - refused_at_once * 3_900_000 <= 256 * 1024 * 1024
    await comes(60_000, ends=True)
    assert answers[-1] == 204
    hang.set()
    await asyncio.gather(*waiting)
    await comes(3_900_000, ends=True)
    assert answers[-1] == 204 and answers.count(503) == refused_at_once > 0
