"""A coached program under a clock that can be put on, and its audit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from coach.advice.briefs import Drafter
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import ADMIN, Client, World, client_for
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.integration.checks import listed
from tests.integration.coached_program import Program, coached_program

PERIOD = "since=2027-03-01&until=2027-03-31&limit=200"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> Any:
        return self.now

    def next_day(self) -> None:
        self.now += timedelta(days=1)


@dataclass
class Audited:
    service: Service
    clock: Clock
    program: Program

    @property
    def world(self) -> World:
        return self.program.world

    @property
    def client(self) -> Client:
        return self.world.client

    def token(self, who: str) -> str:
        return ADMIN if who == "operator" else self.world.tokens[who]

    async def of(self, who: str, **query: str) -> list[dict[str, Any]]:
        """The audit as someone may know it, newest first."""
        asked = "&".join([PERIOD, *(f"{name}={value}" for name, value in query.items())])
        return listed(await self.client("GET", f"/v1/audit?{asked}", self.token(who)))

    async def actions(self, who: str) -> list[str]:
        return [entry["action"] for entry in await self.of(who)]

    async def counts(self, who: str) -> dict[tuple[str, str, str], int]:
        """By day, kind of actor and action."""
        path = f"/v1/programs/{self.world.program}/audit?since=2027-03-01&until=2027-03-31"
        answer = await self.client("GET", path, self.token(who))
        assert answer.status_code == 200, answer.text
        return {
            (day["day"], count["by"], count["action"]): count["count"]
            for day in answer.json()["days"]
            for count in day["counts"]
        }

    async def note_of(self, who: str, text: str, **more: Any) -> dict[str, Any]:
        """A note in a session of its own."""
        return await self.world.note(await self.world.session("2027-03-08T15:00:00Z"), who, text, **more)


@asynccontextmanager
async def open_audited(settings: Settings, drafter: Drafter | None = None) -> AsyncIterator[Audited]:
    clock = Clock()
    async with (
        open_service(
            settings,
            embedder_of=lambda _: WordEmbedder(),
            reader=WordReader(),
            drafter=drafter,
            clock=clock,
        ) as service,
        client_for(service) as client,
    ):
        yield Audited(service, clock, await coached_program(client))
