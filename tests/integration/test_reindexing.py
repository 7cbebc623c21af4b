"""Another generation of the index, built beside the one that serves and put in its place."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from coach.errors import Conflict, DataInUse, IndexMismatch, SettingUnusable
from coach.service import Service
from coach.settings import Settings
from coach.wiring import Reindexed, index_folder, open_service, reindex
from tests.conftest import Client, World, client_for, database_file
from tests.fakes import NOW, WordEmbedder
from vectorstore.embedding import Embedder, Vectors
from vectorstore.generation import Generation
from vectorstore.memory import MemoryIndex

_NOTES = ("Ingrid posted her first video.", "The board asked for the market numbers.")
_HELD = "2027-03-04T15:00:00Z"


class TurnedEmbedder(WordEmbedder):
    """Another model: its vectors are of no use to the first one's queries."""

    name = "turned-words-in-tests"

    async def embed(self, texts: Sequence[str]) -> Vectors:
        return np.roll(await super().embed(texts), 7, axis=1)


class StumblingEmbedder(WordEmbedder):
    """Fails when it has embedded once."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self.texts:
            raise RuntimeError("it stumbles, as this test asked")
        return await super().embed(texts)


def embedder_of(model: str) -> Embedder:
    return TurnedEmbedder() if model == "turned" else WordEmbedder()


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    async with open_service(settings, embedder_of=embedder_of, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
async def session(world: World) -> str:
    made = await world.session(_HELD)
    for text in _NOTES:
        await world.note(made, "maya", text)
    return made


async def turned(settings: Settings, **more: bool) -> Reindexed:
    return await reindex(settings, lambda _: None, model="turned", embedder_of=embedder_of, **more)


def generations(settings: Settings) -> set[str]:
    return {place.name for place in Path(index_folder(settings)).iterdir()}


async def best(client: Client, world: World, query: str) -> str:
    body = {"query": query, "limit": 1}
    told = await client.asked(f"/v1/pairings/{world.pairing}/search", world.tokens["maya"], body)
    return str(told["items"][0]["text"])


async def held_as_recorded(service: Service) -> bool:
    async with service.database.reading() as records:
        return await service.index.ids() == set(await records.notes.all_passage_ids())


@pytest.mark.usefixtures("session")
async def test_the_service_answers_while_another_index_is_built_and_then_takes_it_up(
    client: Client, world: World, service: Service, settings: Settings
) -> None:
    before = service.serving.now.id
    answered = []

    class Watched(TurnedEmbedder):
        async def embed(self, texts: Sequence[str]) -> Vectors:
            answered.append(await best(client, world, "the first video"))
            return await super().embed(texts)

    done = await reindex(settings, lambda _: None, model="turned", embedder_of=lambda _: Watched())
    assert (done.model, done.built, done.taken_up, done.mended.indexed) == ("turned", True, False, 2)
    assert answered
    assert set(answered) == {_NOTES[0]}
    assert service.serving.now.id == before
    assert await service.follow()
    assert service.embedder.name == "turned-words-in-tests"
    assert await best(client, world, "the first video") == _NOTES[0]
    assert generations(settings) == {service.serving.now.id} != {before}
    assert await service.follow() is False


async def test_what_changes_while_it_is_built_is_in_the_new_index_too(
    client: Client, world: World, service: Service, settings: Settings, session: str
) -> None:
    gone = await world.note(session, "maya", "A note that is erased meanwhile.")

    class Meanwhile(TurnedEmbedder):
        async def embed(self, texts: Sequence[str]) -> Vectors:
            if not self.texts:
                await world.note(session, "ingrid", "I liked the garden best.")
                await client("DELETE", f"/v1/notes/{gone['id']}", world.tokens["maya"])
            return await super().embed(texts)

    meanwhile = Meanwhile()
    await reindex(settings, lambda _: None, model="turned", embedder_of=lambda _: meanwhile)
    await world.note(session, "ingrid", "And the lunch after that.")
    await service.follow()
    assert await held_as_recorded(service)
    assert await best(client, world, "lunch") == "And the lunch after that."
    assert await best(client, world, "garden") == "I liked the garden best."


@pytest.mark.usefixtures("session")
async def test_a_failure_on_the_way_leaves_the_old_one_serving_and_nothing_behind(
    client: Client, world: World, service: Service, settings: Settings
) -> None:
    for number in range(300):
        await world.note(await world.session(_HELD), "maya", f"Another note, number {number}.")
    before = service.serving.now.id
    stumbling = StumblingEmbedder()
    with pytest.raises(Exception, match="stumbles"):
        await reindex(settings, lambda _: None, model="turned", embedder_of=lambda _: stumbling)
    assert stumbling.texts
    assert await service.follow() is False
    assert generations(settings) == {before}
    assert await best(client, world, "the first video") == _NOTES[0]


async def test_what_a_killed_reindexing_left_is_dropped_by_the_service(
    service: Service, settings: Settings
) -> None:
    left = index_folder(settings) / "left"
    left.mkdir()
    (left / "chroma.sqlite3").write_bytes(b"half of it")
    with FileLock(settings.data_dir / "reindex.lock"):
        await service.mend()
        assert left.exists()
    await service.mend()
    assert generations(settings) == {service.serving.now.id}


async def test_what_serves_is_kept_when_the_records_name_another_already(
    service: Service, settings: Settings
) -> None:
    before = service.serving.now.id
    await turned(settings)
    await service.mend()
    assert before in generations(settings)
    assert await service.follow()
    assert before not in generations(settings)


async def test_a_model_that_can_not_be_loaded_leaves_everything_as_it_was(settings: Settings) -> None:
    world = await written(settings)
    before = generations(settings)
    with pytest.raises(SettingUnusable, match="--model"):
        await reindex(settings, lambda _: None, model="no such model")
    assert generations(settings) == before
    async with opened(settings) as (_, other):
        assert await best(other.client, world, "video") == _NOTES[0]


async def test_two_reindexings_at_once_are_refused(service: Service, settings: Settings) -> None:
    with service.building, pytest.raises(DataInUse, match="another `counterpart reindex`"):
        await turned(settings)


@pytest.mark.parametrize("model", [None, "all-MiniLM-L6-v2"])
async def test_a_running_services_index_is_not_mended_from_outside(
    service: Service, settings: Settings, model: str | None
) -> None:
    assert service.serving
    with pytest.raises(Conflict, match="mends it by itself"):
        await reindex(settings, lambda _: None, model=model, embedder_of=embedder_of)


async def test_rebuilding_keeps_the_model_that_the_index_has(settings: Settings) -> None:
    await written(settings)
    named = settings.model_copy(update={"embedding_model": "turned"})
    done = await reindex(named, lambda _: None, rebuild=True, embedder_of=embedder_of)
    assert done.model == "all-MiniLM-L6-v2"
    done = await reindex(named, lambda _: None, embedder_of=embedder_of)
    assert (done.model, done.built) == ("turned", True)


async def test_a_folder_without_records_is_told_so(settings: Settings) -> None:
    database_file(settings)
    with pytest.raises(SettingUnusable, match=r"no counterpart\.db"):
        await reindex(settings, lambda _: None, rebuild=True, embedder_of=embedder_of)
    assert not settings.data_dir.exists()


async def test_the_index_names_its_model_until_the_settings_name_another(settings: Settings) -> None:
    async with open_service(settings, embedder_of=embedder_of, clock=lambda: NOW) as first:
        assert first.embedder.name == "words-in-tests"
    done = await turned(settings)
    assert (done.built, done.taken_up) == (True, True)
    async with open_service(settings, embedder_of=embedder_of, clock=lambda: NOW) as second:
        assert second.embedder.name == "turned-words-in-tests"
    named = settings.model_copy(update={"embedding_model": "straight"})
    with pytest.raises(IndexMismatch, match="reindex --model straight"):
        async with open_service(named, embedder_of=embedder_of):
            pass


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Service, World]]:
    """A service whose index is whole, and someone to ask it."""
    async with (
        open_service(settings, embedder_of=embedder_of, clock=lambda: NOW) as service,
        client_for(service) as client,
    ):
        await asyncio.wait_for(service.mended.wait(), 20)
        yield service, World(client)


async def written(settings: Settings) -> World:
    """A pairing with a note, from a service that has stopped since."""
    async with opened(settings) as (_, world):
        world.program = (await world.client.made("/v1/programs", {"name": "P", "objectives": []}))["id"]
        await world.person("Maya", "mentor")
        await world.person("Ingrid", "mentee")
        world.pairing = await world.pair("maya", "ingrid")
        await world.note(await world.session(_HELD), "maya", _NOTES[0])
    return world


@pytest.mark.parametrize("how", [{"model": "turned"}, {"rebuild": True}])
async def test_a_stopped_services_index_is_built_anew_and_serves_at_once(
    settings: Settings, how: dict[str, Any]
) -> None:
    world = await written(settings)
    (before,) = generations(settings)
    done = await reindex(settings, lambda _: None, embedder_of=embedder_of, **how)
    assert (done.built, done.taken_up, done.mended.indexed) == (True, True, 1)
    async with opened(settings) as (service, other):
        assert generations(settings) == {service.serving.now.id} != {before}
        assert await held_as_recorded(service)
        assert await best(other.client, world, "video") == _NOTES[0]


@pytest.mark.parametrize("damage", ["damaged", "lost", "of another format"])
async def test_an_index_of_no_use_is_built_anew_from_the_records(settings: Settings, damage: str) -> None:
    world = await written(settings)
    (before,) = generations(settings)
    kept = index_folder(settings) / before / "chroma.sqlite3"
    if damage == "damaged":
        kept.write_bytes(b"no database" * 1000)
    elif damage == "lost":
        shutil.rmtree(index_folder(settings))
    else:
        with closing(sqlite3.connect(kept)) as connection, connection:
            changed = connection.execute(
                "UPDATE collection_metadata SET str_value = 'p0' WHERE key = 'passage_format'"
            )
            assert changed.rowcount > 0
    async with opened(settings) as (service, other):
        assert await held_as_recorded(service)
        assert await best(other.client, world, "video") == _NOTES[0]


async def test_a_reindexing_that_ends_while_a_service_starts_is_not_undone(settings: Settings) -> None:
    world = await written(settings)
    (before,) = generations(settings)
    (index_folder(settings) / before / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    ended = []

    def ending_meanwhile(model: str) -> Embedder:
        """The second time the damaged index is about to be replaced."""
        ended.append(model)
        if len(ended) == 2:
            asyncio.run(turned(settings))
        return embedder_of(model)

    async with open_service(settings, embedder_of=ending_meanwhile, clock=lambda: NOW) as service:
        assert service.embedder.name == "turned-words-in-tests"
        await service.look_after()
        assert await held_as_recorded(service)
    assert world


class StuckIndex(MemoryIndex):
    """The first time something is to be removed, it fails."""

    stuck = True

    async def remove(self, ids: Sequence[str]) -> None:
        if self.stuck and ids:
            self.stuck = False
            raise RuntimeError("it fails, as this test asked")
        await super().remove(ids)


async def test_erased_passages_that_could_not_be_dropped_are_dropped_later(
    client: Client, world: World, service: Service, session: str
) -> None:
    note = await world.note(session, "maya", "Something to erase.")
    stuck = StuckIndex(WordEmbedder.dimension)
    await service.serving.switch(Generation(service.serving.now.id, service.embedder, stuck))
    await service.mend()
    assert await held_as_recorded(service)
    assert (await client("DELETE", f"/v1/notes/{note['id']}", world.tokens["maya"])).status_code == 204
    assert not await held_as_recorded(service)
    await service.look_after()
    assert await held_as_recorded(service)
