"""Index and records hold the same passages, also when a note changes while it is being embedded."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from coach.domain.notes import Scope
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import ADMIN, Client, World, client_for
from tests.fakes import NOW, WordEmbedder
from vectorstore.embedding import Vectors

_LONG = "We ran out of time for the demo. " * 40


class SlowEmbedder(WordEmbedder):
    """Waits at a gate before it embeds, and tells when nobody waits any more."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = 0

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.waiting += 1
        try:
            await self.gate.wait()
            return await super().embed(texts)
        finally:
            self.waiting -= 1

    async def open_and_finish(self) -> None:
        """Let everybody through; a moment later what they came for is done."""
        self.gate.set()
        for _ in range(200):
            if not self.waiting:
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)


@pytest.fixture
def embedder() -> SlowEmbedder:
    return SlowEmbedder()


@pytest.fixture
async def service(settings: Settings, embedder: SlowEmbedder) -> AsyncIterator[Service]:
    hasty = settings.model_copy(update={"index_wait": 0.05})
    async with open_service(hasty, embedder_of=lambda _: embedder, clock=lambda: NOW) as opened:
        yield opened


async def recorded(service: Service, *note_ids: str) -> set[str]:
    async with service.database.reading() as records:
        return set(await records.notes.passage_ids(note_ids))


@pytest.fixture
async def session(world: World, embedder: SlowEmbedder) -> str:
    """A session, with the gate closed from now on."""
    made = await world.session("2027-03-04T15:00:00Z")
    embedder.gate.clear()
    return made


async def a_pair(client: Client) -> World:
    world = World(client)
    world.program = (await client.made("/v1/programs", {"name": "P", "objectives": []}))["id"]
    await world.person("Maya", "mentor")
    await world.person("Ingrid", "mentee")
    world.pairing = await world.pair("maya", "ingrid")
    return world


async def test_a_note_that_is_not_embedded_in_time_is_pending_and_then_indexed(
    client: Client, service: Service, world: World, session: str, embedder: SlowEmbedder
) -> None:
    note = await world.note(session, "maya", _LONG)
    assert note["index_state"] == "pending"
    await embedder.open_and_finish()
    told = await client("GET", f"/v1/notes/{note['id']}", world.tokens["maya"])
    assert told.json()["index_state"] == "indexed"
    assert await service.index.ids() == await recorded(service, note["id"])


async def test_a_note_erased_while_it_is_embedded_leaves_nothing_in_the_index(
    client: Client, service: Service, world: World, session: str, embedder: SlowEmbedder
) -> None:
    note = await world.note(session, "maya", _LONG)
    answer = await client("DELETE", f"/v1/notes/{note['id']}", world.tokens["maya"])
    assert answer.status_code == 204
    await embedder.open_and_finish()
    assert await service.index.ids() == set()


async def test_a_note_replaced_while_it_is_embedded_leaves_only_its_new_passages(
    client: Client, service: Service, world: World, session: str, embedder: SlowEmbedder
) -> None:
    note = await world.note(session, "maya", _LONG)
    body = {"text": "Ingrid posted twice."}
    answer = await client("PUT", f"/v1/notes/{note['id']}", world.tokens["maya"], body)
    assert answer.status_code == 200
    await embedder.open_and_finish()
    kept = await recorded(service, note["id"])
    assert len(kept) == answer.json()["passages"]
    assert await service.index.ids() == kept
    told = await client("GET", f"/v1/notes/{note['id']}", world.tokens["maya"])
    assert told.json()["index_state"] == "indexed"


async def test_a_person_erased_while_their_note_is_embedded_leaves_nothing_in_the_index(
    client: Client, service: Service, world: World, session: str, embedder: SlowEmbedder
) -> None:
    await world.note(session, "maya", _LONG)
    answer = await client("DELETE", f"/v1/participants/{world.ids['maya']}", ADMIN)
    assert answer.status_code == 200
    await embedder.open_and_finish()
    assert await service.index.ids() == set()


async def test_what_failed_to_embed_is_indexed_when_the_service_opens_again(
    settings: Settings, embedder: SlowEmbedder
) -> None:
    async with (
        open_service(settings, embedder_of=lambda _: embedder, clock=lambda: NOW) as first,
        client_for(first) as one,
    ):
        world = await a_pair(one)
        session = await world.session("2027-03-04T15:00:00Z")
        embedder.broken = True
        note = await world.note(session, "maya", _LONG)
        assert note["index_state"] == "pending"
    embedder.broken = False
    async with (
        open_service(settings, embedder_of=lambda _: embedder, clock=lambda: NOW) as second,
        client_for(second),
    ):
        async with asyncio.timeout(10):
            await second.mended.wait()
        assert await second.index.ids() == await recorded(second, note["id"])


async def test_what_is_no_longer_shared_leaves_what_the_program_reads(
    client: Client, service: Service, world: World
) -> None:
    session = await world.session("2027-03-04T15:00:00Z")
    text = "We ran out of time for the demo."
    note = await world.note(session, "maya", text, visibility="program")
    for visibility, shared in (("pair", 0), ("program", 1), ("private", 0)):
        body = {"text": text, "visibility": visibility}
        await client("PUT", f"/v1/notes/{note['id']}", world.tokens["maya"], body)
        assert len((await service.index.vectors(Scope(world.program)))[0]) == shared
        assert len((await service.index.vectors(Scope(world.program, world.pairing)))[0]) == 1


async def test_nothing_goes_on_after_the_service_has_ended(settings: Settings) -> None:
    """Whoever holds the data's lock next may rely on it, and no connection is left to be collected."""
    hasty = settings.model_copy(update={"index_wait": 0.05})
    embedder = SlowEmbedder()
    async with (
        open_service(hasty, embedder_of=lambda _: embedder, clock=lambda: NOW) as service,
        client_for(service) as client,
    ):
        world = await a_pair(client)
        session = await world.session("2027-03-04T15:00:00Z")
        embedder.gate.clear()
        note = await world.note(session, "maya", _LONG)
        assert note["index_state"] == "pending"
    assert embedder.waiting == 0
