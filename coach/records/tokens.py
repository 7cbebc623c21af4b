"""Tokens: their hashes, and what is known of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from coach.domain.tokens import Token, TokenScope, in_order
from coach.records import tables as t
from coach.records.rows import Room, into, record_of


def _scopes(told: str) -> frozenset[TokenScope]:
    return frozenset(TokenScope(word) for word in told.split())


def _token(row: Mapping[str, Any]) -> Token:
    return into(Token, row, scopes=_scopes)


def _row(token: Token) -> dict[str, Any]:
    return record_of(t.tokens, token) | {"scopes": " ".join(in_order(token.scopes))}


class TokenRecords(Room):
    async def add_token(self, token: Token, sha256: str) -> None:
        """`sha256` of the token in hexadecimal."""
        await self.add(t.tokens, [_row(token) | {"sha256": sha256}])

    async def token(self, token_id: str) -> Token | None:
        row = await self.one(select(t.tokens).where(t.tokens.c.id == token_id))
        return _token(row) if row else None

    async def token_with(self, sha256: str) -> Token | None:
        row = await self.one(select(t.tokens).where(t.tokens.c.sha256 == sha256))
        return _token(row) if row else None

    async def tokens_of(self, participant_id: str) -> list[Token]:
        """The oldest first."""
        c = t.tokens.c
        query = select(t.tokens).where(c.participant_id == participant_id).order_by(c.created_at, c.id)
        return [_token(row) for row in await self.many(query)]

    async def save_token(self, token: Token) -> None:
        await self.save(t.tokens, _row(token))

    async def hand_on(self, old_id: str, new_id: str) -> None:
        """What was made with the old token counts as made with the new one."""
        c = t.tokens.c
        await self.connection.execute(
            update(t.tokens).where(c.made_with == old_id, c.id != new_id).values(made_with=new_id)
        )

    async def used(self, token_id: str, day: datetime) -> None:
        """Unless a later day is known already."""
        c = t.tokens.c
        earlier = or_(c.last_used_at.is_(None), c.last_used_at < day)
        await self.connection.execute(
            update(t.tokens).where(c.id == token_id, earlier).values(last_used_at=day)
        )
