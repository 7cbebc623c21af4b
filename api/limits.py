"""What a request may take: size and build of its body, time to send it, time to be answered."""

import asyncio
from http import HTTPStatus

from fastapi.sse import format_sse_event
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ProblemResponse, problem
from coach.setup.json_shape import shape_fault

_EVENTS = "text/event-stream"
_SMALL = 64 * 1024
_COMING = 256 * 1024 * 1024


class BodyLimit:
    """Reads the body before anything else does; the application gets it whole.

    Refused are a body over `most` bytes (413), told by its header or found while reading, one that is not
    there after `seconds` (408), and one that is built to cost (422). What large bodies hold together while
    they come has a bound, too (503), for they are read before anybody asks who sends them.
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._coming = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await self._read(scope, receive)
        if isinstance(body, ProblemResponse):
            await body(scope, receive, send)
        elif body is not None:
            await self._app(scope, _replaying(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | ProblemResponse | None:
        """None when whoever sends it goes away before its end."""
        told = Headers(scope=scope).get("content-length", "0")
        if told.isdigit() and int(told[:20]) > self._most:
            return self._too_large()
        body, counted = bytearray(), 0
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += message.get("body", b"")
                    if len(body) > self._most:
                        return self._too_large()
                    if not message.get("more_body", False):
                        break
                    large = len(body) if len(body) > _SMALL else 0
                    self._coming, counted = self._coming + large - counted, large
                    if large and self._coming > max(_COMING, self._most):
                        detail = "too much is being sent at once; send it again in a moment"
                        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, detail)
        except TimeoutError:
            detail = f"the body did not come within {self._seconds:g} seconds; send it again"
            return _refused(HTTPStatus.REQUEST_TIMEOUT, detail)
        finally:
            self._coming -= counted
        held = bytes(body)
        if fault := shape_fault(held):
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"the body {fault}; send less at once")
        return held

    def _too_large(self) -> ProblemResponse:
        detail = f"the body is over {self._most} bytes; send less, or raise COUNTERPART_MAX_BODY_BYTES"
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def _refused(status: HTTPStatus, detail: str) -> ProblemResponse:
    """What was not read of the body is not waited for."""
    return problem(status, detail, headers={"Connection": "close"})


def _replaying(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


class TimeLimit:
    """Ends what is not answered within `seconds`: with 503, or an event stream with its `error`."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started: Message | None = None

        async def noted(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = message
            await send(message)

        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                await self._app(scope, receive, noted)
        except TimeoutError:
            if not limit.expired():
                raise
            await self._told(started, scope, receive, send)

    async def _told(self, started: Message | None, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"it took longer than {self._seconds:g} seconds and was ended; ask again, or for less"
        late = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
        if started is None:
            await late(scope, receive, send)
        elif Headers(raw=started["headers"]).get("content-type", "").startswith(_EVENTS):
            event = format_sse_event(event="error", data_str=bytes(late.body).decode())
            await send({"type": "http.response.body", "body": event})
