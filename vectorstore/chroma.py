"""The index in Chroma, embedded in a directory or at a server's address.

A generation has two collections for each program: what its pairings share with it, and the rest. So a
search of the program looks at what is shared and at nothing else, and a filter by pairing at one
program's passages.
"""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import numpy as np

from coach.domain.notes import Home, Scope
from vectorstore.chroma_engine import ChromaEngine, EmbeddedEngine, Metadata, ServerEngine
from vectorstore.chroma_engine import Collection as Collected
from vectorstore.embedding import Vectors
from vectorstore.index import Entry, Fingerprint, IndexBuiltOtherwise, IndexUnusable
from vectorstore.wiping import wipe

T = TypeVar("T")

_BATCH = 500
_MANY_FILES = 65_536
_APPROXIMATE: Metadata = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 1000}
# A pairing's own is read whole: the graph that Chroma builds all the same is never searched.
_WHOLE: Metadata = {"space": "cosine", "ef_construction": 10, "max_neighbors": 4}
_PREFIX, _SHARED, _OWN = "counterpart", "shared", "own"


class ChromaIndex:
    """One generation. Calls run on one thread, in the order they come."""

    def __init__(self, engine: ChromaEngine, generation: str, fingerprint: Fingerprint) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._engine = engine
        self._prefix = f"{_PREFIX}-{generation}-"
        self._fingerprint = fingerprint
        self._known: dict[str, Collected] = {}

    async def check(self) -> None:
        """IndexBuiltOtherwise when it does not fit the fingerprint; a damaged one fails at counting."""

        def check() -> None:
            for held in self._every():
                if dict(held.metadata) != asdict(self._fingerprint):
                    raise IndexBuiltOtherwise(str(held.metadata), self._fingerprint)
                self._engine.count(held)

        await self._run(check)

    async def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        def add() -> None:
            rows = sorted(range(len(entries)), key=lambda row: _in_order(entries[row].home))
            for (program_id, shared), group in groupby(rows, lambda row: _in_order(entries[row].home)):
                own, common = self._made(program_id)
                self._add(common if shared else own, list(group), entries, vectors)

        await self._run(add)

    async def remove(self, ids: Sequence[str]) -> None:
        def remove(batch: Sequence[str]) -> None:
            for held in self._every():
                there = self._engine.ids(held, among=batch)
                if there:
                    self._engine.delete(held, there)

        for at in range(0, len(ids), _BATCH):
            await self._run(partial(remove, ids[at : at + _BATCH]))

    async def vectors(self, scope: Scope) -> tuple[list[str], Vectors]:
        def read() -> list[tuple[list[str], Vectors]]:
            if scope.pairing_id is None:
                return [self._engine.vectors(held, None) for held in self._there(scope.program_id, _SHARED)]
            where = {"pairing": scope.pairing_id}
            chosen = self._there(scope.program_id, _SHARED, _OWN)
            return [self._engine.vectors(held, where) for held in chosen]

        found = [(ids, vectors) for ids, vectors in await self._run(read) if ids]
        if not found:
            return [], np.zeros((0, self._fingerprint.dimension), dtype=np.float32)
        return [i for ids, _ in found for i in ids], np.concatenate([vectors for _, vectors in found])

    async def entries(self, ids: Collection[str]) -> AsyncIterator[tuple[list[Entry], Vectors]]:
        def of(held: Collected, batch: Sequence[str]) -> tuple[list[Entry], Vectors]:
            program_id, kind = held.name.removeprefix(self._prefix).rsplit("-", 1)
            found, vectors, metadata = self._engine.those(held, batch)
            homes = [Home(program_id, str(about["pairing"]), kind == _SHARED) for about in metadata]
            return [Entry(i, home) for i, home in zip(found, homes, strict=True)], vectors

        for collection in await self._run(self._every):
            there = [i for i in await self._run(partial(self._engine.ids, collection)) if i in ids]
            for at in range(0, len(there), _BATCH):
                yield await self._run(partial(of, collection, there[at : at + _BATCH]))

    async def nearest(self, wanted: Vectors, program_id: str, most: int) -> list[tuple[str, float]]:
        def query() -> list[tuple[str, float]]:
            chosen = self._there(program_id, _SHARED)
            return self._engine.nearest(chosen[0], wanted, most) if chosen else []

        return [(passage_id, 1 - distance) for passage_id, distance in await self._run(query)]

    async def ids(self) -> set[str]:
        return await self._run(lambda: {i for held in self._every() for i in self._engine.ids(held)})

    async def count(self) -> int:
        return await self._run(lambda: sum(self._engine.count(held) for held in self._every()))

    async def close(self) -> None:
        await self._run(self._engine.close)
        self._thread.shutdown()

    def _every(self) -> list[Collected]:
        return [held for held in self._engine.collections() if held.name.startswith(self._prefix)]

    def _there(self, program_id: str, *which: str) -> list[Collected]:
        wanted = [self._name(program_id, kind) for kind in which]
        if not all(name in self._known for name in wanted):
            self._known = {held.name: held for held in self._every()}
        return [self._known[name] for name in wanted if name in self._known]

    def _made(self, program_id: str) -> list[Collected]:
        """A program's two collections, both made at once so that neither has to be looked for later."""
        there = self._there(program_id, _OWN, _SHARED)
        if len(there) == 2:
            return there
        kinds = ((_OWN, _WHOLE), (_SHARED, _APPROXIMATE))
        about = asdict(self._fingerprint)
        return [self._engine.made(self._name(program_id, kind), about, hnsw) for kind, hnsw in kinds]

    def _add(self, held: Collected, rows: Sequence[int], entries: Sequence[Entry], vectors: Vectors) -> None:
        for at in range(0, len(rows), _BATCH):
            batch = rows[at : at + _BATCH]
            self._engine.upsert(
                held,
                [entries[row].id for row in batch],
                vectors[batch],
                [{"pairing": entries[row].home.pairing_id} for row in batch],
            )

    def _name(self, program_id: str, kind: str) -> str:
        return f"{self._prefix}{program_id}-{kind}"

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


class EmbeddedStore:
    """Each generation in a directory of its own below `folder`. One process at a time for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def open(self, generation: str, fingerprint: Fingerprint) -> ChromaIndex:
        place = self._folder / generation
        place.mkdir(parents=True, exist_ok=True)
        _allow_many_files()
        try:
            engine = await asyncio.to_thread(EmbeddedEngine, place)
            return await _opened(engine, generation, fingerprint)
        except IndexUnusable:
            raise
        except Exception as error:
            raise IndexUnusable(f"{place} can't be read ({type(error).__name__})") from error

    def has_lost(self, generation: str) -> bool:
        return not (self._folder / generation).is_dir()

    async def generations(self) -> set[str]:
        return {place.name for place in self._folder.iterdir()} if self._folder.is_dir() else set()

    async def drop(self, generation: str) -> None:
        place = self._folder / generation
        await asyncio.to_thread(wipe, place)


class RemoteStore:
    """Generations side by side on a Chroma server, told apart by the names of their collections."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def open(self, generation: str, fingerprint: Fingerprint) -> ChromaIndex:
        engine = await asyncio.to_thread(ServerEngine, self._url)
        return await _opened(engine, generation, fingerprint)

    def has_lost(self, generation: str) -> bool:
        return False

    async def generations(self) -> set[str]:
        def named() -> set[str]:
            with closing(ServerEngine(self._url)) as engine:
                names = [held.name.split("-") for held in engine.collections()]
            return {parts[1] for parts in names if parts[0] == _PREFIX and len(parts) == 4}

        return await asyncio.to_thread(named)

    async def drop(self, generation: str) -> None:
        def drop() -> None:
            with closing(ServerEngine(self._url)) as engine:
                for held in engine.collections():
                    if held.name.startswith(f"{_PREFIX}-{generation}-"):
                        engine.drop(held.name)

        await asyncio.to_thread(drop)


async def _opened(engine: ChromaEngine, generation: str, fingerprint: Fingerprint) -> ChromaIndex:
    index = ChromaIndex(engine, generation, fingerprint)
    try:
        await index.check()
    except BaseException:
        await index.close()
        raise
    return index


def _allow_many_files() -> None:
    """As many as the system lets us: Chroma keeps four open for each collection, and aborts without them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _MANY_FILES if most == resource.RLIM_INFINITY else min(most, _MANY_FILES)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


def _in_order(home: Home) -> tuple[str, bool]:
    return home.program_id, home.shared
