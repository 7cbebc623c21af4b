"""The only place that builds concrete objects."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from coach.advice.briefs import Drafter
from coach.advice.coach import Coach
from coach.capture.embedding import Embeddings
from coach.capture.indexing import Advance, Indexer, Mended
from coach.compaction import Compaction, Pace
from coach.domain.disclosures import host_of
from coach.domain.index import ENDPOINT
from coach.drafting.memory import KeptAnswers, Memory
from coach.drafting.outcomes import Outcomes
from coach.drafting.verify import verify
from coach.errors import Conflict, CounterpartError, DataInUse, IndexMismatch, SettingUnusable
from coach.generations import EmbedderOf, Generations
from coach.ports import AnswerReader, Clock, Entailment, StatementReader
from coach.records.database import Database, open_database
from coach.records.migrate import migrate
from coach.retention import Retention
from coach.service import Service
from coach.settings import Settings
from coach.wiring.drafting import build_drafter, build_spending
from coach.wiring.surroundings import scrub_memory, silence_telemetry
from vectorstore.chroma import EmbeddedStore, RemoteStore
from vectorstore.embedding import Embedder, Probed
from vectorstore.generation import Generation, Serving
from vectorstore.index import Fingerprint, IndexStore
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.packaged_model import MINILM, MINILM_INT8
from vectorstore.passage_index import EmbeddedPassages, PassageSplitter
from vectorstore.reader import OnnxReader
from vectorstore.search import HybridSearch
from vectorstore.statement_reader import OnnxStatementReader

_log = logging.getLogger(__name__)
_BUILDING = "reindex.lock"
_GRACE = 10.0
_HUB = "sentence-transformers/"


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def data_lock(settings: Settings) -> Iterator[None]:
    """One process at a time for the data directory's files; the system frees it when the process ends."""
    if not settings.keeps_files:
        yield
        return
    with _held(
        _lock(settings, "counterpart.lock"),
        f"another counterpart process uses {settings.data_dir.resolve()}; "
        "stop it first, or name another COUNTERPART_DATA_DIR",
    ):
        yield


def _lock(settings: Settings, name: str) -> BaseFileLock:
    with _opening("COUNTERPART_DATA_DIR"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return FileLock(settings.data_dir / name)


@contextmanager
def _held(lock: BaseFileLock, otherwise: str) -> Iterator[None]:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DataInUse(otherwise) from None
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def open_service(
    settings: Settings,
    *,
    embedder_of: EmbedderOf | None = None,
    reader: AnswerReader | None = None,
    drafter: Drafter | None = None,
    clock: Clock = utc_now,
    pace: Pace | None = None,
) -> AsyncIterator[Service]:
    """A service on migrated records and a matching index, or DataInUse or IndexMismatch."""
    silence_telemetry()
    scrub_memory()
    async with AsyncExitStack() as closing:
        closing.enter_context(data_lock(settings))
        database = await open_records(settings, clock)
        closing.push_async_callback(database.close)
        store = _store(settings)
        generations = _generations(database, store, embedder_of or embedder_by(settings))
        serving = Serving(await _serving(settings, generations))
        closing.push_async_callback(serving.close)
        search, reading = HybridSearch(serving), reader or build_reader()
        memory = Memory(KeptAnswers(settings.llm_kept))
        spending = build_spending(settings, database, clock)
        closing.push_async_callback(spending.stop)
        outcomes = Outcomes()
        embeddings = _embeddings(settings, database, lambda: serving.now.embedder.name, clock)
        indexer = Indexer(database, EmbeddedPassages(serving), PassageSplitter(), embeddings)
        drafting = drafter or build_drafter(
            settings,
            memory,
            spending,
            outcomes,
            database,
            clock,
            build_statement_reader(),
            await _entailment(settings),
        )
        service = Service(
            settings=settings,
            database=database,
            store=store,
            generations=generations,
            building=_lock(settings, _BUILDING),
            serving=serving,
            indexer=indexer,
            compaction=Compaction(
                database,
                generations,
                store,
                serving,
                indexer.recorded,
                pace=pace,
                grace=_GRACE if settings.chroma_url else 0.0,
            ),
            retention=Retention(database, clock, settings.retention_days),
            splitter=PassageSplitter(),
            search=search,
            reader=reading,
            memory=memory,
            spending=spending,
            outcomes=outcomes,
            coach=Coach(
                database,
                search,
                reading,
                drafting,
                verify,
                clock,
                embeddings,
                timedelta(days=settings.reporting_days),
            ),
            clock=clock,
            embeddings=embeddings,
        )
        closing.push_async_callback(service.stop)
        yield service


async def _serving(settings: Settings, generations: Generations) -> Generation:
    asked = model_asked(settings)
    try:
        with _opening(_index_setting(settings)):
            return await generations.serving(asked, MINILM)
    except IndexMismatch as mismatch:
        raise IndexMismatch(
            f"{mismatch.detail}; run `COUNTERPART_DATA_DIR={settings.data_dir} counterpart reindex --model "
            f"{asked}`, or unset COUNTERPART_EMBEDDING_MODEL, COUNTERPART_EMBEDDING_INT8 and "
            "COUNTERPART_EMBEDDING_BASE_URL"
        ) from mismatch


async def open_records(settings: Settings, clock: Clock = utc_now) -> Database:
    """The database with its tables brought up to date."""
    with _opening("COUNTERPART_DATABASE_URL" if settings.database_url else "COUNTERPART_DATA_DIR"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        database = open_database(settings.sqlalchemy_url, clock)
        try:
            await migrate(database)
        except BaseException:
            await database.close()
            raise
    return database


@contextmanager
def _opening(setting: str) -> Iterator[None]:
    """What goes wrong inside is told as the setting's fault."""
    try:
        yield
    except CounterpartError:
        raise
    except Exception as error:
        told = str(error).strip().splitlines() or [type(error).__name__]
        raise SettingUnusable(f"what {setting} names can't be used: {told[0]}") from error


def _embeddings(settings: Settings, database: Database, model: Callable[[], str], clock: Clock) -> Embeddings:
    url = settings.embedding_base_url
    return Embeddings(database, host_of(url) if url else None, model, clock)


def embedder_by(settings: Settings) -> EmbedderOf:
    """Builds the models that the records name; one at an endpoint, at the one that the settings name."""

    def built(model: str) -> Embedder:
        return _at_endpoint(model, settings) if model.startswith(ENDPOINT) else build_embedder(model)

    return built


def _at_endpoint(model: str, settings: Settings) -> Embedder:
    if settings.embedding_base_url is None:
        raise SettingUnusable(
            f"{model} is asked for at an address, and COUNTERPART_EMBEDDING_BASE_URL names none; set it, "
            "or run `counterpart reindex --model` with a model on this machine"
        )
    from coach.drafting.embeddings import endpoint_embedder

    named = model.removeprefix(ENDPOINT)
    return endpoint_embedder(model, named, settings.embedding_base_url, settings.embedding_api_key)


def build_embedder(model: str) -> Embedder:
    """The packaged model on onnxruntime; any other, by path or hub name, on sentence-transformers."""
    if model in (MINILM, MINILM_INT8):
        return OnnxEmbedder(int8=model == MINILM_INT8)
    from vectorstore.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(model)


@cache
def build_reader() -> AnswerReader:
    """One for the whole process: it holds nothing of what it reads."""
    return OnnxReader()


@cache
def build_statement_reader() -> StatementReader:
    """One for the whole process; only what a language model says is read by it."""
    return OnnxStatementReader()


async def _entailment(settings: Settings) -> Entailment | None:
    """The model that the settings name, loaded, so that one which can't be used is told at the start."""
    if settings.entailment_model is None or not settings.uses_llm:
        return None
    from vectorstore.entailment import CrossEncoderEntailment

    entailment = CrossEncoderEntailment(settings.entailment_model)
    with _opening("COUNTERPART_ENTAILMENT_MODEL"):
        await entailment.load()
    return entailment


def model_asked(settings: Settings) -> str | None:
    """The model that the settings name; None when they leave it to the index, as an endpoint may not."""
    if settings.embedding_model is not None:
        return model_named(settings.embedding_model, settings)
    if settings.embedding_base_url is not None:
        raise SettingUnusable(
            "COUNTERPART_EMBEDDING_BASE_URL needs COUNTERPART_EMBEDDING_MODEL beside it: "
            "the name of an embedding model at that address"
        )
    if settings.embedding_int8 is None:
        return None
    return MINILM_INT8 if settings.embedding_int8 else MINILM


def model_named(told: str, settings: Settings) -> str:
    """A folder by its whole path, so that another process finds it too; a hub name as it is.

    Where the settings name an endpoint, it is a model there.
    """
    if settings.embedding_base_url is not None or told.startswith(ENDPOINT):
        return ENDPOINT + told.removeprefix(ENDPOINT)
    place = Path(told)
    return str(place.resolve()) if place.is_dir() else told.removeprefix(_HUB)


def _store(settings: Settings) -> IndexStore:
    return RemoteStore(settings.chroma_url) if settings.chroma_url else EmbeddedStore(index_folder(settings))


def _index_setting(settings: Settings) -> str:
    return "COUNTERPART_CHROMA_URL" if settings.chroma_url else "COUNTERPART_DATA_DIR"


def _generations(
    database: Database,
    store: IndexStore,
    embedder_of: EmbedderOf,
    named_by: str = "COUNTERPART_EMBEDDING_MODEL",
) -> Generations:
    def checked(model: str) -> Embedder:
        with _opening(named_by):
            embedder = embedder_of(model)
            if not isinstance(embedder, Probed):
                Fingerprint.of(embedder)
        return embedder

    return Generations(database, store, checked)


def index_folder(settings: Settings) -> Path:
    return settings.data_dir / "index"


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What a reindexing did; `built` when a new generation was, `taken_up` when it serves already."""

    model: str
    mended: Mended
    built: bool
    taken_up: bool


async def reindex(
    settings: Settings,
    advance: Advance,
    *,
    model: str | None = None,
    rebuild: bool = False,
    embedder_of: EmbedderOf | None = None,
) -> Reindexed:
    """Build another generation of the index beside the one that serves, and let it serve; or mend that.

    A running service goes on answering and takes the new one up by itself. Without `rebuild`, and when
    the index was built with the model that is asked for, it is mended, and the service must be stopped.
    """
    silence_telemetry()
    scrub_memory()
    _require_records(settings)
    with _held(_lock(settings, _BUILDING), "another `counterpart reindex` is running; wait for its end"):
        database = await open_records(settings)
        try:
            named_by = "--model" if model else "COUNTERPART_EMBEDDING_MODEL"
            built_by = embedder_of or embedder_by(settings)
            generations = _generations(database, _store(settings), built_by, named_by)
            with _opening(_index_setting(settings)):
                return await _reindexed(settings, database, generations, model, rebuild, advance)
        finally:
            await database.close()


def _require_records(settings: Settings) -> None:
    if settings.database_url is None and not (settings.data_dir / "counterpart.db").is_file():
        raise SettingUnusable(
            f"there is no counterpart.db in {settings.data_dir.resolve()}; set COUNTERPART_DATA_DIR to the "
            "service's folder, for the demonstration the folder demo in it"
        )


async def _reindexed(
    settings: Settings,
    database: Database,
    generations: Generations,
    asked: str | None,
    rebuild: bool,
    advance: Advance,
) -> Reindexed:
    def indexer(generation: Generation) -> Indexer:
        embeddings = _embeddings(settings, database, lambda: generation.embedder.name, utc_now)
        return Indexer(database, EmbeddedPassages(Serving(generation)), PassageSplitter(), embeddings)

    named = await generations.named()
    present = named.model if named else None
    configured = model_asked(settings)
    wanted = model_named(asked, settings) if asked else None if rebuild else configured
    model = wanted or present or MINILM
    building = rebuild or present not in (None, model)
    filled = await generations.build(model, lambda new: indexer(new).fill(advance)) if building else 0
    try:
        with data_lock(settings):
            serving = await generations.serving(None, model)
            try:
                mended = await indexer(serving).mend(advance)
            finally:
                await serving.index.close()
            if settings.keeps_files:
                await generations.sweep(serving)
    except DataInUse as in_use:
        if not building:
            raise Conflict(
                f"the index is built with {model} already, and a running service mends it by itself; "
                f"--rebuild builds it anew meanwhile. To mend it from here: {in_use.detail}"
            ) from in_use
        return Reindexed(model, Mended(filled, 0), building, taken_up=False)
    return Reindexed(model, Mended(filled + mended.indexed, mended.dropped), building, taken_up=True)
