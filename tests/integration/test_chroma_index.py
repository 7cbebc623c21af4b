"""The index on a real Chroma: scopes, and nearest in order."""

from pathlib import Path

import numpy as np
import pytest

from vectorstore.chroma import embedded_index
from vectorstore.embedding import unit
from vectorstore.index import Entry, Fingerprint, IndexBuiltOtherwise

BUILT = Fingerprint("numbers", 8, "p1")
OURS, THEIRS = {"pairing": "ours"}, {"pairing": "theirs"}


async def test_nearest_gives_the_scopes_best_in_order_with_their_cosines(tmp_path: Path) -> None:
    vectors = unit(np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32))
    entries = [Entry(f"p{at}", "ours" if at % 2 else "theirs", "program") for at in range(40)]
    index = embedded_index(tmp_path, BUILT)
    await index.add(entries, vectors)
    for scope, rows in (
        (OURS, range(1, 40, 2)),
        (THEIRS, range(0, 40, 2)),
        ({"program": "program"}, range(40)),
    ):
        found = await index.nearest(vectors[3], scope, 5)
        cosines = {f"p{at}": float(vectors[at] @ vectors[3]) for at in rows}
        best = sorted(cosines, key=lambda i: -cosines[i])[:5]
        assert [passage_id for passage_id, _ in found] == best
        assert [cosine for _, cosine in found] == pytest.approx([cosines[i] for i in best], abs=1e-5)
    await index.close()


async def test_an_index_built_with_another_model_is_refused(tmp_path: Path) -> None:
    await embedded_index(tmp_path, BUILT).close()
    with pytest.raises(IndexBuiltOtherwise, match="reindex"):
        embedded_index(tmp_path, Fingerprint("letters", 8, "p1"))
