"""Keeping the derived index in step with the records."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from coach.capture.embedding import Embeddings
from coach.capture.notes import passages_of
from coach.domain.notes import Home, Note, Passage, PlacedPassage, excerpt
from coach.domain.visibility import counts_in_learnings
from coach.ports import PassageIndex, Records, Splitter, Transactions

_log = logging.getLogger(__name__)
_NOTES_AT_ONCE = 256

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Mended:
    """What a mending did: notes indexed, and orphaned passages dropped from the index."""

    indexed: int
    dropped: int


class Indexer:
    """Puts what is recorded into the index and marks it; safe to repeat and to interrupt anywhere."""

    def __init__(
        self, transactions: Transactions, index: PassageIndex, splitter: Splitter, embeddings: Embeddings
    ) -> None:
        self._transactions = transactions
        self._embeddings = embeddings
        self._index = index
        self._splitter = splitter

    async def index_notes(self, note_ids: Sequence[str], advance: Advance = lambda _: None) -> int:
        """Index these notes, a few at a time; answers how many there were. `advance` hears of each batch."""
        done = 0
        for at in range(0, len(note_ids), _NOTES_AT_ONCE):
            batch = note_ids[at : at + _NOTES_AT_ONCE]
            notes, placed = await self._put(batch)
            async with self._transactions.writing() as records:
                await records.notes.mark_indexed(notes.values())
                still_there = set(await records.notes.passage_ids(batch))
                gone = [i for i in placed if i not in still_there]
                if gone:
                    await records.traces.leave()
            await self._index.drop(gone)
            done += len(notes)
            advance(len(batch))
        return done

    async def drop(self, passage_ids: Sequence[str]) -> None:
        await self._index.drop(passage_ids)

    async def mend(self, advance: Advance = lambda _: None) -> Mended:
        """Split anew what was split in another way, index what is pending or missing, drop orphans."""
        await self._resplit()
        held = await self._index.held_ids()
        async with self._transactions.reading() as records:
            recorded = await records.notes.all_passage_ids()
            pending = await records.notes.pending_note_ids()
            pending_passages = await records.notes.passage_ids(pending)
        missing = _lacking(held, recorded)
        orphans = sorted(held - recorded.keys() - set(pending_passages))
        if orphans:
            async with self._transactions.writing() as records:
                await records.traces.leave()
            await self._index.drop(orphans)
        if pending or missing:
            _log.info("indexing %d notes", len(pending) + len(missing))
        indexed = await self.index_notes([*pending, *missing], advance)
        if indexed or orphans:
            _log.info("index mended: %d notes indexed, %d orphaned passages dropped", indexed, len(orphans))
        return Mended(indexed, len(orphans))

    async def pending(self) -> list[str]:
        async with self._transactions.reading() as records:
            return await records.notes.pending_note_ids()

    async def recorded(self) -> set[str]:
        """The ids of all passages of notes that are there, indexed or pending."""
        async with self._transactions.reading() as records:
            indexed = await records.notes.all_passage_ids()
            pending = await records.notes.passage_ids(await records.notes.pending_note_ids())
        return indexed.keys() | set(pending)

    async def fill(self, advance: Advance = lambda _: None) -> int:
        """Put all that is recorded into an index that doesn't serve yet, and mark nothing.

        Goes on until it holds what was recorded meanwhile too; answers how many notes there were.
        """
        done = 0
        while missing := await self._missing():
            for at in range(0, len(missing), _NOTES_AT_ONCE):
                batch = missing[at : at + _NOTES_AT_ONCE]
                await self._put(batch)
                done += len(batch)
                advance(len(batch))
        return done

    async def _put(self, note_ids: Sequence[str]) -> tuple[dict[str, Note], list[str]]:
        """Put these notes' passages into the index; the notes as they were read, and the passages' ids."""
        async with self._transactions.reading() as records:
            notes = await records.notes.notes(note_ids)
            placed = await placed_passages(records, notes.values())
        kept_back = await self._embeddings.kept_back(notes.values(), placed)
        await self._index.put(placed, kept_back)
        self._embeddings.done(notes.values())
        return notes, [passage.id for passage, _ in placed]

    async def _missing(self) -> list[str]:
        held = await self._index.held_ids()
        async with self._transactions.reading() as records:
            return _lacking(held, await records.notes.all_passage_ids())

    async def _resplit(self) -> None:
        async with self._transactions.reading() as records:
            others = await records.notes.note_ids_not_in_format(self._splitter.format)
        for note_id in others:
            async with self._transactions.writing() as records:
                note = await records.notes.note(note_id)
                if note is not None:
                    passages = passages_of(note.id, note.text, note.kind, self._splitter)
                    await records.notes.replace_passages(note.id, passages, self._splitter.format)
                    await records.notes.mark_pending(note.id)


def _lacking(held: Collection[str], recorded: Mapping[str, str]) -> list[str]:
    """Notes with a passage that is not held, of passage ids with their notes'."""
    return sorted({note_id for passage_id, note_id in recorded.items() if passage_id not in held})


async def placed_passages(records: Records, notes: Iterable[Note]) -> list[tuple[PlacedPassage, Home]]:
    """Each note's passages with their words, and whose they are."""
    by_id = {note.id: note for note in notes}
    authors = await records.people.participants({note.author_id for note in by_id.values()})
    passages = await records.notes.passages_of(by_id)
    return [
        (
            placed(passage, note, authors[note.author_id].name),
            Home(authors[note.author_id].program_id, note.pairing_id, counts_in_learnings(note)),
        )
        for note in by_id.values()
        for passage in passages[note.id]
    ]


def placed(passage: Passage, note: Note, author: str) -> PlacedPassage:
    """In a note its author speaks, in a transcript whoever has the turn."""
    return PlacedPassage(passage.id, excerpt(note, passage.start, passage.end, passage.speaker or author))
