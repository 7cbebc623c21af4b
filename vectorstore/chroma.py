"""The index in Chroma, embedded in a directory or at a server's address."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np

from vectorstore.embedding import Vectors
from vectorstore.index import Entry, Fingerprint, IndexBuiltOtherwise

T = TypeVar("T")

_COLLECTION = "passages"
_BATCH = 500
_PAGE = 10_000


class ChromaIndex:
    """Calls run on one thread, in the order they come."""

    def __init__(self, client: Any, fingerprint: Fingerprint) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._dimension = fingerprint.dimension
        self._client = client
        self._collection = _collection(client, fingerprint)

    async def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        for at in range(0, len(entries), _BATCH):
            batch = entries[at : at + _BATCH]
            await self._run(
                self._collection.upsert,
                ids=[entry.id for entry in batch],
                embeddings=vectors[at : at + len(batch)],
                metadatas=[{"pairing": e.pairing_id, "program": e.program_id} for e in batch],
            )

    async def remove(self, ids: Sequence[str]) -> None:
        for at in range(0, len(ids), _BATCH):
            await self._run(self._collection.delete, ids=list(ids[at : at + _BATCH]))

    async def vectors(self, scope: Mapping[str, str]) -> tuple[list[str], Vectors]:
        found = await self._run(self._collection.get, where=dict(scope), include=["embeddings"])
        if not found["ids"]:
            return [], np.zeros((0, self._dimension), dtype=np.float32)
        return found["ids"], np.asarray(found["embeddings"], dtype=np.float32)

    async def nearest(self, wanted: Vectors, scope: Mapping[str, str], most: int) -> list[tuple[str, float]]:
        found = await self._run(
            self._collection.query,
            query_embeddings=[wanted],
            where=dict(scope),
            n_results=most,
            include=["distances"],
        )
        return [
            (passage_id, 1 - float(distance))
            for passage_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    async def ids(self) -> set[str]:
        def read() -> set[str]:
            found: set[str] = set()
            for offset in range(0, self._collection.count(), _PAGE):
                found.update(self._collection.get(limit=_PAGE, offset=offset, include=[])["ids"])
            return found

        return await self._run(read)

    async def count(self) -> int:
        return int(await self._run(self._collection.count))

    async def close(self) -> None:
        await self._run(self._client.close)
        self._thread.shutdown()

    async def _run(self, call: Callable[..., T], **arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(call, **arguments))


def embedded_index(folder: Path, fingerprint: Fingerprint) -> ChromaIndex:
    """The index kept in `folder`, made when it is not there. One process at a time."""
    import chromadb

    folder.mkdir(parents=True, exist_ok=True)
    client: Any = chromadb.PersistentClient(str(folder), settings=_quiet())
    try:
        return ChromaIndex(client, fingerprint)
    except IndexBuiltOtherwise:
        client.close()
        raise


def remote_index(url: str, fingerprint: Fingerprint, rebuild: bool = False) -> ChromaIndex:
    """The index on a Chroma server; `rebuild` drops what is there first."""
    import chromadb

    address = urlsplit(url)
    secure = address.scheme == "https"
    client = chromadb.HttpClient(
        host=address.hostname or "localhost",
        port=address.port or (443 if secure else 8000),
        ssl=secure,
        settings=_quiet(),
    )
    if rebuild and _COLLECTION in [collection.name for collection in client.list_collections()]:
        client.delete_collection(_COLLECTION)
    return ChromaIndex(client, fingerprint)


def _quiet() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _collection(client: Any, fingerprint: Fingerprint) -> Any:
    collection = client.get_or_create_collection(
        _COLLECTION,
        metadata=asdict(fingerprint),
        configuration={"hnsw": {"space": "cosine"}},
        embedding_function=None,
    )
    if dict(collection.metadata or {}) != asdict(fingerprint):
        raise IndexBuiltOtherwise(str(collection.metadata), fingerprint)
    return collection
