"""Two hundred suggestions at once on a model that takes a second, beside the same drafted offline.

    python -m evals.bench.many_suggestions

It runs on the service's own event loop. The model is a scripted server on loopback, in a process of its
own, that says the evidence it is shown word for word, and ends a second after it was asked. Seven times in
turn offline and with the model; printed are both times, what the model adds, the longest that the event
loop was blocked, and for one suggestion the time from the model's last needed token to the item (of 30).
"""

import asyncio
import json
import multiprocessing
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any

from api.looping import run
from coach.advice.coach import Verified
from coach.advice.reflection import ReflectionAsk
from coach.domain.ids import imported_id
from coach.domain.visibility import Person
from coach.service import Service
from coach.settings import Settings
from evals.bench.texts import note_lines
from evals.holding import holding

_AT_ONCE, _PAIRINGS, _NOTES, _ROUNDS = 200, 20, 200, 30
_MOST_WORDS, _PAIRS = 14, 7
_SECOND, _TICK, _PAUSE = 1.0, 0.005, 0.2
_EVIDENCE = re.compile(r'<e id="(E\d+)"[^>]*>([^<]*)</e>')
_ASK = "What was going on for you when “{}”?"


class _Scripted(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = body["messages"][-1]["content"]
        short = [(key, text) for key, text in _EVIDENCE.findall(said) if len(text.split()) <= _MOST_WORDS]
        lines = [
            {"text": _ASK.format(text.rstrip(".")), "section": "what", "evidence": [key]}
            for key, text in short[:2]
        ]
        time.sleep(_SECOND - _PAUSE)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self._said(json.dumps({"items": lines})[:-2])
        self._stamp()
        time.sleep(_PAUSE)
        self._said("]}")
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _said(self, piece: str) -> None:
        self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})

    def _event(self, told: dict[str, Any]) -> None:
        about = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
        self.wfile.write(f"data: {json.dumps({**about, **told})}\n\n".encode())
        self.wfile.flush()

    def _stamp(self) -> None:
        """When the last needed token was said; what comes after a pause closes the list alone."""
        stamped = self.server.stamped  # type: ignore[attr-defined]
        with stamped.get_lock():
            stamped.value = time.monotonic()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True


def _serve(port: Any, stamped: Any) -> None:
    server = _Server(("127.0.0.1", 0), _Scripted)
    server.stamped = stamped  # type: ignore[attr-defined]
    port.value = server.server_address[1]
    server.serve_forever()


@contextmanager
def scripted_model() -> Iterator[tuple[str, Any]]:
    """The address of the server, and when it last said a needed token, by the monotonic clock."""
    context = multiprocessing.get_context("spawn")
    port, stamped = context.Value("i", 0), context.Value("d", 0.0)
    process = context.Process(target=_serve, args=(port, stamped), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port.value}/v1", stamped
    finally:
        process.terminate()


async def main() -> None:
    with scripted_model() as (address, stamped):
        settings = Settings(llm_base_url=address, llm_model="scripted", llm_kept=0)
        async with _held(Settings()) as offline, _held(settings) as by_model:
            pairs = [(await _many(offline), await _many(by_model)) for _ in range(_PAIRS)]
            waits = [await _wait(by_model, stamped) for _ in range(_ROUNDS)]
    more = sorted(model - alone for (alone, _), (model, _) in pairs)
    print(f"{_AT_ONCE} offline: {_told([alone for (alone, _), _ in pairs])} s")
    print(f"{_AT_ONCE} with a model that takes {_SECOND:g} s: {_told([took for _, (took, _) in pairs])} s")
    print(f"more than offline, pair by pair: {_told(more)} s")
    print(f"event loop blocked for {_told([1000 * blocked for _, (_, blocked) in pairs])} ms at most")
    print(f"from the last needed token to the item: median {median(waits) * 1000:.1f} ms")


def _told(figures: list[float]) -> str:
    return f"median {median(figures):.3g} ({min(figures):.3g} to {max(figures):.3g})"


@asynccontextmanager
async def _held(settings: Settings) -> AsyncIterator[Service]:
    async with holding(note_lines(_NOTES, _PAIRINGS), settings) as service:
        await service.look_after()
        await _suggest(service, 0)
        service.settle()
        yield service


async def _many(service: Service) -> tuple[float, float]:
    """Seconds for all, and the longest that nothing else could run."""
    watching = asyncio.create_task(_longest_block())
    await asyncio.sleep(2 * _TICK)
    began = time.perf_counter()
    await asyncio.gather(*(_suggest(service, n) for n in range(_AT_ONCE)))
    took = time.perf_counter() - began
    watching.cancel()
    return took, await watching


async def _longest_block() -> float:
    longest = 0.0
    try:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK)
            longest = max(longest, time.perf_counter() - before - _TICK)
    except asyncio.CancelledError:
        return longest


async def _suggest(service: Service, n: int) -> None:
    async for _ in service.coach.advise(await _reader(service, n), _ask(n)):
        pass


async def _wait(service: Service, stamped: Any) -> float:
    """Seconds from the last needed token to the last item that the model worded."""
    shown = 0.0
    async for event in service.coach.advise(await _reader(service, 0), _ask(0), early=True):
        if isinstance(event, Verified) and event.item.text.startswith(_ASK[:10]) and not shown:
            shown = time.monotonic()
    return shown - float(stamped.value)


def _ask(n: int) -> ReflectionAsk:
    return ReflectionAsk(imported_id("pairing", f"pair-{n % _PAIRINGS}"))


async def _reader(service: Service, n: int) -> Person:
    async with service.database.reading() as records:
        reader = await records.people.participant(imported_id("participant", f"mentor-{n % _PAIRINGS}"))
    assert reader is not None
    return Person(reader)


if __name__ == "__main__":
    run(main())
