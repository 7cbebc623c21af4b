"""Chroma's collections, embedded in a directory or at a server's address, by the same few calls.

The embedded way speaks to Chroma's engine through the bindings that come with it. The Python client
around them takes half a second to import (telemetry, a server's client, embedding functions), which is a
third of what the service needs to start, and is left for those who use a server.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np

from vectorstore.embedding import Vectors

Metadata = Mapping[str, str | int]

_HOME = ("default_tenant", "default_database")
# A small collection that Chroma drops from its cache can't be read again ("Nothing found on disk").
_EVERY_COLLECTION = 1_000_000


@dataclass(frozen=True, slots=True)
class Collection:
    """`handle` is the engine's own."""

    name: str
    metadata: Metadata
    handle: Any


class ChromaEngine(Protocol):
    def collections(self) -> list[Collection]: ...

    def made(self, name: str, metadata: Metadata, hnsw: Metadata) -> Collection:
        """The collection of that name, made with these settings where it was not there."""

    def drop(self, name: str) -> None: ...

    def upsert(
        self, held: Collection, ids: Sequence[str], vectors: Vectors, metadata: Sequence[Metadata]
    ) -> None: ...

    def delete(self, held: Collection, ids: Sequence[str]) -> None: ...

    def ids(self, held: Collection, *, among: Sequence[str] | None = None) -> list[str]:
        """All ids, or those of `among` that are there."""

    def vectors(self, held: Collection, where: Metadata | None) -> tuple[list[str], Vectors]: ...

    def those(self, held: Collection, ids: Sequence[str]) -> tuple[list[str], Vectors, list[Metadata]]:
        """Vectors and metadata of these ids, in an order of its own."""

    def nearest(self, held: Collection, wanted: Vectors, most: int) -> list[tuple[str, float]]:
        """Ids and distances, nearest first."""

    def count(self, held: Collection) -> int: ...

    def close(self) -> None: ...


class EmbeddedEngine:
    """The engine in this process, with its files in a directory. One process at a time."""

    def __init__(self, folder: Path) -> None:
        import chromadb_rust_bindings as chroma

        database = chroma.SqliteDBConfig(
            url=str(folder / "chroma.sqlite3"),
            hash_type=chroma.MigrationHash.MD5,
            migration_mode=chroma.MigrationMode.Apply,
        )
        self._bindings: Any = chroma.Bindings(
            allow_reset=False,
            sqlite_db_config=database,
            persist_path=str(folder),
            hnsw_cache_size=_EVERY_COLLECTION,
        )

    def collections(self) -> list[Collection]:
        return [_told(held) for held in self._bindings.list_collections(None, None, *_HOME)]

    def made(self, name: str, metadata: Metadata, hnsw: Metadata) -> Collection:
        settings = json.dumps({"hnsw": dict(hnsw)})
        return _told(self._bindings.create_collection(name, settings, None, dict(metadata), True, *_HOME))

    def drop(self, name: str) -> None:
        self._bindings.delete_collection(name, *_HOME)

    def upsert(
        self, held: Collection, ids: Sequence[str], vectors: Vectors, metadata: Sequence[Metadata]
    ) -> None:
        self._bindings.upsert(held.handle, list(ids), vectors, list(metadata), None, None, *_HOME)

    def delete(self, held: Collection, ids: Sequence[str]) -> None:
        self._bindings.delete(held.handle, list(ids), None, None, None, *_HOME)

    def ids(self, held: Collection, *, among: Sequence[str] | None = None) -> list[str]:
        chosen = list(among) if among is not None else None
        found: list[str] = self._bindings.get(held.handle, chosen, None, None, 0, None, [], *_HOME).ids
        return found

    def vectors(self, held: Collection, where: Metadata | None) -> tuple[list[str], Vectors]:
        chosen = json.dumps(where) if where else None
        found = self._bindings.get(held.handle, None, chosen, None, 0, None, ["embeddings"], *_HOME)
        return found.ids, np.asarray(found.embeddings, dtype=np.float32)

    def those(self, held: Collection, ids: Sequence[str]) -> tuple[list[str], Vectors, list[Metadata]]:
        told = ["embeddings", "metadatas"]
        found = self._bindings.get(held.handle, list(ids), None, None, 0, None, told, *_HOME)
        return found.ids, np.asarray(found.embeddings, dtype=np.float32), found.metadatas

    def nearest(self, held: Collection, wanted: Vectors, most: int) -> list[tuple[str, float]]:
        found = self._bindings.query(held.handle, None, [wanted], most, None, None, ["distances"], *_HOME)
        return list(zip(found.ids[0], found.distances[0], strict=True))

    def count(self, held: Collection) -> int:
        return int(self._bindings.count(held.handle, *_HOME))

    def close(self) -> None:
        del self._bindings


class ServerEngine:
    """A Chroma server, by its own client."""

    def __init__(self, url: str) -> None:
        import chromadb
        from chromadb.config import Settings

        address = urlsplit(url)
        secure = address.scheme == "https"
        self._client: Any = chromadb.HttpClient(
            host=address.hostname or "localhost",
            port=address.port or (443 if secure else 8000),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )

    def collections(self) -> list[Collection]:
        return [Collection(held.name, held.metadata or {}, held) for held in self._client.list_collections()]

    def made(self, name: str, metadata: Metadata, hnsw: Metadata) -> Collection:
        held = self._client.get_or_create_collection(
            name, metadata=dict(metadata), configuration={"hnsw": dict(hnsw)}, embedding_function=None
        )
        return Collection(held.name, held.metadata or {}, held)

    def drop(self, name: str) -> None:
        self._client.delete_collection(name)

    def upsert(
        self, held: Collection, ids: Sequence[str], vectors: Vectors, metadata: Sequence[Metadata]
    ) -> None:
        held.handle.upsert(ids=list(ids), embeddings=vectors, metadatas=list(metadata))

    def delete(self, held: Collection, ids: Sequence[str]) -> None:
        held.handle.delete(ids=list(ids))

    def ids(self, held: Collection, *, among: Sequence[str] | None = None) -> list[str]:
        found: list[str] = held.handle.get(ids=among, include=[])["ids"]
        return found

    def vectors(self, held: Collection, where: Metadata | None) -> tuple[list[str], Vectors]:
        found = held.handle.get(where=where, include=["embeddings"])
        return found["ids"], np.asarray(found["embeddings"], dtype=np.float32)

    def those(self, held: Collection, ids: Sequence[str]) -> tuple[list[str], Vectors, list[Metadata]]:
        found = held.handle.get(ids=list(ids), include=["embeddings", "metadatas"])
        return found["ids"], np.asarray(found["embeddings"], dtype=np.float32), found["metadatas"]

    def nearest(self, held: Collection, wanted: Vectors, most: int) -> list[tuple[str, float]]:
        found = held.handle.query(query_embeddings=[wanted], n_results=most, include=["distances"])
        return list(zip(found["ids"][0], found["distances"][0], strict=True))

    def count(self, held: Collection) -> int:
        return int(held.handle.count())

    def close(self) -> None:
        self._client.close()


def _told(held: Any) -> Collection:
    return Collection(held.name, held.metadata or {}, str(held.id))
