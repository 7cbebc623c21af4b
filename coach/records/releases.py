"""Releases of a program's learnings: what was told, and of the last one which pairings its numbers are.

The words in it are those that enough pairings shared. Which pairings carry a theme is kept for the last
release alone, to compare the next one with, and never served.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from coach.domain.notes import Visibility
from coach.domain.releases import About, Counted, Mark, Part, Release, ToldTheme, Wording
from coach.domain.suggestions import DraftedBy, Engine, Item
from coach.records import tables as t
from coach.records.rows import Room, Row, into

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class ReleaseRecords(Room):
    async def latest(self, program_id: str, until: datetime | None = None) -> Release | None:
        """The last release, or the last that was made by `until`, which comes without pairings' ids."""
        c = t.releases.c
        query = select(t.releases).where(c.program_id == program_id)
        if until is not None:
            query = query.where(c.at <= until)
        row = await self.one(query.order_by(c.number.desc()).limit(1))
        if row is None:
            return None
        carriers: list[Row] = []
        if until is None:
            kept = t.release_carriers.c.program_id == program_id
            carriers = await self.many(select(t.release_carriers).where(kept))
        return into(Release, row, themes=lambda themes: _themes(themes, carriers), wording=_wording)

    async def marks(self, program_id: str) -> dict[str, Mark]:
        """The state of each pairing's program notes at the last release."""
        query = select(t.release_marks).where(t.release_marks.c.program_id == program_id)
        return {row["pairing_id"]: into(Mark, row) for row in await self.many(query)}

    async def add_release(self, release: Release, marks: Mapping[str, Mark]) -> bool:
        """False, and nothing is kept, when the program has a release of this number."""
        row = {
            "program_id": release.program_id,
            "number": release.number,
            "at": release.at,
            "pairings": release.pairings,
            "themes": [_theme_row(theme) for theme in release.themes],
        }
        insert = _INSERT[self.connection.dialect.name](t.releases).values(row).on_conflict_do_nothing()
        if (await self.connection.execute(insert)).rowcount == 0:
            return False
        for table in (t.release_marks, t.release_carriers):
            await self.connection.execute(delete(table).where(table.c.program_id == release.program_id))
        home = {"program_id": release.program_id}
        await self.add(t.release_marks, [{**home, "pairing_id": p, **asdict(m)} for p, m in marks.items()])
        await self.add(t.release_carriers, [{**home, **row} for row in _carrier_rows(release.themes)])
        return True

    async def wording(self, program_id: str, number: int) -> Wording | None:
        query = select(t.releases.c.wording).where(*_key(program_id, number))
        row = await self.one(query)
        return _wording(row["wording"]) if row and row["wording"] else None

    async def add_wording(self, program_id: str, number: int, wording: Wording) -> None:
        told = {
            "drafted_by": asdict(wording.drafted_by),
            "items": {key: [item.text, item.detail, item.pairings] for key, item in wording.items.items()},
            "warnings": list(wording.warnings),
        }
        await self.connection.execute(
            update(t.releases).where(*_key(program_id, number)).values(wording=told)
        )

    async def forget(self, note_ids: Iterable[str]) -> None:
        """Take the pairings out of the numbers' that have no program note but these, about to be erased."""
        ids, c = set(note_ids), t.notes.c
        homes = select(t.sessions.c.pairing_id).join_from(t.notes, t.sessions)
        concerned = {row["pairing_id"] for row in await self.many_in(homes.distinct(), c.id, ids)}
        counted = homes.add_columns(c.id).where(c.visibility == Visibility.PROGRAM.value)
        others = await self.many_in(counted, t.sessions.c.pairing_id, concerned)
        emptied = concerned - {row["pairing_id"] for row in others if row["id"] not in ids}
        for table in (t.release_carriers, t.release_marks):
            await self.remove(table.c.pairing_id, emptied)


def _key(program_id: str, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return t.releases.c.program_id == program_id, t.releases.c.number == number


def _wording(row: Mapping[str, Any]) -> Wording:
    by = row["drafted_by"]
    return Wording(
        DraftedBy(Engine(by["engine"]), by["model"], by["prompt_version"]),
        {
            key: Item(text, detail, pairings=pairings)
            for key, (text, detail, pairings) in row["items"].items()
        },
        tuple(row["warnings"]),
    )


def _theme_row(theme: ToldTheme) -> Row:
    about = theme.about
    return {
        "id": about.id,
        "words": list(about.words),
        "roots": sorted(about.roots),
        "difficulty": about.difficulty,
        "lesson": about.lesson,
        "pairings": theme.carriers.number,
        "learned": _part_row(theme.learned),
        "struggling": _part_row(theme.struggling),
        "told_at": theme.told_at.isoformat(),
    }


def _part_row(part: Part | None) -> list[int] | None:
    return [part.within.number, part.without.number, part.shown] if part else None


def _themes(rows: Iterable[Row], carriers: Iterable[Row]) -> tuple[ToldTheme, ...]:
    by_theme: dict[str, list[Row]] = defaultdict(list)
    for carrier in carriers:
        by_theme[carrier["theme_id"]].append(carrier)
    return tuple(_theme(row, by_theme[row["id"]]) for row in rows)


def _theme(row: Row, carriers: Iterable[Row]) -> ToldTheme:
    about = About(row["id"], tuple(row["words"]), frozenset(row["roots"]), row["difficulty"], row["lesson"])
    kept = list(carriers)
    return ToldTheme(
        about,
        Counted(row["pairings"], _with(kept, "carries", True)),
        _part(row["learned"], kept, "learned"),
        _part(row["struggling"], kept, "struggling"),
        datetime.fromisoformat(row["told_at"]),
    )


def _part(row: list[int] | None, carriers: Iterable[Row], name: str) -> Part | None:
    if row is None:
        return None
    within, without, shown = row
    kept = list(carriers)
    return Part(
        Counted(within, _with(kept, name, True)), Counted(without, _with(kept, name, False)), bool(shown)
    )


def _with(carriers: Iterable[Row], name: str, value: bool) -> frozenset[str]:
    return frozenset(row["pairing_id"] for row in carriers if row[name] is value)


def _carrier_rows(themes: Iterable[ToldTheme]) -> Iterator[Row]:
    for theme in themes:
        parts = theme.learned, theme.struggling
        named = {p for part in parts if part for p in part.within.pairings | part.without.pairings}
        for pairing_id in sorted(named | theme.carriers.pairings):
            yield {
                "theme_id": theme.about.id,
                "pairing_id": pairing_id,
                "carries": pairing_id in theme.carriers.pairings,
                "learned": _side(theme.learned, pairing_id),
                "struggling": _side(theme.struggling, pairing_id),
            }


def _side(part: Part | None, pairing_id: str) -> bool | None:
    """Within or without; None for neither."""
    if part is None or pairing_id not in part.within.pairings | part.without.pairings:
        return None
    return pairing_id in part.within.pairings
