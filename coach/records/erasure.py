"""Erasing notes, people, pairings and programs, with all that refers to them or was derived from them.

What goes along is read from the foreign keys: a table that is added with one is erased too.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Table, delete, or_, select, update

from coach.domain.erasing import Erased
from coach.domain.suggestions import ResponseKind
from coach.records import tables as t
from coach.records.releases import ReleaseRecords
from coach.records.rows import CHUNK, Room
from coach.records.traces import TraceRecords

EMPTIED = frozenset({t.goals.c.owner_id, t.actions.c.owner_id})
"""Columns that forget whom they refer to, while their row stays."""

_APPENDED_TO = frozenset({t.audit, t.audit_concerns})
"""The database itself takes out of these what refers to who or what is gone, and refuses all else."""

_TAKES_ALONG = {
    t.suggestion_sources.c.note_id: t.suggestion_sources.c.suggestion_id,
    t.citations.c.note_id: t.citations.c.suggestion_id,
}
"""A row that goes by the first takes along what the second refers to."""

_STRIPPED = "What this was drawn from was a transcript, whose time has run out; your own words stay."


class Erasure(Room):
    """Each leaves a trace, so that files are rid of what was erased."""

    async def suggestions_from(self, note_ids: Iterable[str]) -> Erased:
        """Suggestions whose drafter was shown any of these notes."""
        c = t.suggestion_sources.c
        return await self._erased(t.suggestions, await self._values(c.suggestion_id, c.note_id, note_ids))

    async def suggestions_telling(self, pairing_id: str, words: Collection[str]) -> Erased:
        """A pairing's suggestions with an item that holds any of these, as they are written."""
        c = t.suggestions.c
        rows = await self.many(select(c.id, c["items"]).where(c.pairing_id == pairing_id))
        telling = {
            row["id"] for row in rows if any(w in told for told in _texts(row["items"]) for w in words)
        }
        return await self._erased(t.suggestions, telling)

    async def notes(self, note_ids: Iterable[str]) -> Erased:
        return await self._erased(t.notes, note_ids)

    async def participant(self, participant_id: str) -> Erased:
        """With the suggestions of their pairings, which may name them."""
        c, theirs = t.suggestions.c, t.memberships.c
        pairings = select(theirs.pairing_id).where(theirs.participant_id == participant_id)
        query = select(c.id).where(or_(c.asked_by == participant_id, c.pairing_id.in_(pairings)))
        named = await self._erased(t.suggestions, [row["id"] for row in await self.many(query)])
        return Erased.of([named, await self._erased(t.participants, [participant_id])])

    async def pairing(self, pairing_id: str) -> Erased:
        return await self._erased(t.pairings, [pairing_id])

    async def program(self, program_id: str) -> Erased:
        return await self._erased(t.programs, [program_id])

    async def transcripts(self, note_ids: Iterable[str]) -> Erased:
        """As `notes`, but what people made of suggestions stays, without the suggestions' lines."""
        ids = list(note_ids)
        drawn = await self._values(t.suggestion_sources.c.suggestion_id, t.suggestion_sources.c.note_id, ids)
        answers = t.responses.c
        query = select(answers.suggestion_id).where(answers.response != ResponseKind.DISMISSED.value)
        used = {row["suggestion_id"] for row in await self.many_in(query, answers.suggestion_id, drawn)}
        for suggestion_id in used:
            await self._strip(suggestion_id)
        return await self.notes(ids)

    async def _strip(self, suggestion_id: str) -> None:
        for table in (t.citations, t.suggestion_sources):
            await self.connection.execute(delete(table).where(table.c.suggestion_id == suggestion_id))
        bare = update(t.suggestions).where(t.suggestions.c.id == suggestion_id)
        await self.connection.execute(bare.values(items=[], warnings=[_STRIPPED]))

    async def _erased(self, table: Table, ids: Iterable[str]) -> Erased:
        erased = Erased()
        erased.rows.update({reached.name: 0 for reached in reached_from(table) - _APPENDED_TO})
        await self._rows(table.c.id, sorted(set(ids)), erased)
        if any(erased.rows.values()):
            await TraceRecords(self.connection).leave()
        return erased

    async def _rows(self, column: Column[str], values: list[str], erased: Erased) -> None:
        """The rows whose column holds one of the values, after what refers to them."""
        if column.table is t.notes:
            await ReleaseRecords(self.connection).forget(await self._values(t.notes.c.id, column, values))
        for referring, key in _referring(column.table):
            keys = await self._values(key, column, values)
            if referring.table in _APPENDED_TO:
                continue
            if referring in EMPTIED:
                await self._empty(referring, keys)
                continue
            if referring in _TAKES_ALONG:
                along = await self._values(_TAKES_ALONG[referring], referring, keys)
                await self._rows(_target(_TAKES_ALONG[referring]), along, erased)
            await self._rows(referring, keys, erased)
        if column.table is t.passages:
            erased.passage_ids += await self._values(t.passages.c.id, column, values)
        erased.rows[column.table.name] += await self.remove(column, values)

    async def _empty(self, column: Column[str], values: list[str]) -> None:
        for at in range(0, len(values), CHUNK):
            held = update(column.table).where(column.in_(values[at : at + CHUNK]))
            await self.connection.execute(held.values({column.name: None}))

    async def _values(self, wanted: Column[str], column: Column[str], values: Iterable[str]) -> list[str]:
        """Distinct values of one column where another one of the same table holds one of the values."""
        if wanted is column:
            return list(values)
        rows = await self.many_in(select(wanted).distinct(), column, values)
        return sorted({row[wanted.name] for row in rows})


def reached_from(table: Table) -> set[Table]:
    """The tables of which rows may go when a row of this one does."""
    found, left = set[Table](), [table]
    while left:
        held = left.pop()
        if held in found:
            continue
        found.add(held)
        referring = [column for column, _ in _referring(held) if column not in EMPTIED]
        left += [column.table for column in referring]
        left += [_target(_TAKES_ALONG[column]).table for column in referring if column in _TAKES_ALONG]
    return found


def _referring(table: Table) -> Iterator[tuple[Column[str], Column[str]]]:
    """Columns of other tables with a foreign key to this one, and the column of this one that they name."""
    for other in t.metadata.sorted_tables:
        for key in sorted(other.foreign_keys, key=lambda key: key.parent.name):
            if key.column.table is table:
                yield key.parent, key.column


def _target(column: Column[str]) -> Column[str]:
    """What a column's foreign key names."""
    (key,) = column.foreign_keys
    return key.column


def _texts(told: Any) -> Iterator[str]:
    """Every text in what was read from JSON."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for each in told.values() if isinstance(told, dict) else told:
            yield from _texts(each)
