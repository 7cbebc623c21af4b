"""The audit: appended to, counted and read; only the erasure of a person or program takes from it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coach.domain.audit import (
    SHOWINGS,
    ActorKind,
    AuditAction,
    Concern,
    Count,
    Deed,
    Entry,
    Place,
    PlaceKind,
)
from coach.domain.ids import new_id
from coach.domain.people import Role
from coach.ports import Clock
from coach.records import tables as t
from coach.records.rows import Room

Done = tuple[datetime, Deed]
_MOST_TOLD = 5_000
_ADD, _ADD_CONCERNS = insert(t.audit), insert(t.audit_concerns)


class AuditRecords(Room):
    """With `seen`, on a transaction that only reads, deeds are put there to be written afterwards."""

    def __init__(self, connection: AsyncConnection, clock: Clock, seen: list[Done] | None = None) -> None:
        super().__init__(connection)
        self._clock = clock
        self._seen = seen

    async def record(self, deed: Deed) -> None:
        """As of now; nobody needs to be told twice, so a deed is recorded where it is decided."""
        done = (self._clock(), deed)
        if self._seen is None:
            await self._append(done)
        else:
            self._seen.append(done)

    async def append(self, seen: Sequence[Done]) -> None:
        """What was seen a moment ago, without whom and what was erased since.

        What somebody sees again in the same way on the same day is one more entry that names no note again:
        its author is told of the day once, and nobody can fill the audit by looking at the same for hours.
        """
        people = await self._still_there(t.participants, _people_in(seen))
        programs = await self._still_there(t.programs, {d.program_id for _, d in seen if d.program_id})
        named: dict[tuple[date, str, AuditAction], set[Concern]] = {}
        for at, deed in seen:
            if deed.program_id is not None and deed.program_id not in programs:
                continue
            if deed.actor_id is not None and deed.action in SHOWINGS:
                look = at.astimezone(UTC).date(), deed.actor_id, deed.action
                if look not in named:
                    named[look] = await self._named(*look)
                anew = tuple(concern for concern in deed.concerns if concern not in named[look])
                named[look].update(anew)
                deed = replace(deed, concerns=anew)
            await self._append((at, deed), people)

    async def _named(self, day: date, actor_id: str, action: AuditAction) -> set[Concern]:
        """Whose notes the day's entries of this action of theirs name."""
        c, theirs = t.audit.c, t.audit_concerns.c
        query = (
            select(theirs.participant_id, theirs.note_id)
            .join(t.audit, c.number == theirs.audit_number)
            .where(c.actor_id == actor_id, c.day == day, c.action == action.value)
            .distinct()
        )
        return {Concern(row["participant_id"], row["note_id"]) for row in await self.many(query)}

    async def concerning(self, participant_id: str, since: date, until: date) -> list[Entry]:
        """What someone did and what concerned them, newest first, with no concern but theirs.

        The newest 5,000 of these days; others may be waiting while they are read.
        """
        c, theirs = t.audit.c, t.audit_concerns.c
        touched = select(theirs.audit_number).where(theirs.participant_id == participant_id)
        entries = await self._entries(since, until, or_(c.actor_id == participant_id, c.number.in_(touched)))
        return await self._with_concerns(entries, theirs.participant_id == participant_id)

    async def of_operator(self, since: date, until: date) -> list[Entry]:
        """What the operator did, newest first."""
        entries = await self._entries(since, until, t.audit.c.actor_kind == ActorKind.OPERATOR.value)
        return await self._with_concerns(entries)

    async def counts(self, program_id: str, since: date, until: date) -> list[Count]:
        """Both days included, by day, kind of actor and action; owners are none of the people counted.

        Whoever reads the counts knows what they did themselves.
        """
        c, theirs = t.audit.c, t.participants.c
        others = case((theirs.role != Role.OWNER.value, c.actor_id))
        erased = func.max(case((c.actor_id.is_(None), 1), else_=0))
        query = (
            select(
                c.day,
                c.actor_kind,
                c.action,
                func.count().label("count"),
                (func.count(others.distinct()) + erased).label("people"),
            )
            .join(t.participants, theirs.id == c.actor_id, isouter=True)
            .where(c.program_id == program_id, c.day.between(since, until))
            .group_by(c.day, c.actor_kind, c.action)
            .order_by(c.day, c.actor_kind, c.action)
        )
        return [
            Count(
                row["day"],
                ActorKind(row["actor_kind"]),
                AuditAction(row["action"]),
                row["count"],
                row["people"],
            )
            for row in await self.many(query)
        ]

    async def erased_notes_of(self, author_id: str) -> frozenset[str]:
        """The ids of the notes of theirs that they erased one by one."""
        c, theirs = t.audit.c, t.audit_concerns.c
        query = (
            select(theirs.note_id)
            .join(t.audit, c.number == theirs.audit_number)
            .where(theirs.participant_id == author_id, c.action == AuditAction.ERASED_NOTE.value)
        )
        return frozenset([row["note_id"] for row in await self.many(query)])

    async def _append(self, done: Done, people: set[str] | None = None) -> None:
        """Without those who are not among the `people`, where these are given."""
        at, deed = done
        known = deed.actor_id if people is None or deed.actor_id in people else None
        row = {
            "id": new_id(),
            "at": at,
            "day": at.astimezone(UTC).date(),
            "program_id": deed.program_id,
            "actor_kind": deed.by.value,
            "actor_id": known,
            "action": deed.action.value,
            "place_kind": deed.place.kind.value if deed.place else None,
            "place_id": deed.place.id if deed.place else None,
        }
        added = await self.connection.execute(_ADD, row)
        assert added.inserted_primary_key is not None
        number = added.inserted_primary_key[0]
        concerns = [
            {
                "audit_number": number,
                "position": position,
                "participant_id": concern.participant_id,
                "note_id": concern.note_id,
            }
            for position, concern in enumerate(deed.concerns)
            if people is None or concern.participant_id in people
        ]
        if concerns:
            await self.connection.execute(_ADD_CONCERNS, concerns)

    async def _still_there(self, table: Table, ids: Iterable[str]) -> set[str]:
        rows = await self.many_in(select(table.c.id), table.c.id, set(ids))
        return {row["id"] for row in rows}

    async def _entries(
        self, since: date, until: date, condition: ColumnElement[bool]
    ) -> list[dict[str, Any]]:
        c = t.audit.c
        query = select(t.audit).where(and_(condition, c.day.between(since, until)))
        return await self.many(query.order_by(c.at.desc(), c.number.desc()).limit(_MOST_TOLD))

    async def _with_concerns(
        self, entries: Sequence[Mapping[str, Any]], *conditions: ColumnElement[bool]
    ) -> list[Entry]:
        c = t.audit_concerns.c
        query: Select[Any] = select(t.audit_concerns).where(*conditions).order_by(c.audit_number, c.position)
        concerns: dict[int, list[Concern]] = defaultdict(list)
        for row in await self.many_in(query, c.audit_number, [entry["number"] for entry in entries]):
            concerns[row["audit_number"]].append(Concern(row["participant_id"], row["note_id"]))
        return [_entry(entry, concerns[entry["number"]]) for entry in entries]


def _entry(row: Mapping[str, Any], concerns: Sequence[Concern]) -> Entry:
    place = Place(PlaceKind(row["place_kind"]), row["place_id"]) if row["place_kind"] else None
    deed = Deed(
        AuditAction(row["action"]),
        ActorKind(row["actor_kind"]),
        row["actor_id"],
        row["program_id"],
        place,
        tuple(concerns),
    )
    return Entry(row["id"], row["at"], deed)


def _people_in(seen: Iterable[Done]) -> set[str]:
    deeds = [deed for _, deed in seen]
    acting = {deed.actor_id for deed in deeds if deed.actor_id is not None}
    return acting | {concern.participant_id for deed in deeds for concern in deed.concerns}
