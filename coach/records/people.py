"""Programs, participants, tokens and pairings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from coach.domain.pairings import Membership, Pairing, PairingKind, Side
from coach.domain.people import Participant, Program, Role
from coach.records import tables as t
from coach.records.rows import Room, into


def _program(row: Mapping[str, Any]) -> Program:
    return into(Program, row, objectives=tuple)


def _participant(row: Mapping[str, Any]) -> Participant:
    return into(Participant, row, role=Role)


class PeopleRecords(Room):
    async def add_program(self, program: Program) -> None:
        await self.add(t.programs, [program])

    async def program(self, program_id: str) -> Program | None:
        row = await self.one(select(t.programs).where(t.programs.c.id == program_id))
        return _program(row) if row else None

    async def programs(self) -> list[Program]:
        return [_program(row) for row in await self.many(select(t.programs).order_by(t.programs.c.id))]

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

    async def add_token(self, values: Mapping[str, Any]) -> None:
        """`id`, `participant_id`, `sha256` of the token (hexadecimal), `created_at`."""
        await self.add(t.tokens, [values])

    async def participant_with_token(self, sha256: str) -> Participant | None:
        query = select(t.participants).join(t.tokens).where(t.tokens.c.sha256 == sha256)
        row = await self.one(query)
        return _participant(row) if row else None

    async def remove_token(self, token_id: str) -> None:
        await self.connection.execute(delete(t.tokens).where(t.tokens.c.id == token_id))

    async def add_pairing(self, pairing: Pairing) -> None:
        await self.add(t.pairings, [pairing])
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
        found = await self._pairings(await self.many(select(t.pairings).where(t.pairings.c.id == pairing_id)))
        return found[0] if found else None

    async def pairings_of(self, program_id: str) -> list[Pairing]:
        query = select(t.pairings).where(t.pairings.c.program_id == program_id).order_by(t.pairings.c.id)
        return await self._pairings(await self.many(query))

    async def _pairings(self, rows: Sequence[Mapping[str, Any]]) -> list[Pairing]:
        query = select(t.memberships).order_by(t.memberships.c.position)
        members: dict[str, list[Membership]] = defaultdict(list)
        for row in await self.many_in(query, t.memberships.c.pairing_id, [r["id"] for r in rows]):
            members[row["pairing_id"]].append(into(Membership, row, side=Side))
        return [
            into(Pairing, {**row, "memberships": members[row["id"]]}, kind=PairingKind, memberships=tuple)
            for row in rows
        ]
