"""Answers that nobody reads, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.connections import PatientProtocol
from api.docs import STATIC
from api.limits import TimeLimit
from coach.settings import Settings
from tests.e2e.serving import answering
from tests.e2e.test_connections import place_of, said

pytestmark = pytest.mark.usefixtures("socket_enabled")
_MANY = 8
_SHORT = 0.3
_PATIENCE = 20
_LARGE = 20_000_000
_SCRIPT = f"{STATIC}/swagger-ui-bundle.js"


class Watched(PatientProtocol):
    """What is open is counted here, and aborted sooner."""

    read_seconds = _SHORT
    opened: ClassVar[set[asyncio.Protocol]] = set()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.opened.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.opened.discard(self)
        super().connection_lost(exc)


@pytest.fixture(autouse=True)
def nothing_open() -> None:
    Watched.opened.clear()


@contextmanager
def asked(place: tuple[str, int], request: bytes, room: int = 2048) -> Iterator[socket.socket]:
    """A connection with little room for the answer to a request."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        client.connect(place)
        client.sendall(request)
        yield client


@asynccontextmanager
async def unread(place: tuple[str, int], request: bytes) -> AsyncIterator[None]:
    """As many connections as may be, the answers waiting in each."""
    clients = [asked(place, request) for _ in range(_MANY)]
    for client in clients:
        client.__enter__()
    try:
        await until_open(_MANY)
        yield
    finally:
        for client in clients:
            client.__exit__(None, None, None)


async def until_open(many: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        while len(Watched.opened) != many:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def get(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: here\r\n{more}\r\n".encode()


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers more at once than a system keeps for a reader."""
    await Response(b"x" * _LARGE)(scope, receive, send)


@asynccontextmanager
async def place_of_app(app: ASGIApp) -> AsyncIterator[tuple[str, int]]:
    async with answering(app, http=Watched, lifespan="off") as address:
        served = urlsplit(address)
        assert served.hostname and served.port
        yield served.hostname, served.port


@pytest.mark.parametrize("times", [1, 4])
async def test_an_answer_that_nobody_reads_holds_no_connection(settings: Settings, times: int) -> None:
    async with (
        place_of(settings, http=Watched, limit_concurrency=_MANY + 1) as place,
        unread(place, get(_SCRIPT) * times),
    ):
        await until_open(0)
        answer = await said(place, get("/healthz", "Connection: close\r\n"))
        assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("more", ["", "Connection: close\r\n"])
async def test_an_answer_given_at_once_that_nobody_reads_holds_none_either(more: str) -> None:
    async with place_of_app(large) as place, unread(place, get("/", more)):
        await until_open(0)


async def test_a_stream_that_nobody_reads_is_ended_with_its_connection() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"data: " + b"x" * 10_000 + b"\n\n"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await StreamingResponse(endless(), media_type="text/event-stream")(scope, receive, send)
        finally:
            ended.set()

    ended = asyncio.Event()
    async with place_of_app(TimeLimit(app, 0.1)) as place, unread(place, get("/")):
        await until_open(0)
        assert ended.is_set()


async def test_a_slow_reader_gets_all_of_the_answer() -> None:
    loop, answer = asyncio.get_running_loop(), b""
    async with place_of_app(large) as place:
        with asked(place, get("/", "Connection: close\r\n"), room=65536) as client:
            client.setblocking(False)
            for _ in range(60):
                answer += await loop.sock_recv(client, 32_768)
                await asyncio.sleep(_SHORT / 10)
            while piece := await loop.sock_recv(client, 1_000_000):
                answer += piece
    assert answer.endswith(b"\r\n\r\n" + b"x" * _LARGE)
