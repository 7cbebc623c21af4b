"""A real embedding endpoint on loopback, configured through the settings alone, that comes and goes."""

import asyncio

import pytest
from pydantic import SecretStr

from coach.drafting.embeddings import PROBE
from coach.drafting.phrases import phrases
from coach.settings import Settings
from tests.conftest import ADMIN
from tests.e2e.embedding_server import EmbeddingServer
from tests.e2e.processes import COUNTERPART, environment, run
from tests.e2e.serving import served
from tests.integration.coached_program import KEPT_PRIVATE, KINDS, Program, coached_program

MODEL, KEY = "vectors-in-tests", "the-key-of-the-tests"
BY_WORDS = phrases()["warnings.by_words"]
LATEST = "Ingrid tried the zither and laughed about it."


def by_endpoint(settings: Settings, server: EmbeddingServer) -> Settings:
    about = {
        "embedding_base_url": server.base_url,
        "embedding_api_key": SecretStr(KEY),
        "embedding_model": MODEL,
    }
    return settings.model_copy(update=about)


async def ready(program: Program) -> None:
    for _ in range(500):
        if (await program.world.client("GET", "/readyz", None)).status_code == 200:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it does not get ready")


async def found(program: Program, query: str) -> tuple[str, list[str]]:
    """The best passage, and the warnings."""
    world = program.world
    path = f"/v1/pairings/{world.pairing}/search"
    told = await world.client.asked(path, world.tokens["maya"], {"query": query})
    return told["items"][0]["text"], told["warnings"]


async def test_an_endpoint_that_comes_and_goes_costs_no_note_and_no_answer(settings: Settings) -> None:
    server = EmbeddingServer()
    with server:
        settings = by_endpoint(settings, server)
        async with served(settings, None) as client:
            program = await coached_program(client)
            await ready(program)
            for kind in KINDS:
                assert BY_WORDS not in (await program.ask(kind))["warnings"]
    assert {(a["model"], a["encoding_format"], a["path"], a["key"]) for a in server.asked} == {
        (MODEL, "float", "/v1/embeddings", f"Bearer {KEY}")
    }
    assert all(asked["input"][0] == PROBE for asked in server.asked)
    assert any(KEPT_PRIVATE in text for asked in server.asked for text in asked["input"])

    async with served(settings, None) as client:
        program = program.by(client)
        session = await program.world.session("2027-03-09T15:00:00Z")
        assert (await program.world.note(session, "maya", LATEST))["index_state"] == "pending"
        assert await found(program, "the zither") == (LATEST, [BY_WORDS])
        for kind in set(KINDS) - {"reflection", "learnings"}:
            assert BY_WORDS in (await program.ask(kind))["warnings"]
        assert (await client("GET", "/readyz", None)).status_code == 503

    with server:
        async with served(settings, None) as client:
            program = program.by(client)
            await ready(program)
            assert await found(program, "the zither") == (LATEST, [])


@pytest.mark.timeout(180)
async def test_the_command_line_rebuilds_with_the_endpoint_and_says_what_is_missing(
    settings: Settings,
) -> None:
    server = EmbeddingServer()
    named = {"COUNTERPART_EMBEDDING_MODEL": MODEL}
    with server:
        settings = by_endpoint(settings, server)
        async with served(settings, None) as client:
            await coached_program(client)
        env = {
            **environment(settings.data_dir, ADMIN),
            "COUNTERPART_EMBEDDING_BASE_URL": server.base_url,
        }
        reindex = (COUNTERPART, "reindex", "--rebuild")
        status, told = await run(reindex, env)
        assert status != 0
        assert "COUNTERPART_EMBEDDING_BASE_URL needs COUNTERPART_EMBEDDING_MODEL" in told
        status, told = await run(reindex, {**env, **named})
        assert status == 0, told
        assert f"5 notes indexed anew with endpoint:{MODEL}" in told
        assert "Set COUNTERPART_EMBEDDING_MODEL" not in told
    status, told = await run(reindex, {**env, **named})
    assert status != 0
    assert "could not be reached; see COUNTERPART_EMBEDDING_BASE_URL" in told
    assert "Traceback" not in told
