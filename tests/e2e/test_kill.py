"""The server is killed at any moment; what it answered for is there afterwards, and nothing is half there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from random import Random

import httpx2
import pytest

from tests.conftest import ADMIN
from tests.e2e.checking import check_answers, check_files, settled
from tests.e2e.posting import Desk, authors_at
from tests.e2e.processes import COUNTERPART, FAKE, Server, environment, run
from tests.fakes import WordEmbedder
from vectorstore.onnx_embedder import OnnxEmbedder

SEED = 20270310
KILLS, KILLS_WHILE_STARTING = 50, 10
AUTHORS = 6
LONGEST_LIFE, LONGEST_START = 0.6, 5.0

Start = Callable[[tuple[str, ...]], Awaitable[Server]]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def start(data_dir: Path) -> AsyncIterator[Start]:
    """Starts servers on one data directory; whatever still runs at the end is killed."""
    started: list[Server] = []

    async def start_one(command: tuple[str, ...]) -> Server:
        started.append(await Server.start(command, environment(data_dir, ADMIN)))
        return started[-1]

    yield start_one
    for server in started:
        await server.kill()


async def _killed_while_starting(start: Start, chance: Random) -> None:
    server = await start(FAKE)
    await asyncio.sleep(chance.uniform(0, LONGEST_START))
    await server.kill()


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_notes_answered_for_outlive_fifty_kills_and_are_found(start: Start, data_dir: Path) -> None:
    chance, desk = Random(SEED), Desk()
    server = await start(FAKE)
    desk.moved_to(await server.address())
    authors = await authors_at(desk.address, AUTHORS, SEED)
    writing = [asyncio.create_task(author.write(desk)) for author in authors]
    starting = set(chance.sample(range(KILLS), KILLS_WHILE_STARTING))
    for kill in range(KILLS):
        await desk.busy()
        await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))
        await server.kill()
        if kill in starting:
            await _killed_while_starting(start, chance)
        server = await start(FAKE)
        desk.moved_to(await server.address())
    await desk.busy(AUTHORS)
    desk.closing = True
    await asyncio.gather(*writing)
    async with httpx2.AsyncClient(base_url=desk.address, timeout=60) as http:
        await settled(http)
        assert await check_answers(http, authors) > KILLS
    assert sum(len(author.gone) + len(author.former) for author in authors) > 0
    await server.stop()
    assert await check_files(data_dir, WordEmbedder()) > KILLS


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_the_real_server_and_model_outlive_a_kill_too(start: Start, data_dir: Path) -> None:
    """Killed once while its model loads and notes are only recorded, and once while they are embedded."""
    chance, desk = Random(SEED), Desk()
    server = await start((COUNTERPART, "serve"))
    desk.moved_to(await server.address())
    authors = await authors_at(desk.address, 3, SEED)
    writing = [asyncio.create_task(author.write(desk)) for author in authors]
    for longest_life in (4.0, 25.0):
        await desk.busy()
        await asyncio.sleep(chance.uniform(longest_life / 2, longest_life))
        await server.kill()
        server = await start((COUNTERPART, "serve"))
        desk.moved_to(await server.address())
    await desk.busy(3)
    desk.closing = True
    await asyncio.gather(*writing)
    async with httpx2.AsyncClient(base_url=desk.address, timeout=60) as http:
        await settled(http, within=300)
        assert await check_answers(http, authors) > len(authors)
    await server.stop()
    assert await check_files(data_dir, OnnxEmbedder()) > len(authors)


async def test_a_second_process_on_the_same_data_is_told_so_and_ends(
    start: Start, data_dir: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    holder = await start(FAKE)
    address = await holder.address()
    file = tmp_path / "lines.jsonl"
    file.write_text('{"type": "program", "key": "p", "name": "P", "objectives": []}\n')
    commands = (("serve",), ("migrate",), ("reindex",), ("import", str(file)))
    env = environment(data_dir, ADMIN)
    ended = await asyncio.gather(*(run((COUNTERPART, *command), env) for command in commands))
    for command, (status, told) in zip(commands, ended, strict=True):
        with subtests.test(command=command[0]):
            assert status != 0
            assert f"another counterpart process uses {data_dir}" in told
            assert "Traceback" not in told
    async with httpx2.AsyncClient() as http:
        assert (await http.get(f"{address}/healthz")).status_code == 200


async def test_after_the_holder_is_killed_the_next_one_starts_at_once(start: Start) -> None:
    first = await start(FAKE)
    await first.address()
    await first.kill()
    second = await start(FAKE)
    async with httpx2.AsyncClient(base_url=await second.address(within=20)) as http:
        assert (await http.get("/healthz")).status_code == 200
        await settled(http, within=20)


async def test_a_server_that_is_asked_to_stop_stops_cleanly(start: Start) -> None:
    server = await start(FAKE)
    await server.address()
    await server.stop()
    assert b"Traceback" not in server.log
    assert b"Finished server process" in server.log
