"""A small real HTTP server as a model's endpoint, which answers as a test tells it to."""

import json
import select
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.integration import model_replies as replies

_PATH = "/v1/chat/completions"

Behaviour = Callable[["_Handler", replies.Asked], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, owner: "ModelServer") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some tests want; nothing is printed."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != _PATH:
            self.give(404, b'{"error": {"message": "no such path"}}')
            return
        asked = replies.Asked(json.loads(body))
        self.server.owner.asked.append(asked)
        self.server.owner.began.set()
        self.server.owner.behaviour(self, asked)

    def give(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(body)

    def answer(self, asked: replies.Asked, content: str) -> None:
        """By a stream where one was asked for."""
        if asked.streams:
            self.give(200, replies.streamed(content).encode(), replies.EVENTS["content-type"])
        else:
            self.give(200, json.dumps(replies.completion(content)).encode())

    def promise(self, length: int) -> None:
        """The head of an answer whose body is still to come."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


class ModelServer:
    """Listens on a port that the system chose; `asked` holds every request in its order."""

    def __init__(self) -> None:
        self.asked: list[replies.Asked] = []
        self.released = threading.Event()
        self.began = threading.Event()
        self.left = threading.Event()
        self.behaviour: Behaviour = _nothing
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._closed = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        """Nobody listens any more."""
        if self._closed:
            return
        self._closed = True
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def says(self, reply: Callable[[replies.Asked], str]) -> None:
        self.behaviour = lambda handler, asked: handler.answer(asked, reply(asked))

    def says_when_released(self, reply: Callable[[replies.Asked], str]) -> None:
        def behaviour(handler: _Handler, asked: replies.Asked) -> None:
            self.released.wait(60)
            handler.answer(asked, reply(asked))

        self.behaviour = behaviour

    def gives(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.behaviour = lambda handler, _: handler.give(status, body, kind)

    def hangs(self) -> None:
        self.behaviour = lambda _handler, _asked: _wait(self.released)

    def hangs_until_left(self) -> None:
        """Says nothing; `left` is set when whoever asked has hung up."""

        def behaviour(handler: _Handler, _: replies.Asked) -> None:
            while not self.released.wait(0.02):
                readable = select.select([handler.connection], [], [], 0)[0]
                if readable and not handler.connection.recv(1, socket.MSG_PEEK):
                    self.left.set()
                    return

        self.behaviour = behaviour

    def dribbles(self) -> None:
        """A byte now and then, so that no single wait is long."""

        def behaviour(handler: _Handler, _: replies.Asked) -> None:
            handler.promise(10_000)
            while not self.released.wait(0.1):
                handler.wfile.write(b" ")
                handler.wfile.flush()

        self.behaviour = behaviour

    def hangs_up(self) -> None:
        """Half a body, then the connection is closed."""

        def behaviour(handler: _Handler, _: replies.Asked) -> None:
            handler.promise(10_000)
            handler.wfile.write(b'{"id": "chatcmpl-1", "choices": [{"message"')
            handler.close_connection = True

        self.behaviour = behaviour


def _nothing(handler: _Handler, _: replies.Asked) -> None:
    handler.give(500, b"the test has not said what to answer")


def _wait(released: threading.Event) -> None:
    released.wait(60)
