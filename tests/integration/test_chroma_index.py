"""The index on a real Chroma: scopes, generations side by side, and nearest in order."""

from pathlib import Path

import numpy as np
import pytest

from coach.domain.notes import Home, Scope
from vectorstore.chroma import EmbeddedStore
from vectorstore.embedding import unit
from vectorstore.index import Entry, Fingerprint, IndexBuiltOtherwise, IndexUnusable

BUILT = Fingerprint("numbers", 8, "p1")
VECTORS = unit(np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32))
HOMES = [
    Home("ours" if at % 2 else "theirs", f"pairing{at % 4}", shared=at % 5 == 0) for at in range(len(VECTORS))
]


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "index")


async def test_a_scope_gives_its_pairings_vectors_or_what_its_program_shares(store: EmbeddedStore) -> None:
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


async def test_nearest_gives_the_best_that_is_shared_in_order_with_cosines(store: EmbeddedStore) -> None:
    index = await store.open("one", BUILT)
    await index.add([Entry(f"p{at}", home) for at, home in enumerate(HOMES)], VECTORS)
    shared = {f"p{at}": float(VECTORS[at] @ VECTORS[3]) for at in range(5, 40, 10)}
    best = sorted(shared, key=lambda i: -shared[i])[:3]
    found = await index.nearest(VECTORS[3], "ours", 3)
    assert [passage_id for passage_id, _ in found] == best
    assert [cosine for _, cosine in found] == pytest.approx([shared[i] for i in best], abs=1e-5)
    assert await index.nearest(VECTORS[3], "nobody's", 3) == []
    await index.close()


async def test_ids_are_removed_wherever_they_are(store: EmbeddedStore) -> None:
    index = await store.open("one", BUILT)
    await index.add([Entry(f"p{at}", home) for at, home in enumerate(HOMES)], VECTORS)
    await index.remove(["p0", "p1", "p5", "unheard of"])
    assert await index.ids() == {f"p{at}" for at in range(40)} - {"p0", "p1", "p5"}
    assert await index.count() == 37
    await index.close()


async def test_generations_stand_side_by_side_until_one_is_dropped(store: EmbeddedStore) -> None:
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
    assert not store.has_lost("two")
    await index.close()
    await store.drop("two")
    assert store.has_lost("two")


async def test_an_index_built_with_another_model_is_refused(store: EmbeddedStore) -> None:
    index = await store.open("one", BUILT)
    await index.add([Entry("p0", HOMES[0])], VECTORS[:1])
    await index.close()
    with pytest.raises(IndexBuiltOtherwise, match="letters"):
        await store.open("one", Fingerprint("letters", 8, "p1"))


async def test_a_damaged_index_is_told_as_unusable(store: EmbeddedStore, tmp_path: Path) -> None:
    await (await store.open("one", BUILT)).close()
    (tmp_path / "index" / "one" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexUnusable, match="can't be read"):
        await store.open("one", BUILT)
