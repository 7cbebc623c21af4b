"""Tokens: given, listed, rotated and revoked."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BeforeValidator, Field

from api.deps import Reading, TheActor, TheService, TheSignedOn, Writing
from api.errors import RESPONSES
from api.fields import Input, Output
from api.paging import Page, ThePaging
from coach.domain.tokens import TokenScope, in_order
from coach.setup import tokens
from coach.setup.fields import Moment, Name

router = APIRouter(prefix="/v1", tags=["tokens"], responses=RESPONSES)
_DAYS_MOST = 36_500
_GRACE_MOST = 7 * 24 * 60


class Expiring(Input):
    expires_at: Moment | None = Field(default=None, examples=["2027-12-31T23:59:59Z"])
    expires_in_days: int | None = Field(
        default=None,
        ge=1,
        le=_DAYS_MOST,
        description="Instead of `expires_at`; without either COUNTERPART_TOKEN_DAYS, where it is set.",
    )


class NewToken(Expiring):
    label: Name | None = Field(default=None, examples=["my phone"])
    scopes: list[TokenScope] | None = Field(
        default=None,
        min_length=1,
        max_length=len(TokenScope),
        examples=[["read", "coach"]],
        description="Without them all. A person names fewer than the token that they use has.",
    )

    def wanted(self) -> tokens.Wanted:
        asked = frozenset(self.scopes) if self.scopes is not None else None
        return tokens.Wanted(self.label, asked, self.expires_at, self.expires_in_days)


class Rotation(Expiring):
    grace_minutes: int = Field(
        default=0, ge=0, le=_GRACE_MOST, description="How long the old token goes on working."
    )

    def wanted(self) -> tokens.Wanted:
        return tokens.Wanted(expires_at=self.expires_at, expires_in_days=self.expires_in_days)


class TokenOut(Output):
    token: str = Field(description="Shown this once; only its hash is kept.")
    token_id: str


class TokenInfo(Output):
    """What is known of a token, without its secret."""

    id: str
    label: str | None
    scopes: Annotated[list[TokenScope], BeforeValidator(in_order)]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="The beginning of that UTC day.")
    revoked_at: datetime | None = Field(description="It may lie ahead: a rotated token's time of grace.")


@router.post("/participants/{participant_id}/tokens", status_code=201)
async def give_token(
    records: Writing,
    service: TheService,
    signed_on: TheSignedOn,
    participant_id: str,
    body: NewToken | None = None,
) -> TokenOut:
    """By the operator for anyone; by a person for themself, with fewer scopes than the token in use has.

    It works no longer than the one that it was made with, and is revoked with it.
    """
    wanted, most_days = (body or NewToken()).wanted(), service.settings.token_days
    given = await tokens.give_token(records, signed_on, service.clock(), participant_id, wanted, most_days)
    return TokenOut.model_validate(given)


@router.get("/participants/{participant_id}/tokens")
async def list_tokens(
    records: Reading, actor: TheActor, participant_id: str, paging: ThePaging
) -> Page[TokenInfo]:
    """For the operator and the holder, the oldest first; those that are over, too."""
    page, following = paging.cut(await tokens.tokens_of(records, actor, participant_id))
    return Page(items=[TokenInfo.model_validate(token) for token in page], next_cursor=following)


@router.post("/tokens/{token_id}/rotate", status_code=201)
async def rotate_token(
    records: Writing,
    service: TheService,
    signed_on: TheSignedOn,
    token_id: str,
    body: Rotation | None = None,
) -> TokenOut:
    """A new token with the old one's scopes; the old one ends at once, or after `grace_minutes`.

    The new one ends when the old one would have; the operator may say otherwise, a person only sooner.
    """
    asked = body or Rotation()
    given = await tokens.rotate_token(
        records,
        signed_on,
        service.clock(),
        token_id,
        timedelta(minutes=asked.grace_minutes),
        asked.wanted(),
        service.settings.token_days,
    )
    return TokenOut.model_validate(given)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(records: Writing, service: TheService, signed_on: TheSignedOn, token_id: str) -> None:
    """By the operator or the holder; the tokens made with it end, too, and those it was rotated into with it.

    With a token that it was rotated into, only the old one ends: so a time of grace is cut short.
    """
    await tokens.revoke_token(records, signed_on, service.clock(), token_id)
