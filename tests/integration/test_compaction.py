"""Files are rid of what was erased: whatever happens meanwhile, whatever fails, and nothing else goes."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from filelock import FileLock

from coach.compaction import Compaction, Pace
from coach.generations import Generations
from coach.settings import Settings
from coach.wiring import open_service, reindex
from tests.conftest import ADMIN
from tests.fakes import NOW, WordReader
from tests.integration.erasable import DenseEmbedder, Erasable, Pair, embedder_of, erasable, found_in
from vectorstore.embedding import Vectors
from vectorstore.index import Fingerprint, IndexStore, VectorIndex

_FEW = 4
_BROKEN = "it fails, as this test asked"


class Unremovable:
    """A store of which nothing can be removed."""

    def __init__(self, store: IndexStore) -> None:
        self._store = store

    async def open(self, generation: str, fingerprint: Fingerprint) -> VectorIndex:
        return await self._store.open(generation, fingerprint)

    def has_lost(self, generation: str) -> bool:
        return self._store.has_lost(generation)

    async def generations(self) -> set[str]:
        return await self._store.generations()

    async def drop(self, generation: str) -> None:
        raise RuntimeError(_BROKEN)


def compaction(
    made: Erasable, recorded: Callable[[], Awaitable[set[str]]], store: IndexStore | None = None
) -> Compaction:
    """The service's own with another look at the records, or another store."""
    service, kept = made.service, store or made.service.store
    generations = Generations(service.database, kept, embedder_of)
    return Compaction(service.database, generations, kept, service.serving, recorded)


async def erase(made: Erasable, pair: Pair) -> dict[str, set[bytes]]:
    """Erases the pair's note; answers what may be found no longer."""
    needles = await made.needles(pair, "text", notes=(pair.note,))
    answer = await made.world.client("DELETE", f"/v1/notes/{pair.note}", made.world.tokens[pair.mentor])
    assert answer.status_code == 204
    return needles


@pytest.mark.parametrize("failing", ["before it copies", "when another one serves", "when it removes"])
async def test_what_is_interrupted_leaves_an_index_that_serves_and_is_done_later(
    settings: Settings, failing: str
) -> None:
    async with erasable(settings, "pair", rows=_FEW) as made:
        needles, looks = await erase(made, made.pairs["pair"]), 0

        async def recorded() -> set[str]:
            nonlocal looks
            looks += 1
            if looks == {"before it copies": 1, "when another one serves": 2}.get(failing):
                raise RuntimeError(_BROKEN)
            return await made.service.indexer.recorded()

        store = Unremovable(made.service.store) if failing == "when it removes" else None
        with pytest.raises(RuntimeError, match=_BROKEN):
            await compaction(made, recorded, store).run(lambda: False)
        assert await made.service.compaction.traces()
        assert found_in(made.folder, needles)
    async with open_service(
        settings, embedder_of=embedder_of, reader=WordReader(), clock=lambda: NOW
    ) as service:
        await service.look_after()
        async with service.database.reading() as records:
            assert await service.index.ids() == set(await records.notes.all_passage_ids())
        assert await service.compaction.traces()
        assert await service.compact()
        assert not await service.compaction.traces()
        assert found_in(made.folder, needles) == {}
        assert await service.store.generations() == {service.serving.now.id}


async def test_what_is_written_and_erased_while_it_copies_is_where_it_belongs(settings: Settings) -> None:
    async with erasable(settings, "first", "second", rows=_FEW) as made:
        needles = await erase(made, made.pairs["first"])
        second, wrote = made.pairs["second"], list[dict[str, Any]]()

        async def recorded() -> set[str]:
            held = await made.service.indexer.recorded()
            if not wrote:
                needles.update(await erase(made, second))
                session = await made.world.session("2027-03-03T15:00:00Z", made.staying)
                wrote.append(await made.world.note(session, "ingrid", "I liked the row of lilacs."))
            return held

        embedded = len(made.embedder.texts)
        assert await compaction(made, recorded).run(lambda: False)
        await made.service.mend()
        assert len(made.embedder.texts) == embedded + 1
        assert await made.is_whole()
        assert await made.service.compact()
        assert found_in(made.folder, needles) == {}
        assert await made.is_whole()


async def test_nothing_erased_is_served_while_files_still_hold_it(settings: Settings) -> None:
    async with erasable(settings, "pair", rows=_FEW) as made:
        pair = made.pairs["pair"]
        home, token = f"/v1/pairings/{pair.pairing}", made.world.tokens[pair.mentor]
        body = {"query": pair.words["text"], "limit": 100}
        assert pair.words["text"] in json.dumps(
            await made.world.client.asked(f"{home}/search", token, body), ensure_ascii=False
        )
        needles = await erase(made, pair)
        told = [
            await made.world.client.asked(f"{home}/{kind}", token, asked)
            for kind, asked in (
                ("search", body),
                ("agenda", {"limit": 20}),
                ("progress", {}),
                ("reflection", {}),
                ("ask", {"question": "What did Ingrid promise to show by Friday?"}),
            )
        ]
        assert pair.words["text"] not in json.dumps(told, ensure_ascii=False)
        assert found_in(made.folder, needles)
        metrics = (await made.world.client("GET", "/metrics")).text
        assert "counterpart_erasures_in_files 1.0" in metrics


async def test_it_needs_no_embedding_model(settings: Settings) -> None:
    async with erasable(settings, "pair", rows=_FEW) as made:
        needles = await erase(made, made.pairs["pair"])
        made.embedder.broken = True
        assert await made.service.compact()
        assert found_in(made.folder, needles) == {}
        made.embedder.broken = False
        assert await made.is_whole()


async def test_it_waits_for_the_end_of_a_reindexing(settings: Settings) -> None:
    async with erasable(settings, "pair", rows=_FEW) as made:
        needles = await erase(made, made.pairs["pair"])
        with FileLock(settings.data_dir / "reindex.lock"):
            assert not await made.service.compact()
        assert found_in(made.folder, needles)
        assert await made.service.compact()
        assert found_in(made.folder, needles) == {}


async def test_a_reindexing_does_not_bring_back_what_was_erased_meanwhile(settings: Settings) -> None:
    async with erasable(settings, "pair", rows=_FEW) as made:
        pair, needles = made.pairs["pair"], dict[str, set[bytes]]()

        class Meanwhile(DenseEmbedder):
            async def embed(self, texts: Sequence[str]) -> Vectors:
                if not self.texts:
                    needles.update(await erase(made, pair))
                return await super().embed(texts)

        meanwhile = Meanwhile()
        await reindex(settings, lambda _: None, rebuild=True, embedder_of=lambda _: meanwhile)
        assert needles
        assert await made.service.follow()
        assert await made.service.compact()
        assert found_in(made.folder, needles) == {}
        assert await made.is_whole()


async def test_it_begins_by_itself(settings: Settings) -> None:
    async with erasable(settings, "pair", rows=_FEW, pace=Pace(quiet=0.0)) as made:
        needles = await erase(made, made.pairs["pair"])
        for _ in range(600):
            if not await made.service.compaction.traces():
                break
            await asyncio.sleep(0.1)
        assert found_in(made.folder, needles) == {}
        assert await made.is_whole()


async def test_a_pairing_goes_while_people_write_in_it_and_ask(settings: Settings) -> None:
    async with erasable(settings, "pair", rows=_FEW) as made:
        pair, client = made.pairs["pair"], made.world.client
        token, home = made.world.tokens[pair.mentor], f"/v1/pairings/{pair.pairing}"
        sessions = (await client("GET", f"{home}/sessions", token)).json()["items"]
        needles = await made.needles(pair, "text", "transcript", notes=(pair.note, pair.transcript))
        notes = f"/v1/sessions/{sessions[0]['id']}/notes"
        answers = await asyncio.gather(
            *(client("POST", notes, token, {"text": f"More of {pair.words['text']}."}) for _ in range(6)),
            *(client("POST", f"{home}/agenda", token, {}) for _ in range(3)),
            client("DELETE", home, ADMIN),
            *(client("PUT", f"/v1/notes/{pair.note}", token, {"text": "Else."}) for _ in range(3)),
            *(client("POST", notes, token, {"text": f"More of {pair.words['text']}."}) for _ in range(6)),
            client("DELETE", f"/v1/participants/{pair.mentor}", token),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 401, 404, 409}
        await made.service.look_after()
        while await made.service.compaction.traces():
            assert await made.service.compact()
        assert found_in(made.folder, needles) == {}
        assert await made.is_whole()
