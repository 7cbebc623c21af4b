"""Notes and their passages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from coach.domain.notes import IndexState, Note, NoteKind, Passage, Visibility
from coach.records import tables as t
from coach.records.rows import Room, into, record_of
from coach.records.traces import TraceRecords

_NOTES = select(t.notes, t.sessions.c.held_at, t.sessions.c.pairing_id).join(
    t.sessions, t.notes.c.session_id == t.sessions.c.id
)


def _note(row: Mapping[str, Any]) -> Note:
    """Field by field: a suggestion reads a pairing's notes twice."""
    return Note(
        id=row["id"],
        session_id=row["session_id"],
        pairing_id=row["pairing_id"],
        author_id=row["author_id"],
        held_at=row["held_at"],
        text=row["text"],
        visibility=Visibility(row["visibility"]),
        kind=NoteKind(row["kind"]),
        index_state=IndexState(row["index_state"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(t.sessions.c.held_at, t.sessions.c.id, t.notes.c.created_at, t.notes.c.id)


class NoteRecords(Room):
    async def add_note(self, note: Note, passages: Sequence[Passage], passage_format: str) -> None:
        await self.add_notes([(note, passages)], passage_format)

    async def add_notes(self, notes: Sequence[tuple[Note, Sequence[Passage]]], passage_format: str) -> None:
        rows = [{**record_of(t.notes, note), "passage_format": passage_format} for note, _ in notes]
        await self.add(t.notes, rows)
        await self.add(t.passages, [passage for _, passages in notes for passage in passages])

    async def note(self, note_id: str) -> Note | None:
        row = await self.one(_NOTES.where(t.notes.c.id == note_id))
        return _note(row) if row else None

    async def notes(self, ids: Iterable[str]) -> dict[str, Note]:
        return {row["id"]: _note(row) for row in await self.many_in(_NOTES, t.notes.c.id, set(ids))}

    async def readable_notes(self, pairing_id: str, reader_id: str) -> list[Note]:
        """A pairing's notes without other people's private ones, oldest session first."""
        return await self._select(
            t.sessions.c.pairing_id == pairing_id,
            or_(t.notes.c.visibility != Visibility.PRIVATE.value, t.notes.c.author_id == reader_id),
        )

    async def notes_of_session(self, session_id: str) -> list[Note]:
        return await self._select(t.notes.c.session_id == session_id)

    async def notes_by(self, author_id: str) -> list[Note]:
        """Everything that someone wrote, oldest session first."""
        return await self._select(t.notes.c.author_id == author_id)

    async def program_notes(self, program_id: str) -> list[Note]:
        """The notes that count in the program's learnings, oldest session first."""
        query = _NOTES.join(t.pairings, t.sessions.c.pairing_id == t.pairings.c.id).where(
            t.pairings.c.program_id == program_id, t.notes.c.visibility == Visibility.PROGRAM.value
        )
        return [_note(row) for row in await self.many(_in_order(query))]

    async def program_marks(self, program_id: str) -> list[tuple[str, str, datetime]]:
        """Pairing, id and latest change of each note that counts in the program's learnings, oldest first."""
        c = (t.sessions.c.pairing_id, t.notes.c.id, t.notes.c.updated_at)
        query = select(*c).join_from(t.notes, t.sessions).join(t.pairings)
        counted = t.notes.c.visibility == Visibility.PROGRAM.value
        rows = await self.many(_in_order(query.where(t.pairings.c.program_id == program_id, counted)))
        return [(row["pairing_id"], row["id"], row["updated_at"]) for row in rows]

    async def save_note(self, note: Note) -> None:
        await self.save(t.notes, note)

    async def replace_passages(
        self, note_id: str, passages: Sequence[Passage], passage_format: str
    ) -> list[str]:
        """The ids of the passages that are no more."""
        gone = await self.passage_ids([note_id])
        await self.connection.execute(delete(t.passages).where(t.passages.c.note_id == note_id))
        await self.add(t.passages, passages)
        await self.connection.execute(
            update(t.notes).where(t.notes.c.id == note_id).values(passage_format=passage_format)
        )
        await TraceRecords(self.connection).leave()
        return gone

    async def passages_of(self, note_ids: Iterable[str]) -> dict[str, list[Passage]]:
        """By note, each note's in the order of the text."""
        query = select(t.passages).order_by(t.passages.c.note_id, t.passages.c.start)
        found: dict[str, list[Passage]] = defaultdict(list)
        for row in await self.many_in(query, t.passages.c.note_id, note_ids):
            found[row["note_id"]].append(into(Passage, row))
        return found

    async def passage_ids(self, note_ids: Iterable[str]) -> list[str]:
        rows = await self.many_in(select(t.passages.c.id), t.passages.c.note_id, note_ids)
        return [row["id"] for row in rows]

    async def all_passage_ids(self) -> dict[str, str]:
        """Passage id to note id, of every note marked as indexed."""
        query = select(t.passages.c.id, t.passages.c.note_id).join(t.notes)
        rows = await self.many(query.where(t.notes.c.index_state == IndexState.INDEXED.value))
        return {row["id"]: row["note_id"] for row in rows}

    async def pending_note_ids(self) -> list[str]:
        query = select(t.notes.c.id).where(t.notes.c.index_state == IndexState.PENDING.value)
        return [row["id"] for row in await self.many(query.order_by(t.notes.c.created_at, t.notes.c.id))]

    async def transcripts_held_before(self, program_id: str, before: datetime) -> list[str]:
        """Ids of a program's transcripts of sessions that were held before then."""
        query = (
            select(t.notes.c.id)
            .join_from(t.notes, t.sessions, t.notes.c.session_id == t.sessions.c.id)
            .join(t.pairings, t.sessions.c.pairing_id == t.pairings.c.id)
            .where(
                t.pairings.c.program_id == program_id,
                t.notes.c.kind == NoteKind.TRANSCRIPT.value,
                t.sessions.c.held_at < before,
            )
        )
        return [row["id"] for row in await self.many(query.order_by(t.sessions.c.held_at, t.notes.c.id))]

    async def note_ids_not_in_format(self, passage_format: str) -> list[str]:
        rows = await self.many(select(t.notes.c.id).where(t.notes.c.passage_format != passage_format))
        return [row["id"] for row in rows]

    async def mark_pending(self, note_id: str) -> None:
        await self.connection.execute(
            update(t.notes).where(t.notes.c.id == note_id).values(index_state=IndexState.PENDING.value)
        )

    async def mark_indexed(self, as_of: Iterable[Note]) -> None:
        """Mark the notes whose text is still the one that was indexed."""
        for note in as_of:
            unchanged = (t.notes.c.id == note.id) & (t.notes.c.updated_at == note.updated_at)
            await self.connection.execute(
                update(t.notes).where(unchanged).values(index_state=IndexState.INDEXED.value)
            )

    async def count(self) -> int:
        return int((await self.connection.execute(select(func.count()).select_from(t.notes))).scalar_one())

    async def note_with_key(self, participant_id: str, key: str) -> tuple[str, str] | None:
        """The note id and request hash remembered for an idempotency key."""
        c = t.idempotency_keys.c
        row = await self.one(
            select(c.note_id, c.request_sha256).where(c.participant_id == participant_id, c.key == key)
        )
        return (row["note_id"], row["request_sha256"]) if row else None

    async def remember_key(self, values: Mapping[str, Any]) -> None:
        """`participant_id`, `key`, `request_sha256`, `note_id`, `created_at`."""
        await self.add(t.idempotency_keys, [values])

    async def _select(self, *conditions: ColumnElement[bool]) -> list[Note]:
        return [_note(row) for row in await self.many(_in_order(_NOTES.where(*conditions)))]
