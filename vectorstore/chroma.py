"""The index in Chroma, embedded in a directory or at a server's address.

A generation has two collections for each program: what its pairings share with it, and the rest. So a
search of the program looks at what is shared and at nothing else, and a filter by pairing at one
program's passages.
"""

import asyncio
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np

from coach.domain.notes import Home, Scope
from vectorstore.embedding import Vectors
from vectorstore.index import Entry, Fingerprint, IndexBuiltOtherwise, IndexUnusable

T = TypeVar("T")

_BATCH = 500
_PAGE = 10_000
_APPROXIMATE = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 1000}
_PREFIX, _SHARED, _OWN = "counterpart", "shared", "own"


class ChromaIndex:
    """One generation. Calls run on one thread, in the order they come."""

    def __init__(self, client: Any, generation: str, fingerprint: Fingerprint) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._client = client
        self._generation = generation
        self._fingerprint = fingerprint

    async def check(self) -> None:
        """IndexBuiltOtherwise when it does not fit the fingerprint."""

        def check() -> None:
            for collection in self._every():
                if dict(collection.metadata or {}) != asdict(self._fingerprint):
                    raise IndexBuiltOtherwise(str(collection.metadata), self._fingerprint)

        await self._run(check)

    async def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        rows = sorted(range(len(entries)), key=lambda row: _in_order(entries[row].home))
        for (program_id, shared), group in groupby(rows, lambda row: _in_order(entries[row].home)):
            chosen = list(group)
            collection = await self._run(self._made, program_id, shared)
            for at in range(0, len(chosen), _BATCH):
                batch = chosen[at : at + _BATCH]
                await self._run(
                    collection.upsert,
                    ids=[entries[row].id for row in batch],
                    embeddings=vectors[batch],
                    metadatas=[{"pairing": entries[row].home.pairing_id} for row in batch],
                )

    async def remove(self, ids: Sequence[str]) -> None:
        def remove(batch: list[str]) -> None:
            for collection in self._every():
                held = collection.get(ids=batch, include=[])["ids"]
                if held:
                    collection.delete(ids=held)

        for at in range(0, len(ids), _BATCH):
            await self._run(remove, list(ids[at : at + _BATCH]))

    async def vectors(self, scope: Scope) -> tuple[list[str], Vectors]:
        where = {"pairing": scope.pairing_id} if scope.pairing_id else None

        def read() -> list[Any]:
            chosen = self._there(scope.program_id, [True] if where is None else [True, False])
            return [collection.get(where=where, include=["embeddings"]) for collection in chosen]

        found = [told for told in await self._run(read) if told["ids"]]
        if not found:
            return [], np.zeros((0, self._fingerprint.dimension), dtype=np.float32)
        ids = [passage_id for told in found for passage_id in told["ids"]]
        return ids, np.concatenate([np.asarray(told["embeddings"], dtype=np.float32) for told in found])

    async def nearest(self, wanted: Vectors, program_id: str, most: int) -> list[tuple[str, float]]:
        def query() -> list[tuple[str, float]]:
            for collection in self._there(program_id, [True]):
                told = collection.query(query_embeddings=[wanted], n_results=most, include=["distances"])
                return list(zip(told["ids"][0], told["distances"][0], strict=True))
            return []

        return [(passage_id, 1 - float(distance)) for passage_id, distance in await self._run(query)]

    async def ids(self) -> set[str]:
        def read() -> set[str]:
            found: set[str] = set()
            for collection in self._every():
                for offset in range(0, collection.count(), _PAGE):
                    found.update(collection.get(limit=_PAGE, offset=offset, include=[])["ids"])
            return found

        return await self._run(read)

    async def count(self) -> int:
        return await self._run(lambda: sum(int(collection.count()) for collection in self._every()))

    async def close(self) -> None:
        await self._run(self._client.close)
        self._thread.shutdown()

    def _every(self) -> Iterable[Any]:
        prefix = f"{_PREFIX}-{self._generation}-"
        return [held for held in self._client.list_collections() if held.name.startswith(prefix)]

    def _there(self, program_id: str, which: Iterable[bool]) -> list[Any]:
        wanted = {self._name(program_id, shared) for shared in which}
        return [collection for collection in self._every() if collection.name in wanted]

    def _made(self, program_id: str, shared: bool) -> Any:
        return self._client.get_or_create_collection(
            self._name(program_id, shared),
            metadata=asdict(self._fingerprint),
            configuration={"hnsw": _APPROXIMATE},
            embedding_function=None,
        )

    def _name(self, program_id: str, shared: bool) -> str:
        return f"{_PREFIX}-{self._generation}-{program_id}-{_SHARED if shared else _OWN}"

    async def _run(self, call: Callable[..., T], *given: Any, **named: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(call, *given, **named))


class EmbeddedStore:
    """Each generation in a directory of its own below `folder`. One process at a time for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def open(self, generation: str, fingerprint: Fingerprint) -> ChromaIndex:
        def client() -> Any:
            import chromadb

            place = self._folder / generation
            place.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(str(place), settings=_quiet())

        try:
            return await _opened(await asyncio.to_thread(client), generation, fingerprint)
        except IndexUnusable:
            raise
        except Exception as error:
            raise IndexUnusable(
                f"{self._folder / generation} can't be read ({type(error).__name__})"
            ) from error

    def has_lost(self, generation: str) -> bool:
        return not (self._folder / generation).is_dir()

    async def generations(self) -> set[str]:
        return {place.name for place in self._folder.iterdir()} if self._folder.is_dir() else set()

    async def drop(self, generation: str) -> None:
        place = self._folder / generation
        await asyncio.to_thread(place.unlink if place.is_file() else partial(shutil.rmtree, place, True))


class RemoteStore:
    """Generations side by side on a Chroma server, told apart by the names of their collections."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._secure = address.scheme == "https"
        self._host = address.hostname or "localhost"
        self._port = address.port or (443 if self._secure else 8000)

    async def open(self, generation: str, fingerprint: Fingerprint) -> ChromaIndex:
        return await _opened(await asyncio.to_thread(self._client), generation, fingerprint)

    def has_lost(self, generation: str) -> bool:
        return False

    async def generations(self) -> set[str]:
        def named() -> set[str]:
            names = (collection.name.split("-") for collection in self._client().list_collections())
            return {parts[1] for parts in names if parts[0] == _PREFIX and len(parts) == 4}

        return await asyncio.to_thread(named)

    async def drop(self, generation: str) -> None:
        def drop() -> None:
            client = self._client()
            for collection in client.list_collections():
                if collection.name.startswith(f"{_PREFIX}-{generation}-"):
                    client.delete_collection(collection.name)

        await asyncio.to_thread(drop)

    def _client(self) -> Any:
        import chromadb

        return chromadb.HttpClient(self._host, self._port, self._secure, settings=_quiet())


async def _opened(client: Any, generation: str, fingerprint: Fingerprint) -> ChromaIndex:
    index = ChromaIndex(client, generation, fingerprint)
    try:
        await index.check()
        await index.count()
    except BaseException:
        await index.close()
        raise
    return index


def _quiet() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _in_order(home: Home) -> tuple[str, bool]:
    return home.program_id, home.shared
