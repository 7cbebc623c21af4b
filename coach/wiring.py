"""The only place that builds concrete objects."""

import asyncio
import ctypes
import logging
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from coach.advice.briefs import Drafter
from coach.advice.coach import Coach
from coach.advice.finding import Stretch, Wanted, find
from coach.capture.indexing import Advance, Indexer, Mended
from coach.domain.visibility import Actor
from coach.drafting.offline import OfflineDrafter
from coach.drafting.verify import verify
from coach.errors import CounterpartError, DataInUse, IndexMismatch, SettingUnusable
from coach.ports import Clock
from coach.records.database import Database, open_database
from coach.records.migrate import migrate
from coach.settings import Settings
from vectorstore.chroma import ChromaIndex, embedded_index, remote_index
from vectorstore.embedding import Embedder
from vectorstore.index import Fingerprint, IndexBuiltOtherwise
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.passage_index import EmbeddedPassages, PassageSplitter
from vectorstore.search import HybridSearch

if TYPE_CHECKING:
    from coach.drafting.retrieval import PairingRetriever

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 30.0
_M_PERTURB = -6


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Service:
    """Everything a running coach needs, and the background work that keeps its index whole."""

    settings: Settings
    database: Database
    embedder: Embedder
    index: ChromaIndex
    indexer: Indexer
    splitter: PassageSplitter
    search: HybridSearch
    coach: Coach
    clock: Clock = utc_now
    mended: asyncio.Event = field(default_factory=asyncio.Event)
    _to_forget: bool = True
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)

    def retriever(self, actor: Actor, pairing_id: str, max_chars: int) -> "PairingRetriever":
        """What the actor may read of a pairing, as a LangChain retriever within a budget of characters."""
        from coach.drafting.retrieval import PairingRetriever

        async def found(query: str) -> list[Stretch]:
            wanted = Wanted(query, max_chars=max_chars)
            async with self.database.reading() as records:
                return await find(records, self.search, actor, pairing_id, wanted, self.clock())

        return PairingRetriever(find=found)

    async def index_soon(self, note_ids: Sequence[str]) -> bool:
        """Index notes that were just recorded; True when that was done within the setting's wait."""
        return await self._soon(self.indexer.index_notes(note_ids), f"{len(note_ids)} notes stay pending")

    async def _soon(self, work: Coroutine[Any, Any, object], otherwise: str) -> bool:
        """Whether the work was done within the setting's wait; it goes on after that."""
        task = asyncio.create_task(_unless_failed(work, otherwise))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        done, _ = await asyncio.wait([task], timeout=self.settings.index_wait)
        return bool(done) and task.result()

    async def forget(self, passage_ids: Sequence[str]) -> int:
        """Take erased passages out of caches and index, and their words out of the database's log.

        Answers how many kept scopes held one of them.
        """
        kept = self.search.forget(passage_ids)
        await self._soon(self.indexer.drop(passage_ids), "erased passages stay in the index")
        await self._empty_log()
        return kept

    async def _empty_log(self) -> None:
        self._to_forget = not await self.database.forget()

    async def keep_whole(self) -> None:
        """Load the model, mend the index, then look after whatever is left pending, until cancelled."""
        while True:
            try:
                if self._to_forget:
                    await self._empty_log()
                await self.embedder.load()
                await (
                    self.indexer.index_notes(await self.indexer.pending())
                    if self.mended.is_set()
                    else self._mend()
                )
            except Exception:
                _log.exception("the index could not be mended and is tried again")
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _mend(self) -> None:
        await self.indexer.mend()
        self.mended.set()

    async def faults(self) -> dict[str, str]:
        """What keeps the service from answering, by part; empty when it is ready."""
        found = {}
        try:
            await self.database.ping()
        except Exception as error:
            found["database"] = type(error).__name__
        try:
            await self.index.count()
        except Exception as error:
            found["index"] = type(error).__name__
        if self.settings.chroma_url is None and not index_folder(self.settings).is_dir():
            found["index"] = "its folder is gone; restart the service to build it anew"
        if not self.mended.is_set():
            found["embedder"] = "the model is loading and the index is being mended"
            return found
        try:
            await self.embedder.embed(["ready?"])
        except Exception as error:
            found["embedder"] = type(error).__name__
        return found


async def _unless_failed(work: Awaitable[object], otherwise: str) -> bool:
    try:
        await work
    except Exception:
        _log.exception("%s and are tried again", otherwise)
        return False
    return True


def scrub_memory() -> None:
    """Have glibc overwrite memory when it is freed and handed out again; elsewhere nothing.

    Chroma's HNSW library saves buffers that it never filled (`length.bin`), so that what lay in them
    before, words of notes among it, would reach the disk.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_PERTURB, 0xA5)


def silence_telemetry() -> None:
    """No library may report to anyone, whatever its default."""
    os.environ.update(
        ANONYMIZED_TELEMETRY="False",
        DO_NOT_TRACK="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        LANGCHAIN_TRACING_V2="false",
        LANGSMITH_TRACING="false",
        OTEL_SDK_DISABLED="true",
    )


@contextmanager
def data_lock(settings: Settings) -> Iterator[None]:
    """One process at a time for the data directory's files; the system frees it when the process ends."""
    if not settings.keeps_files:
        yield
        return
    with _opening("COUNTERPART_DATA_DIR"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data_dir / "counterpart.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DataInUse(
            f"another counterpart process uses {settings.data_dir.resolve()}; "
            "stop it first, or name another COUNTERPART_DATA_DIR"
        ) from None
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def open_service(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    drafter: Drafter | None = None,
    clock: Clock = utc_now,
) -> AsyncIterator[Service]:
    """A service on migrated records and a matching index, or DataInUse or IndexMismatch."""
    silence_telemetry()
    scrub_memory()
    with data_lock(settings):
        database = await open_records(settings)
        try:
            chosen = embedder or build_embedder(settings)
            index = _index(settings, _fingerprint(chosen))
            try:
                yield _service(settings, database, chosen, index, drafter or build_drafter(settings), clock)
            finally:
                await index.close()
        finally:
            await database.close()


async def open_records(settings: Settings) -> Database:
    """The database with its tables brought up to date."""
    with _opening("COUNTERPART_DATABASE_URL" if settings.database_url else "COUNTERPART_DATA_DIR"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        database = open_database(settings.sqlalchemy_url)
        await migrate(database)
    return database


@contextmanager
def _opening(setting: str) -> Iterator[None]:
    """What goes wrong inside is told as the setting's fault."""
    try:
        yield
    except (CounterpartError, IndexBuiltOtherwise):
        raise
    except Exception as error:
        told = str(error).strip().splitlines() or [type(error).__name__]
        raise SettingUnusable(f"what {setting} names can't be used: {told[0]}") from error


def _fingerprint(embedder: Embedder) -> Fingerprint:
    with _opening("COUNTERPART_EMBEDDING_MODEL"):
        return Fingerprint.of(embedder)


def _service(
    settings: Settings,
    database: Database,
    embedder: Embedder,
    index: ChromaIndex,
    drafter: Drafter,
    clock: Clock,
) -> Service:
    splitter = PassageSplitter()
    search = HybridSearch(embedder, index)
    return Service(
        settings=settings,
        database=database,
        embedder=embedder,
        index=index,
        indexer=Indexer(database, EmbeddedPassages(embedder, index), splitter),
        splitter=splitter,
        search=search,
        coach=Coach(database, search, drafter, verify, clock),
        clock=clock,
    )


def build_drafter(settings: Settings) -> Drafter:
    """The offline coach, with a language model before it when one is configured."""
    offline = OfflineDrafter()
    if not settings.uses_llm:
        return offline
    from coach.drafting.fallback import FallbackDrafter
    from coach.drafting.llm import LlmDrafter, chat_model

    model = chat_model(settings.llm_model, settings.llm_base_url, settings.llm_api_key, settings.llm_timeout)
    return FallbackDrafter(LlmDrafter(model, settings.llm_model, settings.llm_timeout), offline)


def build_embedder(settings: Settings) -> Embedder:
    """The packaged model on onnxruntime; any other on sentence-transformers."""
    if settings.embedding_model is None:
        return OnnxEmbedder(settings.embedding_int8)
    from vectorstore.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings.embedding_model)


def index_folder(settings: Settings) -> Path:
    return settings.data_dir / "index"


def _index(settings: Settings, fingerprint: Fingerprint, rebuild: bool = False) -> ChromaIndex:
    try:
        if settings.chroma_url is not None:
            with _opening("COUNTERPART_CHROMA_URL"):
                return remote_index(settings.chroma_url, fingerprint, rebuild)
        return embedded_index(index_folder(settings), fingerprint)
    except IndexBuiltOtherwise as error:
        raise IndexMismatch(str(error)) from error
    except CounterpartError:
        raise
    except Exception as error:
        raise SettingUnusable(
            f"the index in {index_folder(settings)} can't be read ({type(error).__name__}); "
            "run `counterpart reindex --rebuild` to build it anew from the records"
        ) from error


async def reindex(
    settings: Settings, rebuild: bool, advance: Advance, embedder: Embedder | None = None
) -> Mended:
    """Mend the index, or build it anew from the records: when asked to, or when it was built otherwise."""
    silence_telemetry()
    scrub_memory()
    with data_lock(settings):
        database = await open_records(settings)
        try:
            chosen = embedder or build_embedder(settings)
            index, anew = await _index_to_mend(settings, chosen, rebuild)
            try:
                indexer = Indexer(database, EmbeddedPassages(chosen, index), PassageSplitter())
                return await (indexer.rebuild(advance) if anew else indexer.mend(advance))
            finally:
                await index.close()
        finally:
            await database.close()


async def _index_to_mend(settings: Settings, embedder: Embedder, rebuild: bool) -> tuple[ChromaIndex, bool]:
    fingerprint = _fingerprint(embedder)
    if not rebuild:
        try:
            return _index(settings, fingerprint), False
        except IndexMismatch as mismatch:
            _log.warning("rebuilding: %s", mismatch.detail)
    if settings.chroma_url is None:
        shutil.rmtree(index_folder(settings), ignore_errors=True)
    return _index(settings, fingerprint, rebuild=True), True
