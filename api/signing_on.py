"""Who sends a request: the operator, the holder of a token, or someone whom an issuer vouches for."""

import asyncio
import hmac
import logging
import time
from typing import TYPE_CHECKING

from api.throttling import Guesses, Rate, Ticks
from coach.domain.tokens import SignedOn, Token, TokenScope
from coach.domain.visibility import Operator, Person
from coach.errors import CounterpartError, UnknownToken
from coach.service import Service
from coach.settings import Settings
from coach.setup import signing_on
from coach.setup.tokens import PREFIX, day_of, who_holds

if TYPE_CHECKING:
    from api.oidc import Oidc
    from api.oidc_keys import Source

_log = logging.getLogger(__name__)


class SigningOn:
    """Tells who it is, slows down who guesses, and counts how often each one asks."""

    def __init__(self, service: Service, oidc: "Oidc | None" = None, ticks: Ticks = time.monotonic) -> None:
        self._service = service
        self._oidc = oidc
        self._guesses = Guesses(ticks)
        settings = service.settings
        self._requests = Rate(settings.rate_per_minute, ticks, "requests")
        self._suggestions = Rate(settings.rate_suggestions_per_minute, ticks, "suggestions")
        self._noting: set[asyncio.Task[None]] = set()

    async def who(self, token: str, host: str | None, chosen: str | None) -> SignedOn:
        """`host`: the address that asks. `chosen`: of several participants of theirs this one."""
        async with self._guesses.turn(host):
            try:
                return await self._known(token, chosen)
            except UnknownToken:
                self._guesses.note(host, token)
                raise

    def count(self, signed_on: SignedOn, wanted: frozenset[TokenScope]) -> None:
        """One more request of theirs, whichever of their tokens they use."""
        rate = self._suggestions if TokenScope.COACH in wanted else self._requests
        actor = signed_on.actor
        rate.count(actor.id if isinstance(actor, Person) else "operator")

    async def stop(self) -> None:
        """Wait until what is being noted is written."""
        await asyncio.gather(*self._noting, return_exceptions=True)

    async def _known(self, token: str, chosen: str | None) -> SignedOn:
        admin = self._service.settings.admin_token
        if admin is not None and hmac.compare_digest(token.encode(), admin.get_secret_value().encode()):
            return SignedOn(Operator())
        if token.startswith(PREFIX):
            return await self._holder(token)
        if self._oidc is None or token.count(".") != 2:
            raise UnknownToken("nobody was given this token")
        identity = await self._oidc.identity(token)
        async with self._service.database.reading() as records:
            return await signing_on.signed_on(records, identity, chosen)

    async def _holder(self, token: str) -> SignedOn:
        async with self._service.database.reading() as records:
            person, held = await who_holds(records, token, self._service.clock())
        if held.last_used_at is None or held.last_used_at < day_of(self._service.clock()):
            task = asyncio.create_task(self._note_use(held))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)
        return SignedOn(person, held.scopes, held.ends_at, held.id)

    async def _note_use(self, held: Token) -> None:
        """Once a day and beside the request, which waits for no lock on its account."""
        try:
            async with self._service.database.writing() as records:
                await records.tokens.used(held.id, day_of(self._service.clock()))
        except CounterpartError as error:
            _log.warning("when a token was used could not be noted: %s", error.detail)


def open_signing_on(
    service: Service, source: "Source | None" = None, ticks: Ticks = time.monotonic
) -> SigningOn:
    """As the settings have it; another source of keys than the issuer's for tests."""
    settings = service.settings
    oidc = _oidc(settings, service, source) if settings.oidc_issuer is not None else None
    return SigningOn(service, oidc, ticks)


def _oidc(settings: Settings, service: Service, source: "Source | None") -> "Oidc":
    """Imported only where single sign-on is set up."""
    from api.oidc import Oidc
    from api.oidc_keys import Endpoint, Keys

    assert settings.oidc_issuer is not None and settings.oidc_audience is not None
    keys = Keys(source or Endpoint(settings.oidc_issuer, settings.oidc_jwks_url), service.clock)
    return Oidc(keys, settings.oidc_issuer, settings.oidc_audience, settings.oidc_leeway, service.clock)
