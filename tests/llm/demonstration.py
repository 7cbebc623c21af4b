"""The demonstration program, served over HTTP, with everything that its people would ask."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import yaml

from api.demo import PROGRAM, demo_key, demo_lines, demo_owner, demo_pairs
from api.jobs import import_lines
from coach.domain.ids import imported_id
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import Client
from tests.e2e.serving import listening, sent_events
from tests.fakes import NOW

_QUESTIONS = Path(__file__).parents[2] / "evals" / "fixtures" / "demo_questions.yaml"
_DRAFT = (
    "In our session last Tuesday you looked at your phone twice while I showed you the numbers. "
    "I felt ignored. Please put it away next time."
)
_PATIENCE = 300.0
LEARNINGS = "learnings"
KINDS = ("agenda", "reflection", "feedback", "progress", "ask")


@dataclass(frozen=True)
class Call:
    """One question to the coach, and who asks it; `pair` is empty for the program's owner."""

    kind: str
    pair: str
    reader: str
    path: str
    token: str = field(compare=False)
    body: dict[str, Any] = field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind} for {self.reader}"


@dataclass(frozen=True)
class Demonstration:
    client: Client
    tokens: dict[str, str]

    def calls(self) -> list[Call]:
        """Every kind of advice for every member of every pair, and learnings for the owner."""
        pairs = [call for pair in demo_pairs() for call in self._of_pair(pair)]
        owner = demo_owner()["key"]
        path = f"/v1/programs/{imported_id('program', PROGRAM)}/learnings"
        return [*pairs, Call(LEARNINGS, "", owner, path, self.tokens[owner], {})]

    async def ask(self, call: Call) -> tuple[int, dict[str, Any] | None]:
        """The status, and the suggestion where that is 200."""
        answer = await self.client("POST", call.path, call.token, call.body)
        return answer.status_code, answer.json() if answer.status_code == 200 else None

    async def stream(self, call: Call) -> tuple[int, dict[str, Any] | None]:
        """The same by server-sent events: items as they were verified, and all in their order at the end."""
        events = [e async for e in sent_events(self.client, call.path, call.token, call.body)]
        done: dict[str, Any] = events[-1].data
        assert events[-1].event == "done"
        shown = [event.data for event in events if event.event == "item"]
        assert sorted(map(json.dumps, shown)) == sorted(map(json.dumps, done["items"]))
        return 200, done

    async def records(self, pair: str, kind: str) -> list[dict[str, Any]]:
        """The goals or the actions of a pair, as one of its members reads them."""
        member = next(p for p in demo_pairs() if p["key"] == pair)["mentors"][0]["key"]
        path = f"{_home(pair)}/{kind}?limit=100"
        answer = await self.client("GET", path, self.tokens[member])
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def _of_pair(self, pair: dict[str, Any]) -> Iterator[Call]:
        question = _questions()[pair["key"]]
        members = [*pair["mentors"], *pair["mentees"]]
        for reader, other in zip(members, reversed(members), strict=True):
            bodies: dict[str, dict[str, Any]] = {
                "agenda": {"minutes": 240, "limit": 20},
                "reflection": {"limit": 20},
                "feedback": {"draft": _DRAFT, "to": _person(other["key"])},
                "progress": {},
                "ask": {"question": question},
            }
            for kind in KINDS:
                path = f"{_home(pair['key'])}/{kind}"
                yield Call(kind, pair["key"], reader["key"], path, self.tokens[reader["key"]], bodies[kind])


@asynccontextmanager
async def served_demonstration(settings: Settings) -> AsyncIterator[Demonstration]:
    """The program of `counterpart demo` on a service of its own; only the clock is not the real one."""
    async with open_service(settings, clock=lambda: NOW) as service:
        report = await import_lines(service, list(demo_lines(NOW)))
        assert not report.faults
        async with (
            listening(service) as address,
            httpx2.AsyncClient(base_url=address, timeout=_PATIENCE) as http,
        ):
            client = Client(http)
            yield Demonstration(client, {key: await _token(client, key) for key in _keys()})


async def _token(client: Client, key: str) -> str:
    return str((await client.made(f"/v1/participants/{_person(key)}/tokens"))["token"])


def _keys() -> list[str]:
    members = [p["key"] for pair in demo_pairs() for p in (*pair["mentors"], *pair["mentees"])]
    return [*members, demo_owner()["key"]]


def _home(pair: str) -> str:
    return f"/v1/pairings/{imported_id('pairing', demo_key(pair))}"


def _person(key: str) -> str:
    return imported_id("participant", demo_key(key))


def _questions() -> dict[str, str]:
    """For each pair a question that its notes answer."""
    told = yaml.safe_load(_QUESTIONS.read_text("utf-8"))
    return {pair["pair"]: pair["answerable"][0]["question"] for pair in told}
