"""Connections of clients that are slow or say too much, on top of uvicorn's own protocol."""

import asyncio
import sys
from contextlib import suppress
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_BYTES = 32 * 1024
HEAD_SECONDS = 10.0
READ_SECONDS = 30.0
AT_ONCE = 1000
"""Connections; more are answered 503."""


class PatientProtocol(H11Protocol):
    """Closes a connection on which no whole head of a request came within `head_seconds`.

    Aborts one on which an answer waits and nothing of it was read for `read_seconds`, which is looked at as
    often; so it takes up to twice as long.

    uvicorn times a connection between requests alone, and closing one waits for its reader. The protocol in
    Python is used since it bounds a head (`HEAD_BYTES`), which the one in C does not.
    """

    head_seconds = HEAD_SECONDS
    read_seconds = READ_SECONDS
    _waiting: asyncio.TimerHandle | None = None
    _looking: asyncio.TimerHandle | None = None
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        self._look_later()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._wait_no_more()
        elif self._waiting is None and not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        if self._looking is not None:
            self._looking.cancel()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        self._unread = 0
        super().resume_writing()

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

    def _look_later(self) -> None:
        self._looking = self.loop.call_later(self.read_seconds, self._look)

    def _look(self) -> None:
        unread = self._unread_now()
        if 0 < self._unread <= unread:
            self.transport.abort()
        else:
            self._unread = unread
            self._look_later()

    def _unread_now(self) -> int:
        """Bytes; 0 while more may be written, since what was read could not be told from their number."""
        waiting = self.transport.get_write_buffer_size()
        if not waiting or not (self.flow.write_paused or self.transport.is_closing()):
            return 0
        return waiting + _on_its_way(self.transport)


def _on_its_way(transport: asyncio.Transport) -> int:
    """Bytes that the system has taken and the other side has not; 0 where the system does not tell.

    It takes megabytes at once, so that a slow reader's progress shows here long before it shows in ours.
    """
    with suppress(ImportError, OSError):
        import fcntl
        import termios

        told = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(told, sys.byteorder)
    return 0


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
