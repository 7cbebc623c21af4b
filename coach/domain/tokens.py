"""Tokens: who holds one, what it may do, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from coach.domain.visibility import Actor


class TokenScope(StrEnum):
    """`read`: to read and search. `write`: to record, change and erase. `coach`: to ask for suggestions."""

    READ = "read"
    WRITE = "write"
    COACH = "coach"


EVERY_SCOPE = frozenset(TokenScope)


def in_order(scopes: Iterable[TokenScope]) -> list[TokenScope]:
    """The same scopes as they are always told: read, write, coach."""
    held = set(scopes)
    return [scope for scope in TokenScope if scope in held]


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token, its hash aside.

    `last_used_at` is the beginning of that UTC day. `revoked_at` lies ahead while a rotated token still
    works. `made_with` is the token that its holder made it with, also by rotating that one itself.
    """

    id: str
    participant_id: str
    label: str | None
    scopes: frozenset[TokenScope]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    made_with: str | None = None

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def is_revoked(self, now: datetime) -> bool:
        return self.revoked_at is not None and self.revoked_at <= now

    def works(self, now: datetime) -> bool:
        return not self.has_expired(now) and not self.is_revoked(now)

    @property
    def ends_at(self) -> datetime | None:
        return min((end for end in (self.expires_at, self.revoked_at) if end is not None), default=None)


@dataclass(frozen=True, slots=True)
class SignedOn:
    """Who asks, and what they asked with: its scopes, until when it works, and the token if it is one."""

    actor: Actor
    scopes: frozenset[TokenScope] = EVERY_SCOPE
    ends_at: datetime | None = None
    token_id: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What an issuer of single sign-on vouches for; `email` only when it has verified it."""

    subject: str
    email: str | None
    ends_at: datetime
