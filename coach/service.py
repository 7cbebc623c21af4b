"""What runs: answering, recording, and the background work that keeps the index whole."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from filelock import BaseFileLock, Timeout

from coach.advice.coach import Coach
from coach.advice.finding import Stretch, Wanted, find
from coach.advice.searching import Searching
from coach.capture.embedding import Embeddings
from coach.capture.indexing import Indexer
from coach.compaction import Compaction
from coach.domain.visibility import Actor
from coach.drafting.memory import Memory
from coach.drafting.outcomes import Outcomes
from coach.drafting.spending import Spending
from coach.errors import CounterpartError, NoVectors
from coach.generations import Generations
from coach.ports import AnswerReader, Clock
from coach.records.database import Database
from coach.retention import Retention
from coach.settings import Settings
from vectorstore.embedding import Embedder
from vectorstore.generation import Serving
from vectorstore.index import IndexStore, VectorIndex
from vectorstore.passage_index import PassageSplitter
from vectorstore.search import HybridSearch

if TYPE_CHECKING:
    from coach.drafting.retrieval import PairingRetriever

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 30.0
_LOOK_SECONDS = 2.0
_RARELY = 500
_PENDING = (
    "Vectors and remains of words leave the files when index and database are written anew; that begins "
    "within a minute, or a quarter of an hour where they are large. Until then, too, nothing of it is served."
)


@dataclass
class Service:
    """Everything a running coach needs, and the background work that keeps its index whole."""

    settings: Settings
    database: Database
    store: IndexStore
    generations: Generations
    building: BaseFileLock
    serving: Serving
    indexer: Indexer
    compaction: Compaction
    retention: Retention
    splitter: PassageSplitter
    search: HybridSearch
    reader: AnswerReader
    memory: Memory
    spending: Spending
    outcomes: Outcomes
    coach: Coach
    clock: Clock
    embeddings: Embeddings
    mended: asyncio.Event = field(default_factory=asyncio.Event)
    _to_forget: bool = True
    _whole: bool = False
    _settled: bool = False
    _hindered: str | None = None
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def embedder(self) -> Embedder:
        return self.serving.now.embedder

    @property
    def index(self) -> VectorIndex:
        return self.serving.now.index

    def retriever(self, actor: Actor, pairing_id: str, max_chars: int) -> "PairingRetriever":
        """What the actor may read of a pairing, as a LangChain retriever within a budget of characters."""
        from coach.drafting.retrieval import PairingRetriever

        async def found(query: str) -> list[Stretch]:
            wanted = Wanted(query, max_chars=max_chars)
            searching = await self.searching(actor)
            async with self.database.reading() as records:
                return await find(records, searching, actor, pairing_id, wanted, self.clock())

        return PairingRetriever(find=found)

    async def searching(self, actor: Actor) -> Searching:
        """For one search; by words alone for whom the embedding endpoint is switched off."""
        lets = await self.embeddings.lets_ask(actor, "search")
        return Searching(self.search, by_words_alone=not lets)

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

    async def stop(self) -> None:
        """End what still runs in the background; what it leaves is pending, and done at the next start."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def forget(self, passage_ids: Sequence[str]) -> int:
        """Take erased passages out of caches and index, and their words out of the database's log.

        Answers how much of what was kept in memory was dropped.
        """
        kept = self.search.forget(passage_ids) + self.memory.forget()
        if not await self._soon(self.indexer.drop(passage_ids), "erased passages stay in the index"):
            self._whole = False
        await self._empty_log()
        return kept

    @property
    def pending(self) -> tuple[str, ...]:
        """What is still to be done about something that was just erased."""
        return (_PENDING,)

    @property
    def beyond_reach(self) -> tuple[str, ...]:
        """Where bytes of what was erased may stay that the service can't overwrite."""
        told = []
        if not self.settings.sqlalchemy_url.startswith("sqlite"):
            told.append(
                "The database server keeps what was deleted until it vacuums, and in its write-ahead log and "
                "archives; that is its operator's to see to."
            )
        if self.settings.chroma_url is not None:
            told.append(
                "The Chroma server is asked to drop the collections that held the vectors; whether they "
                "leave its files, its log and its disk is its operator's to see to."
            )
        return tuple(told)

    async def _empty_log(self) -> None:
        self._to_forget = not await self.database.forget()

    async def keep_whole(self) -> None:
        """Load the model, mend the index, then look after whatever is left pending, until cancelled."""
        while True:
            try:
                await self.look_after()
                self.settle()
                self._hindered = None
            except Exception as error:
                self._hindered = error.detail if isinstance(error, NoVectors) else None
                _tell("the index could not be mended and is tried again", error)
            await self._follow_for(_SWEEP_SECONDS)

    def settle(self) -> None:
        """Spare the garbage collector what was loaded to stay, or it holds everything up when it looks.

        At all the rest it looks once in some thousand suggestions, not in fifty: with two hundred under
        way that takes a tenth of a second, and finds some thirty objects for each suggestion since.
        """
        if not self._settled:
            gc.collect()
            gc.freeze()
            often, less_often, _ = gc.get_threshold()
            gc.set_threshold(often, less_often, _RARELY)
            self._settled = True

    async def look_after(self) -> None:
        """What was left to do: a log to empty, an index to mend, notes that are pending."""
        if self._to_forget:
            await self._empty_log()
        await self.retain()
        await self._load()
        if self._whole:
            await self.indexer.index_notes(await self.indexer.pending())
            await self._sweep()
        else:
            await self.mend()
        await self.reader.load()

    async def retain(self) -> None:
        """Erase transcripts whose time has run out."""
        gone = await self.retention.enforce()
        if gone:
            await self.forget(gone)

    async def compact(self) -> bool:
        """Rid all files of what was erased, unless a generation of the index is being built."""
        async with self._moving:
            moved = await self.compaction.run(self._is_building)
        if moved:
            self._whole = False
            await self._empty_log()
            await self.mend()
        return moved

    def _is_building(self) -> bool:
        """Whether a reindexing builds a generation now."""
        try:
            with self.building.acquire(timeout=0):
                return False
        except Timeout:
            return True

    async def _load(self) -> None:
        """Without vectors, too, erased passages are to leave the index."""
        try:
            await self.embedder.load()
        except NoVectors as error:
            _tell("the index is looked after without vectors", error)

    async def mend(self) -> None:
        _log.info("the index serves, built with %s", self.embedder.name)
        await self.indexer.mend()
        self._whole = True
        self.mended.set()
        await self._sweep()

    async def _follow_for(self, seconds: float) -> None:
        """Look every now and then whether another generation of the index is to serve."""
        for _ in range(round(seconds / _LOOK_SECONDS)):
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.follow()
            except Exception as error:
                _tell("the new generation of the index can't be used yet and is tried again", error)
                await asyncio.sleep(seconds)
                return
            try:
                if await self.compaction.is_due():
                    await self.compact()
            except Exception as error:
                _tell("files still hold what was erased, which is tried again", error)

    async def follow(self) -> bool:
        """Serve the generation that the records name by now; whether it is another one."""
        newer = await self.generations.newer(self.serving.now)
        if newer is None:
            return False
        self._whole = False
        await self.serving.switch(newer)
        _log.info("a new generation of the index is taken up")
        await self.mend()
        return True

    async def _sweep(self) -> None:
        """Drop generations that were left over, unless one is being built."""
        async with self._moving:
            try:
                with self.building.acquire(timeout=0):
                    await self.generations.sweep(self.serving.now)
            except Timeout:
                _log.info("a generation of the index is being built")

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
        if self.store.has_lost(self.serving.now.id):
            found["index"] = "its folder is gone; restart the service to build it anew"
        if not self.mended.is_set():
            found["embedder"] = self._hindered or "the model is loading and the index is being mended"
            return found
        try:
            await self.embedder.embed(["ready?"])
        except NoVectors as error:
            found["embedder"] = error.detail
        except Exception as error:
            found["embedder"] = type(error).__name__
        return found


async def _unless_failed(work: Awaitable[object], otherwise: str) -> bool:
    try:
        await work
    except Exception as error:
        _tell(f"{otherwise} and are tried again", error)
        return False
    return True


def _tell(what: str, error: Exception) -> None:
    """With its traceback, unless it says itself what to do. To be called where it was caught."""
    if isinstance(error, CounterpartError):
        _log.warning("%s: %s", what, error.detail)
    else:
        _log.exception(what)
