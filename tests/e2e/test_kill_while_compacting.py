"""The server is killed again and again while it rids its files of what was erased."""

import asyncio
from pathlib import Path
from random import Random

import httpx2
import pytest

from tests.conftest import ADMIN, Client, World
from tests.e2e.checking import settled
from tests.e2e.processes import FAKE, Server, environment

_SEED = 20270312
_KILLS, _LONGEST_LIFE, _NOTES = 8, 0.5, 60
_WORD = "Zimtschaenke"


async def _written(address: str) -> tuple[World, list[str]]:
    """A pairing with notes; the ids of those that are to go."""
    async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
        world = World(Client(http))
        made = await world.client.made("/v1/programs", {"name": "P", "objectives": []})
        world.program = made["id"]
        await world.person("Maya", "mentor")
        await world.person("Ingrid", "mentee")
        world.pairing = await world.pair("maya", "ingrid")
        session = await world.session("2027-03-01T15:00:00Z")
        for number in range(_NOTES):
            await world.note(session, "ingrid", f"Row {number} of the list was about turbines.")
        gone = [
            await world.note(session, "maya", f"{_WORD} {number} was mine alone.") for number in range(_KILLS)
        ]
    return world, [note["id"] for note in gone]


def _holding(folder: Path, *needles: bytes) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if any(needle in file.read_bytes() for needle in needles)]


async def _moving(folder: Path) -> None:
    """Waits until another generation of the index has begun."""
    for _ in range(6000):
        if len(list((folder / "index").iterdir())) > 1:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the index does not move")


async def _clear(http: httpx2.AsyncClient) -> None:
    """Waits until no file holds an erasure any more, as the metrics tell."""
    for _ in range(600):
        if "counterpart_erasures_in_files 0.0" in (await http.get("/metrics")).text:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("its files still hold what was erased")


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_what_was_erased_is_in_no_file_after_any_kill_and_the_rest_is_found(tmp_path: Path) -> None:
    chance, data_dir = Random(_SEED), tmp_path / "data"
    env = environment(data_dir, ADMIN)
    server = await Server.start(FAKE, env)
    try:
        world, gone = await _written(await server.address())
        assert _holding(data_dir, _WORD.encode())
        for note_id in gone:
            async with httpx2.AsyncClient(base_url=await server.address(), timeout=60) as http:
                answer = await Client(http)("DELETE", f"/v1/notes/{note_id}", world.tokens["maya"])
                assert answer.status_code == 204
            await _moving(data_dir)
            await asyncio.sleep(chance.uniform(0, _LONGEST_LIFE))
            await server.kill()
            server = await Server.start(FAKE, env)
        async with httpx2.AsyncClient(base_url=await server.address(), timeout=60) as http:
            await settled(http)
            await _clear(http)
            assert _holding(data_dir, _WORD.encode()) == []
            query = {"query": "the list about turbines", "limit": 100}
            path, token = f"/v1/pairings/{world.pairing}/search", world.tokens["ingrid"]
            assert len((await Client(http).asked(path, token, query))["items"]) == _NOTES
        assert len(list((data_dir / "index").iterdir())) == 1
    finally:
        await server.kill()
    assert _holding(data_dir, _WORD.encode()) == []
