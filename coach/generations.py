"""Generations of the index: the one that serves, and those built beside it or left over.

The records name the one that serves; that line is changed in one transaction when another one is
whole, so that whatever happens before it leaves the old one serving.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from coach.domain.ids import new_id
from coach.domain.index import ServingIndex
from coach.errors import IndexMismatch
from coach.ports import Transactions
from vectorstore.embedding import Embedder, Probed
from vectorstore.generation import Generation
from vectorstore.index import Fingerprint, IndexStore, IndexUnusable

_log = logging.getLogger(__name__)

EmbedderOf = Callable[[str], Embedder]
Fill = Callable[[Generation], Awaitable[int]]


class Generations:
    def __init__(self, transactions: Transactions, store: IndexStore, embedder_of: EmbedderOf) -> None:
        self._transactions = transactions
        self._store = store
        self._embedder_of = embedder_of
        self._loading: set[asyncio.Task[None]] = set()

    async def serving(self, asked: str | None, default: str) -> Generation:
        """The generation that serves, or a new and empty one where there is none of use.

        IndexMismatch when `asked` names another model than it was built with.
        """
        named = await self.named()
        if named is not None and asked not in (None, named.model):
            raise IndexMismatch(f"the index was built with {named.model}, the settings ask for {asked}")
        model = named.model if named is not None else asked or default
        if named is not None:
            try:
                return await self._opened(named)
            except IndexUnusable as unusable:
                _log.warning("the index is built anew from the records: %s", unusable)
        made, generation = await self._made(model)
        if await self._serve_unless_changed(made, named):
            return generation
        await generation.index.close()
        return await self.serving(asked, default)

    async def newer(self, than: Generation) -> Generation | None:
        """The generation that the records name by now, its model loaded; None when it is still the same."""
        named = await self.named()
        if named is None or named.generation == than.id:
            return None
        generation = await self._opened(named)
        try:
            await generation.embedder.load()
        except BaseException:
            await generation.index.close()
            raise
        return generation

    async def build(self, model: str, fill: Fill) -> int:
        """Fill a generation beside the one that serves and put it in its place; answers what `fill` did."""
        made, generation = await self._made(model)
        try:
            filled = await fill(generation)
        except BaseException:
            await generation.index.close()
            await self._store.drop(made.generation)
            raise
        await generation.index.close()
        await self._serve(made)
        return filled

    async def beside(self, used: Generation) -> Generation | None:
        """A new and empty generation with the same embedder; None when the records name another than that."""
        named = await self.named()
        if named is None or named.generation != used.id:
            return None
        fresh = new_id()
        index = await self._store.open(fresh, Fingerprint.of(used.embedder))
        return Generation(fresh, used.embedder, index)

    async def serve_instead(self, fresh: Generation, used: Generation) -> bool:
        """Serve what is beside it; False when the records name another one by now."""
        named = await self.named()
        if named is None or named.generation != used.id:
            return False
        return await self._serve_unless_changed(replace(named, generation=fresh.id), named)

    async def sweep(self, used: Generation) -> None:
        """Drop every generation but `used` and the one the records name; none may be in the making."""
        named = await self.named()
        kept = {used.id, *([named.generation] if named else [])}
        for generation in await self._store.generations() - kept:
            await self._store.drop(generation)

    async def named(self) -> ServingIndex | None:
        async with self._transactions.reading() as records:
            return await records.index.serving()

    async def _serve(self, made: ServingIndex) -> None:
        async with self._transactions.writing() as records:
            await records.index.serve(made)

    async def _serve_unless_changed(self, made: ServingIndex, seen: ServingIndex | None) -> bool:
        """False when the records name another one than was seen: a reindexing has ended meanwhile."""
        async with self._transactions.writing() as records:
            unchanged = await records.index.serving() == seen
            if unchanged:
                await records.index.serve(made)
        return unchanged

    async def _made(self, model: str) -> tuple[ServingIndex, Generation]:
        """A new and empty generation, of the model as it is now."""
        embedder = await asyncio.to_thread(self._embedder_of, model)
        probe = await embedder.probed() if isinstance(embedder, Probed) else None
        made = ServingIndex(new_id(), model, probe)
        return made, await self._with(made, embedder)

    async def _opened(self, named: ServingIndex) -> Generation:
        embedder = await asyncio.to_thread(self._embedder_of, named.model)
        if isinstance(embedder, Probed) and named.probe is not None:
            embedder.expect(named.probe)
        return await self._with(named, embedder)

    async def _with(self, named: ServingIndex, embedder: Embedder) -> Generation:
        self._load_beside(embedder)
        index = await self._store.open(named.generation, Fingerprint.of(embedder))
        return Generation(named.generation, embedder, index)

    def _load_beside(self, embedder: Embedder) -> None:
        """Opening the index takes as long; what goes wrong is told by the next one who loads or embeds."""
        loading = asyncio.create_task(embedder.load())
        self._loading.add(loading)
        loading.add_done_callback(self._loading.discard)
        loading.add_done_callback(lambda done: done.cancelled() or done.exception())
