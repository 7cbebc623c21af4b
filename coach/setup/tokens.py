"""Tokens: given, told apart, renewed and ended; and who it is that holds one."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from coach import access
from coach.auditing import did
from coach.domain.audit import AuditAction, Concern, Place, PlaceKind
from coach.domain.ids import new_id
from coach.domain.tokens import EVERY_SCOPE, SignedOn, Token, TokenScope, in_order
from coach.domain.visibility import Actor, Person
from coach.errors import Conflict, Invalid, NotAuthenticated, NotFound, ScopeMissing, UnknownToken
from coach.ports import Records

PREFIX = "cp_"
SELF_MADE_MOST = 50
_TOKEN_BYTES = 32
_NOBODYS = "nobody was given this token"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new token is to be; without named scopes it has all."""

    label: str | None = None
    scopes: frozenset[TokenScope] | None = None
    expires_at: datetime | None = None
    expires_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A new token, in words this once."""

    token: str
    told: Token

    @property
    def token_id(self) -> str:
        return self.told.id


def token_hash(token: str) -> str:
    """SHA-256 in hexadecimal; a token is random enough that no salt or stretching is needed."""
    return sha256(token.encode()).hexdigest()


async def give_token(
    records: Records,
    giver: Actor | SignedOn,
    now: datetime,
    participant_id: str,
    wanted: Wanted | None = None,
    most_days: int | None = None,
) -> Given:
    """By the operator for anyone; by a person for themself, with fewer scopes than the token that they use.

    `most_days`: how long a token may work, and does when nothing else is said; None for ever.
    """
    by = await _still_let_in(records, giver if isinstance(giver, SignedOn) else SignedOn(giver), now)
    wanted = wanted or Wanted()
    if isinstance(by.actor, Person) and wanted.scopes is None:
        raise NotFound(
            "a token with every scope is the operator's to give; name fewer scopes than the token you use has"
        )
    await _require_holder(records, by.actor, participant_id)
    asked = wanted.scopes if wanted.scopes is not None else EVERY_SCOPE
    if isinstance(by.actor, Person):
        _require_fewer(by, asked)
        await _require_room(records, participant_id, now)
    expires_at = _within(by, _expiry(wanted, now, most_days), wanted)
    told = Token(
        new_id(), participant_id, wanted.label, asked, now, expires_at=expires_at, made_with=by.token_id
    )
    return await _issue(records, by.actor, told)


async def rotate_token(
    records: Records,
    by: SignedOn,
    now: datetime,
    token_id: str,
    grace: timedelta = timedelta(0),
    wanted: Wanted | None = None,
    most_days: int | None = None,
) -> Given:
    """Another token in its place, with its scopes and label; the old one ends after the time of grace.

    Without another expiry the new one ends when the old one would have; a person can't put that off.
    """
    wanted, by = wanted or Wanted(), await _still_let_in(records, by, now)
    old = await _own(records, by.actor, token_id)
    if old.revoked_at is not None or old.has_expired(now):
        raise Conflict("this token is over or was rotated already; rotate the one that took its place")
    _require_scopes(by, old.scopes)
    keeps = old.expires_at is not None and not _says_when(wanted)
    asked = old.expires_at if keeps else _expiry(wanted, now, most_days)
    if isinstance(by.actor, Person):
        by = replace(by, ends_at=_earlier(by.ends_at, old.expires_at))
    new = replace(
        old,
        id=new_id(),
        created_at=now,
        expires_at=_within(by, asked, wanted),
        last_used_at=None,
        made_with=by.token_id or old.made_with,
    )
    given = await _issue(records, by.actor, new)
    await records.tokens.hand_on(old.id, new.id)
    await _revoke(records, by.actor, old, now + grace)
    return given


async def revoke_token(records: Records, by: SignedOn, now: datetime, token_id: str) -> None:
    """By the operator or the holder; with it ends all that was made with it, or that it rotated itself into.

    By a token that it rotated itself into, it ends alone: so is a time of grace cut short. Twice is as once.
    """
    found = await _own(records, by.actor, token_id)
    everyone = await records.tokens.tokens_of(found.participant_id)
    ending = _with_descendants(found, everyone)
    kept = _line_of_successor(by, found, ending)
    for token in ending:
        if token.id not in kept and not token.is_revoked(now):
            await _revoke(records, by.actor, token, now)


async def tokens_of(records: Records, actor: Actor, participant_id: str) -> list[Token]:
    await _require_holder(records, actor, participant_id)
    return await records.tokens.tokens_of(participant_id)


async def who_holds(records: Records, token: str, now: datetime) -> tuple[Person, Token]:
    """UnknownToken when nobody does; one that is over is told as that, for who sends it has held it."""
    known = await records.tokens.token_with(token_hash(token))
    holder = await records.people.participant(known.participant_id) if known else None
    if known is None or holder is None:
        raise UnknownToken(_NOBODYS)
    _require_working(known, now)
    return Person(holder), known


def day_of(now: datetime) -> datetime:
    """The beginning of the UTC day: what is kept of when a token was used."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def _still_let_in(records: Records, by: SignedOn, now: datetime) -> SignedOn:
    """As the token in use is now: a request may have waited for its turn behind what ended it."""
    if by.token_id is None:
        return by
    used = await records.tokens.token(by.token_id)
    if used is None:
        raise UnknownToken(_NOBODYS)
    _require_working(used, now)
    return replace(by, ends_at=used.ends_at)


def _require_working(token: Token, now: datetime) -> None:
    if token.is_revoked(now):
        raise NotAuthenticated("this token was revoked or rotated; use the one in its place, or ask for one")
    if token.has_expired(now):
        raise NotAuthenticated("this token has expired; ask the operator for a new one")


async def _issue(records: Records, actor: Actor, told: Token) -> Given:
    token = f"{PREFIX}{secrets.token_urlsafe(_TOKEN_BYTES)}"
    await records.tokens.add_token(told, token_hash(token))
    await _audited(records, actor, AuditAction.GAVE_TOKEN, told)
    return Given(token, told)


async def _revoke(records: Records, actor: Actor, token: Token, at: datetime) -> None:
    await records.tokens.save_token(replace(token, revoked_at=at))
    await _audited(records, actor, AuditAction.REVOKED_TOKEN, token)


async def _audited(records: Records, actor: Actor, action: AuditAction, token: Token) -> None:
    holder = await access.participant(records, actor, token.participant_id)
    place, concerned = Place(PlaceKind.TOKEN, token.id), [Concern(holder.id)]
    await records.audit.record(did(actor, action, place, concerned, holder.program_id))


async def _require_holder(records: Records, actor: Actor, participant_id: str) -> None:
    """Tokens are the operator's and the holder's to know of: not an owner's, who may see the person."""
    if isinstance(actor, Person) and actor.id != participant_id:
        raise NotFound("no such participant")
    await access.participant(records, actor, participant_id)


async def _own(records: Records, actor: Actor, token_id: str) -> Token:
    found = await records.tokens.token(token_id)
    if found is None or (isinstance(actor, Person) and found.participant_id != actor.id):
        raise NotFound("no such token")
    return found


async def _require_room(records: Records, participant_id: str, now: datetime) -> None:
    working = [token for token in await records.tokens.tokens_of(participant_id) if token.works(now)]
    if len(working) >= SELF_MADE_MOST:
        raise Conflict(f"you have {SELF_MADE_MOST} tokens that work; revoke those that you don't use")


def _require_scopes(by: SignedOn, asked: Iterable[TokenScope]) -> None:
    for scope in in_order(asked):
        if scope not in by.scopes:
            raise ScopeMissing(
                f"the token you use lacks the scope {scope.value!r}, so it can't give it", scope
            )


def _require_fewer(by: SignedOn, asked: frozenset[TokenScope]) -> None:
    _require_scopes(by, asked)
    if asked == by.scopes:
        raise Invalid("name fewer than the token you use has", "scopes")


def _says_when(wanted: Wanted) -> bool:
    return wanted.expires_at is not None or wanted.expires_in_days is not None


def _expiry(wanted: Wanted, now: datetime, most_days: int | None) -> datetime | None:
    if wanted.expires_at is not None and wanted.expires_in_days is not None:
        raise Invalid("give expires_at or expires_in_days, not both", "expires_in_days")
    latest = now + timedelta(days=most_days) if most_days is not None else None
    asked = wanted.expires_at
    if wanted.expires_in_days is not None:
        asked = now + timedelta(days=wanted.expires_in_days)
    if asked is None:
        return latest
    if asked <= now:
        raise Invalid("must lie ahead", _field(wanted))
    if latest is not None and asked > latest:
        raise Invalid(f"tokens work for at most {most_days} days here", _field(wanted))
    return asked


def _within(by: SignedOn, asked: datetime | None, wanted: Wanted) -> datetime | None:
    """No later than what it was made with ends."""
    if by.ends_at is not None and asked is not None and asked > by.ends_at and _says_when(wanted):
        raise Invalid(f"must not be after {by.ends_at.isoformat()}, when the token ends", _field(wanted))
    return _earlier(asked, by.ends_at)


def _field(wanted: Wanted) -> str:
    return "expires_at" if wanted.expires_at is not None else "expires_in_days"


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((end for end in (one, other) if end is not None), default=None)


def _with_descendants(first: Token, everyone: Iterable[Token]) -> list[Token]:
    tokens, ending = list(everyone), {first.id}
    while more := {t.id for t in tokens if t.made_with in ending} - ending:
        ending |= more
    return [first, *(t for t in tokens if t.id in ending and t.id != first.id)]


def _line_of_successor(by: SignedOn, first: Token, descendants: Iterable[Token]) -> set[str]:
    """The token in use and what came of it, when it came of the first one and may do all that it may."""
    tokens = list(descendants)
    for token in tokens:
        if token.id == by.token_id != first.id and token.scopes == first.scopes:
            return {kept.id for kept in _with_descendants(token, tokens)}
    return set()
