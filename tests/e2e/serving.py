"""A service served over real sockets within this process, and its event streams read."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn
from starlette.types import ASGIApp

from api.app import create_app
from api.connections import guarded
from coach.generations import EmbedderOf
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import Client
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.integration.coached_program import Program, coached_program


@asynccontextmanager
async def served_program(settings: Settings) -> AsyncIterator[Program]:
    """The coached program, asked over HTTP; everything but the embedder and the clock as the settings say."""
    async with served(settings, lambda _: WordEmbedder()) as client:
        yield await coached_program(client)


@asynccontextmanager
async def served(settings: Settings, embedder_of: EmbedderOf | None) -> AsyncIterator[Client]:
    """A client over HTTP; the embedder as the settings say, too, where none is given."""
    async with (
        open_service(settings, embedder_of=embedder_of, reader=WordReader(), clock=lambda: NOW) as service,
        listening(service) as address,
        httpx2.AsyncClient(base_url=address, timeout=30) as http,
    ):
        yield Client(http)


@asynccontextmanager
async def listening(service: Service, **more: object) -> AsyncIterator[str]:
    """The address of the service, on a port that the system chose; `more` settings of the server's."""
    async with answering(create_app(service), **more) as address:
        yield address


@asynccontextmanager
async def answering(app: ASGIApp, **more: object) -> AsyncIterator[str]:
    """The address of any application, served as the service is."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, **{**guarded(), **more})
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    for _ in range(500):
        if server.started or serving.done():
            break
        await asyncio.sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@dataclass(frozen=True)
class Sent:
    """One server-sent event."""

    event: str
    data: Any


async def streamed(program: Program, kind: str) -> list[Sent]:
    """All events of one suggestion; it must have answered 200 with an event stream."""
    return [sent async for sent in streaming(program, kind)]


async def streaming(program: Program, kind: str) -> AsyncGenerator[Sent, None]:
    """The events as they come."""
    async with aclosing(sent_events(program.world.client, *program.call(kind))) as events:
        async for sent in events:
            yield sent


async def sent_events(
    client: Client, path: str, token: str, body: dict[str, Any]
) -> AsyncGenerator[Sent, None]:
    """What a POST sends, event by event; it must have answered 200 with an event stream."""
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token}"}
    async with client.http.stream("POST", path, json=body, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        event, data = "", ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data += line.removeprefix("data: ")
            elif not line and event:
                yield Sent(event, json.loads(data))
                event, data = "", ""
