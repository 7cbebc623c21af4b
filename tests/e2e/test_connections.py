"""Connections of slow, talkative and odd clients, over real sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from api.connections import HEAD_BYTES, PatientProtocol
from coach.settings import Settings
from coach.wiring import open_service
from tests.e2e.serving import listening
from tests.fakes import NOW, WordEmbedder, WordReader

pytestmark = pytest.mark.usefixtures("socket_enabled")
_PATIENCE = 20


class Hasty(PatientProtocol):
    head_seconds = 0.3


@asynccontextmanager
async def place_of(settings: Settings, **more: object) -> AsyncIterator[tuple[str, int]]:
    async with (
        open_service(
            settings, embedder_of=lambda _: WordEmbedder(), reader=WordReader(), clock=lambda: NOW
        ) as service,
        listening(service, **more) as address,
    ):
        served = urlsplit(address)
        assert served.hostname and served.port
        yield served.hostname, served.port


async def said(place: tuple[str, int], *pieces: bytes, pause: float = 0.0) -> bytes:
    """All that is answered to the pieces until the other side closes."""
    reader, writer = await asyncio.open_connection(*place)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


_CLOSE = b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("pieces", [(), (b"GET /heal",), (b"GET /healthz HTTP/1.1\r\nHost: here\r\n",)])
async def test_a_head_that_does_not_come_is_not_waited_for(
    settings: Settings, pieces: tuple[bytes, ...]
) -> None:
    async with place_of(settings, http=Hasty) as place:
        assert await said(place, *pieces) == b""
        assert (await said(place, _CLOSE)).startswith(b"HTTP/1.1 200")


async def test_a_second_request_that_does_not_come_whole_is_not_waited_for(settings: Settings) -> None:
    first = _CLOSE.replace(b"Connection: close\r\n", b"")
    async with place_of(settings, http=Hasty) as place:
        answer = await said(place, first, b"GET /he")
        assert answer.count(b"HTTP/1.1") == 1


async def test_a_long_answer_is_no_missing_head(settings: Settings) -> None:
    async with place_of(settings, http=Hasty) as place:
        body = b'{"name": "Reverse", "objectives": []}'
        head = (
            b"POST /v1/programs HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            % len(body)
        )
        answer = await said(place, head, body[:10], body[10:], pause=0.5)
        assert answer.startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nX-Long: " + b"x" * (2 * HEAD_BYTES),
        b"GET /" + b"x" * (2 * HEAD_BYTES),
        b"GET /healthz HTTP/1.1\r\n" + b"X-Many: 1\r\n" * HEAD_BYTES,
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_a_head_of_no_use_is_a_400(settings: Settings, head: bytes) -> None:
    async with place_of(settings) as place:
        answer = await said(place, head)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
        assert b"Traceback" not in answer


async def test_a_body_that_trickles_is_a_408_and_its_connection_is_closed(settings: Settings) -> None:
    head = b"POST /v1/programs HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n"
    async with place_of(settings.model_copy(update={"body_timeout": 0.3})) as place:
        answer = await said(place, head, b"{")
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"nosniff" in answer


async def test_two_lengths_are_refused(settings: Settings) -> None:
    head = b"POST /v1/programs HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}"
    async with place_of(settings) as place:
        assert (await said(place, head)).startswith(b"HTTP/1.1 400")


async def test_more_connections_than_may_be_are_told_to_come_again(settings: Settings) -> None:
    async with place_of(settings, limit_concurrency=2) as place:
        held = [await asyncio.open_connection(*place) for _ in range(2)]
        assert (await said(place, _CLOSE)).startswith(b"HTTP/1.1 503")
        for _, writer in held:
            writer.close()


async def test_who_serves_is_not_told(settings: Settings) -> None:
    async with place_of(settings) as place:
        answer = await said(place, _CLOSE)
    assert b"uvicorn" not in answer.lower()
    assert b"\r\nserver:" not in answer.lower()


async def test_a_token_in_an_address_is_in_no_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "uvicorn"):
        async with place_of(settings, access_log=False) as place:
            await said(place, _CLOSE.replace(b"/healthz", b"/healthz?token=zebrafish-7741"))
    assert "zebrafish" not in caplog.text
