"""The index is built anew by a process of its own while people write, and that process is killed too."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from random import Random

import httpx2
import pytest

from coach.settings import Settings
from coach.wiring import index_folder
from tests.conftest import ADMIN
from tests.e2e.checking import check_answers, check_files, settled
from tests.e2e.posting import Desk, authors_at
from tests.e2e.processes import COUNTERPART, Server, environment
from vectorstore.onnx_embedder import OnnxEmbedder

SEED = 20270311
MODEL = "all-MiniLM-L6-v2/int8"
KILLS, NOTES = 3, 150
_TAKEN_UP = b"a new generation of the index is taken up"
_PAUSE = 0.02


@pytest.fixture
async def serving(tmp_path: Path) -> AsyncIterator[tuple[Server, Path]]:
    """The real server on a data directory of its own."""
    data_dir = tmp_path / "data"
    server = await Server.start((COUNTERPART, "serve"), environment(data_dir, ADMIN))
    yield server, data_dir
    await server.kill()


async def _until(happened: Callable[[], bool], within: float) -> None:
    for _ in range(int(within / _PAUSE)):
        if happened():
            return
        await asyncio.sleep(_PAUSE)
    raise AssertionError(f"it did not happen within {within} seconds")


def _generations(data_dir: Path) -> list[Path]:
    return list(index_folder(Settings(data_dir=data_dir)).iterdir())


def _are_there(data_dir: Path, generations: int) -> bool:
    return len(_generations(data_dir)) >= generations


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_people_write_and_find_while_the_index_changes_its_model(
    serving: tuple[Server, Path],
) -> None:
    server, data_dir = serving
    chance, desk = Random(SEED), Desk()
    desk.moved_to(await server.address())
    authors = await authors_at(desk.address, 3, SEED)
    writing = [asyncio.create_task(author.write(desk)) for author in authors]
    await desk.busy(NOTES, within=120)
    env, command = environment(data_dir, ADMIN), (COUNTERPART, "reindex", "--model", MODEL)
    for _ in range(KILLS):
        before = len(_generations(data_dir))
        reindexing = await Server.start(command, env)
        await _until(partial(_are_there, data_dir, before + 1), within=60)
        await asyncio.sleep(chance.uniform(0, 0.5))
        await reindexing.kill()
        assert _TAKEN_UP not in server.log
        desk.moved_to(desk.address)
        await desk.busy(5)
    reindexing = await Server.start(command, env)
    assert await reindexing.ended(within=300) == 0, reindexing.log.decode()
    assert b"takes the new index up" in reindexing.log
    await _until(lambda: _TAKEN_UP in server.log, within=60)
    desk.moved_to(desk.address)
    await desk.busy(5)
    desk.closing = True
    await asyncio.gather(*writing)
    async with httpx2.AsyncClient(base_url=desk.address, timeout=60) as http:
        await settled(http)
        assert await check_answers(http, authors) > NOTES / 2
    await server.stop()
    assert await check_files(data_dir, OnnxEmbedder(int8=True)) > NOTES / 2
    assert len(_generations(data_dir)) == 1
