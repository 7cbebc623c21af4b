"""The keys of an issuer of single sign-on: fetched when they are needed, kept, and fetched again."""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey, import_key

from coach.errors import NoKeys, SettingUnusable, UnknownToken
from coach.ports import Clock

_log = logging.getLogger(__name__)

FRESH = timedelta(hours=1)
USABLE = timedelta(hours=24)
REST = timedelta(seconds=30)
TIMEOUT = 5.0
MOST_BYTES = 1_000_000
_MOST_KEYS = 100
_LEAST_RSA_BITS = 2048
_PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity"}
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth"}
_ASYMMETRIC = (RSAKey, ECKey, OKPKey)


class Source(Protocol):
    async def fetch(self) -> Mapping[str, Any]:
        """The issuer's key set, as its JSON; NoKeys when it does not give one."""


class Keys:
    """An hour old they are fetched again, and for a kid that is not among them; never twice in 30 seconds.

    While the issuer gives none, those at hand go on for a day.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._held = KeySet([])
        self._held_since: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching = asyncio.Lock()

    async def for_kid(self, kid: str | None) -> KeySet:
        """Keys among which that one is; UnknownToken when it is none of the issuer's, or NoKeys."""
        if not (self._is_younger(FRESH) and self._has(kid)):
            await self._refresh(kid)
        if not self._is_younger(USABLE):
            raise NoKeys("the issuer of single sign-on gives no keys now; try again in a moment")
        if not self._has(kid):
            raise UnknownToken("this token is signed with a key that its issuer does not give")
        return self._held

    async def _refresh(self, kid: str | None) -> None:
        """Whoever can do with what is there waits for nobody."""
        if self._fetching.locked() and self._is_younger(USABLE) and self._has(kid):
            return
        async with self._fetching:
            if self._tried_at is None or self._clock() - self._tried_at >= REST:
                await self._fetch()

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            held = usable(await self._source.fetch())
        except NoKeys as error:
            _log.warning("%s", error.detail)
            return
        self._held, self._held_since = held, self._clock()

    def _is_younger(self, age: timedelta) -> bool:
        return self._held_since is not None and self._clock() - self._held_since < age

    def _has(self, kid: str | None) -> bool:
        """A token without a kid is signed with the only key, where there is one alone."""
        return len(self._held.keys) == 1 if kid is None else any(key.kid == kid for key in self._held)


def usable(told: Mapping[str, Any]) -> KeySet:
    """The public keys for signatures; others in the set are passed over."""
    keys = told.get("keys")
    if not isinstance(keys, list):
        raise NoKeys("the issuer of single sign-on gives no key set; look at COUNTERPART_OIDC_JWKS_URL")
    return KeySet([key for one in keys[:_MOST_KEYS] if (key := _key(one)) is not None])


def _key(told: object) -> Key | None:
    if not isinstance(told, dict) or told.get("use") not in (None, "sig"):
        return None
    if told.get("kty") not in {kind.key_type for kind in _ASYMMETRIC}:
        return None
    try:
        key = import_key({name: told[name] for name in told if name not in _PRIVATE})
    except (JoseError, ValueError, TypeError, UserWarning):
        return None
    if isinstance(key, RSAKey) and key.raw_value.key_size < _LEAST_RSA_BITS:
        return None
    return key if isinstance(key, _ASYMMETRIC) else None


class Endpoint:
    """Fetches the key set over HTTPS, from the issuer's own description of where it lies unless told.

    On loopback HTTP will do. Redirects are not followed.
    """

    def __init__(self, issuer: str, jwks_url: str | None = None) -> None:
        self._issuer = require_secure(issuer, "COUNTERPART_OIDC_ISSUER")
        self._jwks_url = require_secure(jwks_url, "COUNTERPART_OIDC_JWKS_URL") if jwks_url else None

    async def fetch(self) -> Mapping[str, Any]:
        limits = httpx2.Limits(max_connections=1)
        async with httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False, limits=limits) as http:
            try:
                async with asyncio.timeout(2 * TIMEOUT):
                    return await _json(http, self._jwks_url or await self._discovered(http))
            except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
                raise NoKeys(
                    f"the issuer of single sign-on does not answer ({type(error).__name__})"
                ) from error

    async def _discovered(self, http: httpx2.AsyncClient) -> str:
        told = await _json(http, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        address = told.get("jwks_uri")
        if told.get("issuer") != self._issuer or not isinstance(address, str):
            raise NoKeys(
                "what the issuer of single sign-on says of itself is not of COUNTERPART_OIDC_ISSUER; "
                "it must be written exactly as the issuer writes it"
            )
        if not is_secure(address):
            raise NoKeys("the issuer of single sign-on keeps its keys where HTTPS does not protect them")
        return address


async def _json(http: httpx2.AsyncClient, address: str) -> Mapping[str, Any]:
    async with http.stream("GET", address, headers=_PLAIN) as answer:
        if answer.status_code != 200:
            raise NoKeys(f"the issuer of single sign-on answers {answer.status_code} instead of keys")
        body = bytearray()
        async for part in answer.aiter_raw():
            body += part
            if len(body) > MOST_BYTES:
                raise NoKeys("the issuer of single sign-on answers more than a key set can be")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise NoKeys("the issuer of single sign-on answers what is no JSON object")
    return told


def is_secure(address: str) -> bool:
    """HTTPS, or HTTP to this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    return host is not None and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def require_secure(address: str, setting: str) -> str:
    if not is_secure(address):
        raise SettingUnusable(f"{setting} must be an address that begins with https://")
    return address


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
