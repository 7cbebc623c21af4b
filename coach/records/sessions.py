"""Sessions of a pairing."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from coach.domain.notes import Session, SessionFormat
from coach.records import tables as t
from coach.records.rows import Room, into


def _session(row: Mapping[str, Any]) -> Session:
    return into(Session, row, format=SessionFormat)


class SessionRecords(Room):
    async def add_session(self, session: Session) -> None:
        await self.add_sessions([session])

    async def add_sessions(self, sessions: Iterable[Session]) -> None:
        await self.add(t.sessions, sessions)

    async def sessions(self, ids: Iterable[str]) -> dict[str, Session]:
        return {
            row["id"]: _session(row) for row in await self.many_in(select(t.sessions), t.sessions.c.id, ids)
        }

    async def session(self, session_id: str) -> Session | None:
        row = await self.one(select(t.sessions).where(t.sessions.c.id == session_id))
        return _session(row) if row else None

    async def sessions_of(self, pairing_id: str) -> list[Session]:
        """Oldest first."""
        query = select(t.sessions).where(t.sessions.c.pairing_id == pairing_id)
        rows = await self.many(query.order_by(t.sessions.c.held_at, t.sessions.c.id))
        return [_session(row) for row in rows]
