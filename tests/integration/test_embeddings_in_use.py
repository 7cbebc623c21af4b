"""A service whose embeddings come from an endpoint: nothing is lost or mixed, whatever that does."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import respx
from pydantic import SecretStr

from coach.drafting.phrases import phrases
from coach.errors import IndexMismatch, NoVectors, SettingUnusable
from coach.language.detection import languages
from coach.service import Service
from coach.settings import Settings
from coach.wiring import Reindexed, embedder_by, model_asked, open_service, reindex
from tests.conftest import Client, World, client_for
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.integration import embedding_endpoint as replies
from tests.integration.checks import listed
from tests.integration.coached_program import KINDS, Program, coached_program
from tests.integration.embedding_endpoint import BASE, MODEL, Endpoint, with_endpoint
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.packaged_model import MINILM

NAME = f"endpoint:{MODEL}"
BY_WORDS = phrases()["warnings.by_words"]
LATEST = "Ingrid tried the zither and laughed about it."
SEARCHING = set(KINDS) - {"reflection"}


@pytest.fixture
def endpoint(httpx2_mock: respx.Router) -> Endpoint:
    return Endpoint(httpx2_mock)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_endpoint(settings)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Service, Client]]:
    """A service as its settings say but for the reader and the clock."""
    async with (
        open_service(settings, reader=WordReader(), clock=lambda: NOW) as service,
        client_for(service) as client,
    ):
        yield service, client


async def whole(service: Service) -> None:
    async with asyncio.timeout(20):
        await service.mended.wait()


async def found(client: Client, program: Program, query: str = "podcast") -> dict[str, Any]:
    world = program.world
    return await client.asked(f"/v1/pairings/{world.pairing}/search", world.tokens["maya"], {"query": query})


async def noted(world: World) -> str:
    """The index state of another note that was just written."""
    session = await world.session("2027-03-09T15:00:00Z")
    return str((await world.note(session, "maya", LATEST))["index_state"])


async def down(settings: Settings, endpoint: Endpoint) -> Program:
    """A program that was written down while the endpoint answered, which it does no more."""
    async with opened(settings) as (service, client):
        await whole(service)
        program = await coached_program(client)
        assert (await found(client, program))["warnings"] == []
    endpoint.answers(lambda _: replies.refused(401))
    return program


async def unready(client: Client, part: str) -> str:
    """What readiness tells of the embedder, as soon as `part` is in it."""
    told = ""
    for _ in range(2000):
        told = (await client("GET", "/readyz", None)).json()["faults"]["embedder"]
        if part in told:
            break
        await asyncio.sleep(0.01)
    return told


def reindexed(settings: Settings, model: str | None = None, rebuild: bool = False) -> Any:
    return reindex(settings, lambda _: None, model=model, rebuild=rebuild)


async def test_notes_and_questions_go_to_the_endpoint_and_are_found(
    settings: Settings, endpoint: Endpoint
) -> None:
    async with opened(settings) as (service, client):
        await whole(service)
        program = await coached_program(client)
        assert await noted(program.world) == "indexed"
        told = await found(client, program, "the zither")
        assert told["items"][0]["text"] == LATEST
        assert service.embedder.name == NAME
        assert (await client("GET", "/readyz", None)).status_code == 200
    sent = [text for texts in endpoint.asked for text in texts]
    assert "the zither" in sent
    assert any(LATEST in text for text in sent)


async def test_without_the_endpoint_every_question_is_answered_and_says_what_it_lacks(
    settings: Settings, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    program = await down(settings, endpoint)
    async with opened(settings) as (service, client):
        await whole(service)
        again = program.by(client)
        told = await found(client, again)
        assert "podcast" in told["items"][0]["text"]
        assert told["warnings"] == [BY_WORDS]
        for kind in KINDS:
            with subtests.test(kind=kind):
                suggestion = await again.ask(kind)
                assert (BY_WORDS in suggestion["warnings"]) is (kind in SEARCHING)
                assert suggestion["items"]


async def test_a_question_after_the_endpoint_came_back_is_answered_by_meaning_again(
    settings: Settings, endpoint: Endpoint
) -> None:
    program = await down(settings, endpoint)
    endpoint.answers(lambda _: replies.refused(429, **{"retry-after-ms": "1"}))
    async with opened(settings) as (service, client):
        await whole(service)
        again = program.by(client)
        assert BY_WORDS in (await again.ask("agenda"))["warnings"]
        endpoint.answers(replies.vectors)
        assert BY_WORDS not in (await again.ask("agenda"))["warnings"]
        assert (await found(client, again))["warnings"] == []


async def test_what_is_written_without_the_endpoint_is_indexed_when_it_answers_again(
    settings: Settings, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    program = await down(settings, endpoint)
    async with opened(settings) as (service, client):
        await whole(service)
        again = program.by(client)
        with caplog.at_level(logging.WARNING):
            assert await noted(again.world) == "pending"
            await again.ask("agenda")
        assert "status 401" in caplog.text
        assert "zither" not in caplog.text
        assert (await found(client, again, "zither"))["items"][0]["text"] == LATEST
    async with opened(settings) as (service, client):
        with pytest.raises(NoVectors):
            await service.look_after()
        endpoint.answers(replies.vectors)
        await service.look_after()
        assert await service.indexer.pending() == []
        async with service.database.reading() as records:
            assert await service.index.ids() == set(await records.notes.all_passage_ids())


async def test_a_passage_that_the_endpoint_refuses_is_found_by_its_words_and_keeps_none_waiting(
    settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.answers(
        lambda texts: (
            replies.refused(400) if any("zither" in text for text in texts) else replies.vectors(texts)
        )
    )
    async with opened(settings) as (service, client):
        await whole(service)
        program = await coached_program(client)
        assert await noted(program.world) == "indexed"
        told = await found(client, program, "laughed")
        assert (told["items"][0]["text"], told["warnings"]) == (LATEST, [])
        assert BY_WORDS not in (await program.ask("agenda"))["warnings"]
        async with service.database.reading() as records:
            assert await service.index.ids() == set(await records.notes.all_passage_ids())
    async with opened(settings) as (service, client):
        await whole(service)
        assert (await found(client, program.by(client), "laughed"))["items"][0]["text"] == LATEST


async def test_readiness_tells_what_the_endpoint_does(settings: Settings, endpoint: Endpoint) -> None:
    program = await down(settings, endpoint)
    async with opened(settings) as (service, client):
        await whole(service)
        told = (await client("GET", "/readyz", None)).json()["faults"]
        assert told == {
            "embedder": "the embedding endpoint answered with status 401; see COUNTERPART_EMBEDDING_API_KEY"
        }
        assert await noted(program.by(client).world) == "pending"
    async with opened(settings) as (service, client):
        assert "401" in await unready(client, "401")
        assert not service.mended.is_set()


async def test_what_is_erased_without_the_endpoint_leaves_the_index(
    settings: Settings, endpoint: Endpoint
) -> None:
    program = await down(settings, endpoint)
    async with opened(settings) as (service, client):
        answer = await client("DELETE", f"/v1/participants/{program.world.ids['maya']}")
        assert answer.status_code == 200
        await service.look_after()
        async with service.database.reading() as records:
            assert await service.index.ids() == set(await records.notes.all_passage_ids()) != set()


async def test_the_very_first_start_needs_the_endpoint_and_says_so(
    settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.answers(lambda _: replies.refused(404))
    with pytest.raises(NoVectors, match="COUNTERPART_EMBEDDING_BASE_URL and COUNTERPART_EMBEDDING_MODEL"):
        async with opened(settings):
            pass
    endpoint.answers(replies.vectors)
    async with opened(settings) as (service, _):
        await whole(service)


async def test_another_model_behind_the_name_is_not_mixed_in_and_a_rebuilding_takes_it_up(
    settings: Settings, endpoint: Endpoint
) -> None:
    program = await down(settings, endpoint)
    endpoint.answers(replies.turned)
    async with opened(settings) as (service, client):
        await whole(service)
        again = program.by(client)
        before = await service.index.ids()
        assert (await found(client, again))["warnings"] == [BY_WORDS]
        assert await noted(again.world) == "pending"
        assert await service.index.ids() == before
        told = (await client("GET", "/readyz", None)).json()["faults"]["embedder"]
        assert NAME in told and "counterpart reindex --rebuild" in told
        done: Reindexed = await reindexed(settings, rebuild=True)
        assert (done.model, done.built, done.taken_up) == (NAME, True, False)
        assert await service.follow()
        assert await service.indexer.pending() == []
        assert (await found(client, again, "zither"))["items"][0]["text"] == LATEST
        assert (await found(client, again))["warnings"] == []
        assert (await client("GET", "/readyz", None)).status_code == 200


async def test_reindexing_goes_to_the_endpoint_from_a_model_here_and_back(
    settings: Settings, endpoint: Endpoint
) -> None:
    here = settings.model_copy(update={"embedding_base_url": None, "embedding_model": None})
    async with open_service(here, embedder_of=lambda _: WordEmbedder(), clock=lambda: NOW) as first:
        assert first.serving.now.embedder.name == "words-in-tests"
    assert endpoint.asked == []
    with pytest.raises(IndexMismatch, match=f"reindex --model {NAME}"):
        async with opened(settings):
            pass
    assert (await reindexed(settings, model=MODEL)).model == NAME
    async with opened(settings) as (service, _):
        assert service.embedder.name == NAME
    with pytest.raises(SettingUnusable, match="COUNTERPART_EMBEDDING_BASE_URL"):
        async with opened(here):
            pass
    back = await reindex(here, lambda _: None, model=MINILM, embedder_of=lambda _: WordEmbedder())
    assert (back.model, back.taken_up) == (MINILM, True)


async def test_another_model_at_the_endpoint_is_reindexed_for(settings: Settings, endpoint: Endpoint) -> None:
    program = await down(settings, endpoint)
    endpoint.answers(replies.turned)
    other = with_endpoint(settings, model="other-vectors")
    done: Reindexed = await reindexed(other)
    assert (done.model, done.built, done.taken_up) == ("endpoint:other-vectors", True, True)
    async with opened(other) as (service, client):
        await whole(service)
        assert (await found(client, program.by(client)))["warnings"] == []


async def test_an_endpoint_that_moved_needs_no_reindexing(
    settings: Settings, endpoint: Endpoint, httpx2_mock: respx.Router
) -> None:
    program = await down(settings, endpoint)
    asked = len(endpoint.asked)
    moved = Endpoint(httpx2_mock, "http://elsewhere.test/v1")
    async with opened(with_endpoint(settings, "http://elsewhere.test/v1")) as (service, client):
        await whole(service)
        assert (await found(client, program.by(client)))["warnings"] == []
    assert moved.asked
    assert len(endpoint.asked) == asked


async def test_a_reindexing_that_the_endpoint_fails_leaves_the_old_index_serving(
    settings: Settings, endpoint: Endpoint
) -> None:
    await down(settings, endpoint)
    with pytest.raises(NoVectors, match="status 401"):
        await reindexed(settings, rebuild=True)
    endpoint.answers(replies.vectors)
    async with opened(settings) as (service, _):
        await whole(service)
        assert await service.generations.named() is not None
        assert len(await service.store.generations()) == 1


async def test_an_address_without_a_model_is_refused(settings: Settings) -> None:
    nameless = settings.model_copy(update={"embedding_model": None})
    with pytest.raises(SettingUnusable, match="needs COUNTERPART_EMBEDDING_MODEL"):
        async with opened(nameless):
            pass


async def test_a_model_at_an_endpoint_is_refused_without_an_address(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"embedding_base_url": None, "embedding_model": NAME})
    with pytest.raises(SettingUnusable, match="COUNTERPART_EMBEDDING_BASE_URL names none"):
        async with opened(nowhere):
            pass


@pytest.mark.parametrize("key", [None, "k"])
def test_the_language_models_endpoint_is_not_asked_for_vectors(settings: Settings, key: str | None) -> None:
    about = {"embedding_base_url": None, "embedding_model": None, "llm_base_url": BASE}
    told = settings.model_copy(update={**about, "llm_api_key": SecretStr(key) if key else None})
    assert told.uses_llm
    assert model_asked(told) is None
    assert type(embedder_by(told)(MINILM)) is OnnxEmbedder


def test_the_warning_has_its_words_in_every_language() -> None:
    told = {phrases(language)["warnings.by_words"] for language in languages()}
    assert len(told) == len(languages()) == 4


async def disclosures(client: Client, program: Program, person: str) -> list[dict[str, Any]]:
    return listed(await client("GET", "/v1/disclosures", program.world.tokens[person]))


async def test_what_is_embedded_and_asked_elsewhere_is_told(settings: Settings, endpoint: Endpoint) -> None:
    async with opened(settings) as (service, client):
        await whole(service)
        program = await coached_program(client)
        (kept,) = await disclosures(client, program, "ingrid")
        assert (kept["host"], kept["model"], kept["kind"]) == ("vectors.test", MODEL, "embedding")
        assert kept["names_replaced"] is False and len(kept["passages"]) == 1
        assert len(await disclosures(client, program, "maya")) == 2
        await found(client, program)
        await program.ask("reflection")
        await program.ask("ask")
        told = [each for each in await disclosures(client, program, "maya") if each["asked"]]
        assert sorted(each["kind"] for each in told) == ["ask", "search"]


async def test_who_is_off_is_embedded_nowhere_else_and_found_by_words(
    settings: Settings, endpoint: Endpoint
) -> None:
    async with opened(settings) as (service, client):
        await whole(service)
        program = await coached_program(client)
        world = program.world
        off = await client("PUT", "/v1/me/preferences", world.tokens["maya"], {"model_use": False})
        assert off.status_code == 200
        before, asked = await disclosures(client, program, "maya"), len(endpoint.asked)
        assert await noted(world) == "indexed"
        answer = await found(client, program, "zither")
        assert LATEST in [item["text"] for item in answer["items"]]
        assert answer["warnings"] == [BY_WORDS]
        assert BY_WORDS in (await program.ask("agenda"))["warnings"]
        sent = [text for texts in endpoint.asked[asked:] for text in texts]
        assert not any("zither" in text for text in sent)
        assert await disclosures(client, program, "maya") == before


@pytest.mark.parametrize(
    ("who", "label"), [("ingrid", "Ms. Halvorsen"), ("ingrid", "Mentee"), ("olga", "Olga")]
)
async def test_what_they_say_in_anothers_transcript_is_embedded_nowhere_else(
    settings: Settings, endpoint: Endpoint, who: str, label: str
) -> None:
    async with opened(settings) as (service, client):
        await whole(service)
        program = await coached_program(client)
        world = program.world
        off = await client("PUT", "/v1/me/preferences", world.tokens[who], {"model_use": False})
        assert off.status_code == 200
        session = await world.session("2027-03-09T15:00:00Z")
        text = f"Maya: How was the zither?\n{label}: I dread the board."
        await world.note(session, "maya", text, kind="transcript")
        sent = "".join(text for texts in endpoint.asked for text in texts)
        assert "zither" in sent and "dread the board" not in sent


async def test_what_can_not_be_embedded_yet_is_recorded_once(settings: Settings, endpoint: Endpoint) -> None:
    program = await down(settings, endpoint)
    async with opened(settings) as (service, client):
        again = program.by(client)
        before = len(await disclosures(client, again, "maya"))
        assert await noted(again.world) == "pending"
        for _ in range(3):
            with pytest.raises(NoVectors):
                await service.indexer.index_notes(await service.indexer.pending())
        assert len(await disclosures(client, again, "maya")) == before + 1
