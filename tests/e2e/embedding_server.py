"""A small real HTTP server as an embedding endpoint, on a port that stays its own."""

import json
import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.fakes import word_vectors
from tests.integration.embedding_endpoint import embedded
from vectorstore.embedding import Vectors

_PATH = "/v1/embeddings"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, asked: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.asked = asked


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({**asked, "path": self.path, "key": self.headers["Authorization"]})
        rows = word_vectors(asked["input"])
        floats = asked.get("encoding_format") == "float"
        body = json.dumps(embedded(rows.tolist() if floats else [*map(_base64, rows)])).encode()
        self.send_response(200 if self.path == _PATH else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


def _base64(row: Vectors) -> str:
    return b64encode(row.tobytes()).decode()


class EmbeddingServer:
    """Listens while its block runs; a later block listens at the same address."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self._port = 0

    def __enter__(self) -> Self:
        self._server = _Server(self._port, self.asked)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"
