"""Programs, participants and pairings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select

from coach.domain.pairings import Membership, Pairing, PairingKind, Side
from coach.domain.people import Participant, Program, Role, same_email
from coach.records import tables as t
from coach.records.rows import Room, into


def _program(row: Mapping[str, Any]) -> Program:
    return into(Program, row, objectives=tuple)


def _participant(row: Mapping[str, Any]) -> Participant:
    return into(Participant, row, role=Role)


def _pairing(row: Mapping[str, Any], members: Iterable[Mapping[str, Any]]) -> Pairing:
    memberships = tuple(into(Membership, member, side=Side) for member in members)
    return into(Pairing, {**row, "memberships": memberships}, kind=PairingKind)


_PAIRING = (
    select(t.pairings, *(c for c in t.memberships.c if c.name != "pairing_id"))
    .outerjoin(t.memberships)
    .where(t.pairings.c.id == bindparam("pairing_id"))
    .order_by(t.memberships.c.position)
)


class PeopleRecords(Room):
    async def add_program(self, program: Program) -> None:
        await self.add(t.programs, [program])

    async def program(self, program_id: str) -> Program | None:
        row = await self.one(select(t.programs).where(t.programs.c.id == program_id))
        return _program(row) if row else None

    async def programs(self) -> list[Program]:
        return [_program(row) for row in await self.many(select(t.programs).order_by(t.programs.c.id))]

    async def save_program(self, program: Program) -> None:
        await self.save(t.programs, program)

    async def add_participant(self, participant: Participant) -> None:
        await self.add(t.participants, [participant])

    async def participant(self, participant_id: str) -> Participant | None:
        row = await self.one(select(t.participants).where(t.participants.c.id == participant_id))
        return _participant(row) if row else None

    async def participants(self, ids: Iterable[str]) -> dict[str, Participant]:
        rows = await self.many_in(select(t.participants), t.participants.c.id, set(ids))
        return {row["id"]: _participant(row) for row in rows}

    async def participants_of(self, program_id: str) -> list[Participant]:
        query = select(t.participants).where(t.participants.c.program_id == program_id)
        return [_participant(row) for row in await self.many(query.order_by(t.participants.c.id))]

    async def save_participant(self, participant: Participant) -> None:
        await self.save(t.participants, participant)

    async def participants_signing_on(self, subject: str, email: str | None) -> list[Participant]:
        """Those with this subject, and those without any whose email it is, in all programs.

        Some databases fold more letters onto each other than count as the same.
        """
        c = t.participants.c
        theirs = c.subject == subject
        if email is not None:
            theirs = or_(theirs, and_(c.subject.is_(None), func.lower(c.email) == func.lower(email)))
        rows = await self.many(select(t.participants).where(theirs).order_by(c.id))
        found = [_participant(row) for row in rows]
        return [p for p in found if p.subject == subject or same_email(p.email, email)]

    async def add_pairing(self, pairing: Pairing) -> None:
        await self.add(t.pairings, [pairing])
        await self._add_memberships(pairing)

    async def save_memberships(self, pairing: Pairing) -> None:
        """Who is and was in it, as the pairing has it now."""
        await self.connection.execute(delete(t.memberships).where(t.memberships.c.pairing_id == pairing.id))
        await self._add_memberships(pairing)

    async def _add_memberships(self, pairing: Pairing) -> None:
        await self.add(
            t.memberships,
            [
                {
                    "pairing_id": pairing.id,
                    "participant_id": m.participant_id,
                    "position": position,
                    "side": m.side,
                    "joined_at": m.joined_at,
                    "left_at": m.left_at,
                }
                for position, m in enumerate(pairing.memberships)
            ],
        )

    async def pairing(self, pairing_id: str) -> Pairing | None:
        rows = await self.many(_PAIRING, {"pairing_id": pairing_id})
        members = [row for row in rows if row["participant_id"] is not None]
        return _pairing(rows[0], members) if rows else None

    async def pairings_of(self, program_id: str) -> list[Pairing]:
        query = select(t.pairings).where(t.pairings.c.program_id == program_id).order_by(t.pairings.c.id)
        return await self._pairings(await self.many(query))

    async def _pairings(self, rows: Sequence[Mapping[str, Any]]) -> list[Pairing]:
        query = select(t.memberships).order_by(t.memberships.c.position)
        members: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in await self.many_in(query, t.memberships.c.pairing_id, [r["id"] for r in rows]):
            members[row["pairing_id"]].append(row)
        return [_pairing(row, members[row["id"]]) for row in rows]
