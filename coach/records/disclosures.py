"""What was sent to models on other machines."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, tuple_

from coach.domain.disclosures import Disclosure, SentPassage
from coach.records import tables as t
from coach.records.rows import Room, Row, into, record_of


def _row(disclosure: Disclosure) -> Row:
    passages = [[p.note_id, p.session_id, p.start, p.end] for p in disclosure.passages]
    return {**record_of(t.disclosures, disclosure), "passages": passages}


def _disclosure(row: Row) -> Disclosure:
    return into(
        Disclosure,
        row,
        passages=lambda held: tuple(SentPassage(*passage) for passage in held),
        work_ids=tuple,
    )


class DisclosureRecords(Room):
    async def add_disclosures(self, disclosures: Iterable[Disclosure]) -> None:
        await self.add(t.disclosures, map(_row, disclosures))

    async def of_person(
        self, person_id: str, since: datetime | None, until: datetime | None, limit: int, after: str | None
    ) -> list[Disclosure]:
        """From `since` to before `until`, the latest first; of these what follows the one with id `after`."""
        c = t.disclosures.c
        query = select(t.disclosures).where(c.person_id == person_id)
        query = query.where(c.at >= since) if since else query
        query = query.where(c.at < until) if until else query
        if after is not None:
            last = select(c.at, c.id).where(c.id == after, c.person_id == person_id).subquery()
            query = query.where(tuple_(c.at, c.id) < select(last.c.at, last.c.id).scalar_subquery())
        ordered = query.order_by(c.at.desc(), c.id.desc()).limit(limit)
        return [_disclosure(row) for row in await self.many(ordered)]

    async def is_of(self, disclosure_id: str, person_id: str) -> bool:
        c = t.disclosures.c
        return bool(await self.many(select(c.id).where(c.id == disclosure_id, c.person_id == person_id)))
