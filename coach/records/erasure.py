"""Erasing notes and people, with all that was derived from them, and counting what went."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Table, delete, or_, select, update

from coach.records import tables as t
from coach.records.rows import Room


class Erasure(Room):
    """Each call answers how many rows went, by table."""

    async def suggestions_from(self, note_ids: Iterable[str]) -> Counter[str]:
        """Suggestions whose drafter was shown any of these notes."""
        c = t.suggestion_sources.c
        rows = await self.many_in(select(c.suggestion_id).distinct(), c.note_id, note_ids)
        return await self._suggestions({row["suggestion_id"] for row in rows})

    async def notes(self, note_ids: Iterable[str]) -> Counter[str]:
        ids = set(note_ids)
        gone = await self.suggestions_from(ids)
        for note_id in ids:
            gone += await self._delete(t.idempotency_keys, t.idempotency_keys.c.note_id == note_id)
            gone += await self._delete(t.passages, t.passages.c.note_id == note_id)
            gone += await self._delete(t.notes, t.notes.c.id == note_id)
        return gone

    async def participant(self, participant_id: str) -> tuple[Counter[str], list[str]]:
        """Also answers the ids of the passages that are no more, for the index."""
        notes = await self.many(select(t.notes.c.id).where(t.notes.c.author_id == participant_id))
        note_ids = [row["id"] for row in notes]
        passages = await self.many_in(select(t.passages.c.id), t.passages.c.note_id, note_ids)
        gone = await self.notes(note_ids)
        gone += await self._suggestions(await self._suggestions_with(participant_id))
        for table in (t.idempotency_keys, t.tokens, t.memberships):
            gone += await self._delete(table, table.c.participant_id == participant_id)
        for table in (t.goals, t.actions):
            await self.connection.execute(
                update(table).where(table.c.owner_id == participant_id).values(owner_id=None)
            )
        gone += await self._delete(t.participants, t.participants.c.id == participant_id)
        return gone, [row["id"] for row in passages]

    async def _suggestions_with(self, participant_id: str) -> set[str]:
        """Those asked by someone, and those of their pairings, which may name them."""
        c, theirs = t.suggestions.c, t.memberships.c
        pairings = select(theirs.pairing_id).where(theirs.participant_id == participant_id)
        query = select(c.id).where(or_(c.asked_by == participant_id, c.pairing_id.in_(pairings)))
        return {row["id"] for row in await self.many(query)}

    async def _suggestions(self, ids: Iterable[str]) -> Counter[str]:
        gone: Counter[str] = Counter()
        for suggestion_id in ids:
            for table in (t.responses, t.citations, t.suggestion_sources):
                gone += await self._delete(table, table.c.suggestion_id == suggestion_id)
            gone += await self._delete(t.suggestions, t.suggestions.c.id == suggestion_id)
        return gone

    async def _delete(self, table: Table, condition: ColumnElement[bool]) -> Counter[str]:
        result = await self.connection.execute(delete(table).where(condition))
        return Counter({table.name: result.rowcount})
