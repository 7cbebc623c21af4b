"""Connections of clients that are slow or say too much, on top of uvicorn's own protocol."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_BYTES = 32 * 1024
HEAD_SECONDS = 10.0
AT_ONCE = 1000
"""Connections; more are answered 503."""


class PatientProtocol(H11Protocol):
    """Closes a connection on which no whole head of a request came within `head_seconds`.

    uvicorn times a connection between requests alone. The one in Python is used since it bounds a head
    (`HEAD_BYTES`), which the one in C does not.
    """

    head_seconds = HEAD_SECONDS
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._wait_no_more()
        elif self._waiting is None and not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self._close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _close(self) -> None:
        self._waiting = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()


def guarded() -> dict[str, Any]:
    """What uvicorn is to be configured with wherever it serves us."""
    return {
        "http": PatientProtocol,
        "h11_max_incomplete_event_size": HEAD_BYTES,
        "limit_concurrency": AT_ONCE,
        "timeout_keep_alive": 5,
        "server_header": False,
        "ws": "none",
    }
