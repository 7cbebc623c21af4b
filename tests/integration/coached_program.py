"""A small program on which every kind of advice has something to stand on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from coach.advice.briefs import Drafter
from coach.ports import AnswerReader
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_records, open_service
from tests.conftest import Client, World, client_for
from tests.fakes import NOW, WordEmbedder, WordReader

KINDS = ("agenda", "reflection", "feedback", "progress", "ask", "learnings")
KEPT_PRIVATE = "I dread the zebrafish budget and told nobody."
_DRAFT = "You looked at your phone during the demo."
_PROGRAM_NOTE = (
    "We ran out of time for the dashboard demo. {senior} learned how to follow a podcast. "
    "{junior} will send the podcast list by Friday."
)
_LATEST = (
    "I felt nervous before posting. We postponed the dashboard demo again. "
    "I learned to use polls in meetings. What should I do about rude comments? "
    "During the demo Ingrid looked at her phone and missed the filters."
)


@dataclass(frozen=True)
class Program:
    world: World

    def call(self, kind: str) -> tuple[str, str, dict[str, Any]]:
        """Path, token and body with which this kind of advice is asked for."""
        bodies: dict[str, dict[str, Any]] = {
            "agenda": {"minutes": 60},
            "feedback": {
                "draft": "You looked at your phone during the demo.",
                "to": self.world.ids["ingrid"],
            },
            "ask": {"question": "Which demo was postponed again?"},
        }
        if kind == "learnings":
            return f"/v1/programs/{self.world.program}/learnings", self.world.tokens["olga"], {}
        path = f"/v1/pairings/{self.world.pairing}/{kind}"
        return path, self.world.tokens["maya"], bodies.get(kind, {})

    def by(self, client: Client) -> "Program":
        """The same program and people, asked by another client."""
        world = World(client)
        world.program, world.pairing = self.world.program, self.world.pairing
        world.ids, world.tokens = self.world.ids, self.world.tokens
        return Program(world)

    async def ask(self, kind: str) -> dict[str, Any]:
        """The suggestion; it must have answered 200."""
        path, token, body = self.call(kind)
        return await self.world.client.asked(path, token, body)


async def coached_program(client: Client) -> Program:
    """Three pairs with program notes; Maya and Ingrid also with a goal, an action and private notes."""
    world = World(client)
    about = {"name": "Reverse", "objectives": ["Leaders use social media themselves"], "min_group_size": 3}
    world.program = (await client.made("/v1/programs", about))["id"]
    await world.person("Olga Owner", "owner")
    for junior, senior in (
        ("Aiko Sato", "Bruno Weiss"),
        ("Chidi Eze", "Dana Levy"),
        ("Maya Okafor", "Ingrid Halvorsen"),
    ):
        author = await world.person(junior, "mentor", "junior")
        world.pairing = await world.pair(author, await world.person(senior, "mentee", "executive"))
        session = await world.session("2027-02-10T15:00:00Z")
        text = _PROGRAM_NOTE.format(junior=junior.split()[0], senior=senior.split()[0])
        await world.note(session, author, text, visibility="program")
    latest = await world.session("2027-03-04T15:00:00Z")
    await world.note(latest, "maya", _LATEST)
    await world.note(latest, "ingrid", KEPT_PRIVATE, visibility="private")
    home = f"/v1/pairings/{world.pairing}"
    goal = {"title": "Follow a podcast", "due": "2027-03-20", "owner_id": world.ids["ingrid"]}
    await client.made(f"{home}/goals", goal)
    action = {"title": "Send the podcast list", "due": "2027-02-12", "owner_id": world.ids["maya"]}
    await client.made(f"{home}/actions", action)
    return Program(world)


async def forget_wording(settings: Settings) -> None:
    """Have a model asked again for the words of a program's learnings, which are held with their release."""
    database = await open_records(settings)
    try:
        async with database.writing() as records:
            await records.erasure.connection.exec_driver_sql("UPDATE releases SET wording = NULL")
    finally:
        await database.close()


@asynccontextmanager
async def open_service_at(
    settings: Settings, drafter: Drafter | None = None, reader: AnswerReader | None = None
) -> AsyncIterator[tuple[Service, Client]]:
    """A service of its own with a client, drafted for by `drafter` or as the settings say."""
    async with (
        open_service(
            settings,
            embedder_of=lambda _: WordEmbedder(),
            reader=reader or WordReader(),
            drafter=drafter,
            clock=lambda: NOW,
        ) as service,
        client_for(service) as client,
    ):
        yield service, client


@asynccontextmanager
async def open_program(
    settings: Settings, drafter: Drafter | None = None, reader: AnswerReader | None = None
) -> AsyncIterator[Program]:
    """The program on a service of its own."""
    async with open_service_at(settings, drafter, reader) as (_, client):
        yield await coached_program(client)
