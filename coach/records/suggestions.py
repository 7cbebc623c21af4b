"""Suggestions, what they stand on, and what people did with them.

A quote is never stored: a citation keeps its place and the words come from the note.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select

from coach.domain.ids import new_id
from coach.domain.notes import Excerpt
from coach.domain.suggestions import DraftedBy, Engine, Item, Kind, Response, Suggestion, Usage
from coach.records import tables as t
from coach.records.notes import NoteRecords
from coach.records.rows import Room, into


def _item(values: Mapping[str, Any]) -> Item:
    return Item(**values)


def _drafted_by(values: Mapping[str, Any]) -> DraftedBy:
    return DraftedBy(Engine(values["engine"]), values["model"], values["prompt_version"])


class SuggestionRecords(Room):
    async def add_suggestion(self, suggestion: Suggestion, source_note_ids: Iterable[str]) -> None:
        """`source_note_ids`: every note that the drafter was shown; erasing one erases the suggestion."""
        items = [asdict(replace(item, citations=())) for item in suggestion.items]
        for item in items:
            del item["citations"]
        row = {
            "id": suggestion.id,
            "kind": suggestion.kind,
            "program_id": suggestion.program_id,
            "pairing_id": suggestion.pairing_id,
            "asked_by": suggestion.asked_by,
            "created_at": suggestion.created_at,
            "items": items,
            "drafted_by": asdict(suggestion.drafted_by),
            "warnings": list(suggestion.warnings),
            "usage": asdict(suggestion.usage),
        }
        await self.add(t.suggestions, [row])
        sources = [{"suggestion_id": suggestion.id, "note_id": n} for n in sorted(set(source_note_ids))]
        await self.add(t.suggestion_sources, sources)
        await self.add(t.citations, _citation_rows(suggestion))

    async def suggestion(self, suggestion_id: str) -> Suggestion | None:
        """As it was drafted, with quotes read from the notes as they stand now."""
        row = await self.one(select(t.suggestions).where(t.suggestions.c.id == suggestion_id))
        if row is None:
            return None
        cited = await self._citations(suggestion_id)
        items = tuple(
            replace(_item(item), citations=tuple(cited[at])) for at, item in enumerate(row["items"])
        )
        return into(
            Suggestion,
            {**row, "items": items},
            kind=Kind,
            drafted_by=_drafted_by,
            warnings=tuple,
            usage=lambda values: Usage(**values),
        )

    async def source_note_ids(self, suggestion_id: str) -> list[str]:
        c = t.suggestion_sources.c
        rows = await self.many(select(c.note_id).where(c.suggestion_id == suggestion_id))
        return [row["note_id"] for row in rows]

    async def add_response(self, response: Response) -> None:
        row = {"id": new_id(), **asdict(response)}
        await self.add(t.responses, [row])

    async def _citations(self, suggestion_id: str) -> dict[int, list[Excerpt]]:
        query = select(t.citations).where(t.citations.c.suggestion_id == suggestion_id)
        rows = await self.many(query.order_by(t.citations.c.item, t.citations.c.position))
        notes = await NoteRecords(self.connection).notes(row["note_id"] for row in rows)
        cited: dict[int, list[Excerpt]] = defaultdict(list)
        for row in rows:
            note = notes[row["note_id"]]
            held = {
                **row,
                "session_id": note.session_id,
                "held_at": note.held_at,
                "author_id": note.author_id,
            }
            cited[row["item"]].append(into(Excerpt, {**held, "text": note.text[row["start"] : row["end"]]}))
        return cited


def _citation_rows(suggestion: Suggestion) -> list[dict[str, Any]]:
    return [
        {
            "suggestion_id": suggestion.id,
            "item": at,
            "position": position,
            "note_id": cited.note_id,
            "start": cited.start,
            "end": cited.end,
            "speaker": cited.speaker,
        }
        for at, item in enumerate(suggestion.items)
        for position, cited in enumerate(item.citations)
    ]
