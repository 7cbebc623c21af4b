"""The index on a real Chroma, embedded and on a server: scopes, generations, nearest in order."""

import gc
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import chromadb
import numpy as np
import pytest

from coach.domain.notes import Home, Scope
from vectorstore.chroma import EmbeddedStore, RemoteStore
from vectorstore.copying import copy, require_copied
from vectorstore.embedding import Vectors, unit
from vectorstore.index import Entry, Fingerprint, IndexBuiltOtherwise, IndexStore, IndexUnusable

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
BUILT = Fingerprint("numbers", 8, "p1")
VECTORS = unit(np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32))
HOMES = [
    Home("ours" if at % 2 else "theirs", f"pairing{at % 4}", shared=at % 5 == 0) for at in range(len(VECTORS))
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Chroma server's address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    chroma, folder = Path(sys.executable).with_name("chroma"), tmp_path_factory.mktemp("server")
    command = [str(chroma), "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError("the Chroma server did not start")


@pytest.fixture(params=["embedded", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> IndexStore:
    if request.param == "embedded":
        return EmbeddedStore(tmp_path / "index")
    request.getfixturevalue("socket_enabled")
    return RemoteStore(request.getfixturevalue("server"))


@pytest.fixture(autouse=True)
async def nothing_left(store: IndexStore) -> AsyncIterator[None]:
    """Chroma's client for a server leaves its connections to the garbage collector."""
    yield
    for generation in await store.generations():
        await store.drop(generation)
    gc.collect()


async def test_a_scope_gives_its_pairings_vectors_or_what_its_program_shares(store: IndexStore) -> None:
    index = await store.open("one", BUILT)
    await index.add([Entry(f"p{at}", home) for at, home in enumerate(HOMES)], VECTORS)
    for scope, rows in (
        (Scope("ours", "pairing1"), range(1, 40, 4)),
        (Scope("theirs", "pairing2"), range(2, 40, 4)),
        (Scope("ours"), range(5, 40, 10)),
        (Scope("ours", "pairing2"), range(0)),
        (Scope("nobody's"), range(0)),
    ):
        ids, held = await index.vectors(scope)
        assert sorted(ids) == sorted(f"p{at}" for at in rows)
        assert held.shape == (len(rows), 8)
        for passage_id, vector in zip(ids, held, strict=True):
            assert vector == pytest.approx(VECTORS[int(passage_id[1:])], abs=1e-6)
    await index.close()


async def test_nearest_gives_the_best_that_is_shared_in_order_with_cosines(store: IndexStore) -> None:
    index = await store.open("one", BUILT)
    await index.add([Entry(f"p{at}", home) for at, home in enumerate(HOMES)], VECTORS)
    shared = {f"p{at}": float(VECTORS[at] @ VECTORS[3]) for at in range(5, 40, 10)}
    best = sorted(shared, key=lambda i: -shared[i])[:3]
    found = await index.nearest(VECTORS[3], "ours", 3)
    assert [passage_id for passage_id, _ in found] == best
    assert [cosine for _, cosine in found] == pytest.approx([shared[i] for i in best], abs=1e-5)
    assert await index.nearest(VECTORS[3], "nobody's", 3) == []
    await index.close()


async def test_ids_are_removed_wherever_they_are(store: IndexStore) -> None:
    index = await store.open("one", BUILT)
    await index.add([Entry(f"p{at}", home) for at, home in enumerate(HOMES)], VECTORS)
    await index.remove(["p0", "p1", "p5", "unheard of"])
    assert await index.ids() == {f"p{at}" for at in range(40)} - {"p0", "p1", "p5"}
    assert await index.count() == 37
    await index.close()


async def test_generations_stand_side_by_side_until_one_is_dropped(store: IndexStore) -> None:
    for at, name in enumerate(("one", "two")):
        index = await store.open(name, BUILT)
        await index.add([Entry(f"p{at}", HOMES[at])], VECTORS[at : at + 1])
        await index.close()
    assert await store.generations() == {"one", "two"}
    await store.drop("one")
    await store.drop("unheard of")
    assert await store.generations() == {"two"}
    index = await store.open("two", BUILT)
    assert await index.ids() == {"p1"}
    await index.close()


async def test_a_directory_that_is_gone_is_noticed(tmp_path: Path) -> None:
    embedded = EmbeddedStore(tmp_path / "index")
    index = await embedded.open("one", BUILT)
    assert not embedded.has_lost("one")
    await index.close()
    await embedded.drop("one")
    assert embedded.has_lost("one")


async def test_an_index_built_with_another_model_is_refused(store: IndexStore) -> None:
    index = await store.open("one", BUILT)
    await index.add([Entry("p0", HOMES[0])], VECTORS[:1])
    await index.close()
    with pytest.raises(IndexBuiltOtherwise, match="letters"):
        await store.open("one", Fingerprint("letters", 8, "p1"))


async def test_many_small_programs_are_read_after_a_restart(tmp_path: Path) -> None:
    """Chroma can't read a small collection again that it has dropped from its cache."""
    embedded, programs = EmbeddedStore(tmp_path / "index"), [f"program{at}" for at in range(150)]
    index = await embedded.open("one", BUILT)
    for program in programs:
        await index.add([Entry(f"in {program}", Home(program, "pairing", shared=True))], VECTORS[:1])
    await index.close()
    index = await embedded.open("one", BUILT)
    for program in programs:
        assert (await index.vectors(Scope(program, "pairing")))[0] == [f"in {program}"]
        assert len(await index.nearest(VECTORS[0], program, 1)) == 1
    await index.close()


async def test_a_damaged_index_is_told_as_unusable(tmp_path: Path) -> None:
    embedded = EmbeddedStore(tmp_path / "index")
    await (await embedded.open("one", BUILT)).close()
    (tmp_path / "index" / "one" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexUnusable, match="can't be read"):
        await embedded.open("one", BUILT)


async def test_chromas_own_client_reads_what_the_bindings_wrote(tmp_path: Path) -> None:
    index = await EmbeddedStore(tmp_path).open("one", BUILT)
    await index.add([Entry("p0", HOMES[0]), Entry("p1", HOMES[1])], VECTORS[:2])
    await index.close()
    quiet = chromadb.config.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(tmp_path / "one"), settings=quiet)
    held = {
        passage_id: (collection.name, vector)
        for collection in client.list_collections()
        for passage_id, vector in zip(*_read(collection), strict=True)
    }
    assert {i: name for i, (name, _) in held.items()} == {
        "p0": "counterpart-one-theirs-shared",
        "p1": "counterpart-one-ours-own",
    }
    for at in range(2):
        assert held[f"p{at}"][1] == pytest.approx(VECTORS[at], abs=1e-6)
    client.close()  # type: ignore[attr-defined]


def _read(collection: chromadb.Collection) -> tuple[list[str], Vectors]:
    told = collection.get(include=["embeddings"])
    return told["ids"], np.asarray(told["embeddings"])


async def test_a_generation_is_copied_into_another_without_what_was_erased(store: IndexStore) -> None:
    source, target = await store.open("one", BUILT), await store.open("two", BUILT)
    await source.add([Entry(str(at), home) for at, home in enumerate(HOMES)], VECTORS)
    wanted = {str(at) for at in range(30)} | {"unknown"}
    assert await copy(source, target, wanted) == 30
    assert await copy(source, target, wanted) == 0
    await require_copied(source, target, wanted)
    for home in {HOMES[at] for at in range(4)}:
        for scope in (Scope(home.program_id, home.pairing_id), Scope(home.program_id)):
            before, after = [
                dict(zip(*await index.vectors(scope), strict=True)) for index in (source, target)
            ]
            assert after.keys() == before.keys() & wanted
            assert all(np.allclose(after[i], before[i], atol=1e-6) for i in after)
    with pytest.raises(RuntimeError, match="lacks 10 passages"):
        await require_copied(source, target, await source.ids())
    with pytest.raises(RuntimeError, match="has 1 too many"):
        await require_copied(source, target, wanted - {"7"})
    for index in (source, target):
        await index.close()
