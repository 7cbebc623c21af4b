"""Bearer tokens of single sign-on: signature, issuer, audience and times, checked by joserfc.

joserfc, because keys have a type there that an algorithm must fit (a public key is never a secret), and
because the time is an argument.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from api.oidc_keys import Keys
from coach.domain.tokens import Identity
from coach.errors import NotAuthenticated, UnknownToken
from coach.ports import Clock

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
MOST_BYTES = 16_384
_TYPES = {"JWT", "AT+JWT", "APPLICATION/AT+JWT"}
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class _Registry(JWSRegistry):
    """Headers of any name, as the standard has it, and room for a chain of certificates."""

    max_header_length = MOST_BYTES

    def __init__(self) -> None:
        super().__init__(strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """Those that are allowed here, EdDSA by its old name among them, without a warning for each token."""
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"{name} is not allowed")
        return self.algorithms[name]


class Oidc:
    """Who an issuer says that somebody is; UnknownToken when it may be someone else who says so."""

    def __init__(self, keys: Keys, issuer: str, audience: str, leeway: int, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._claims = JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=leeway,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    async def identity(self, token: str) -> Identity:
        header = _header(token)
        keys = await self._keys.for_kid(_kid(header))
        try:
            claims = jwt.decode(token, keys, registry=_Registry()).claims
        except Exception as error:  # whatever a stranger's token does to its readers is the token's fault
            raise UnknownToken("the signature of this token is not that of the issuer's keys") from error
        self._require(claims)
        return _identity(claims)

    def _require(self, claims: Mapping[str, Any]) -> None:
        try:
            self._claims.validate(dict(claims))
        except ExpiredTokenError:
            raise NotAuthenticated("this token has expired; sign on again") from None
        except ClaimError as error:
            raise NotAuthenticated(
                f"the claim {error.claim!r} of this token is missing or not what it must be here; "
                "ask your issuer for a token for this service"
            ) from None
        if "events" in claims:
            raise NotAuthenticated("this token tells of an event; send one that was made for signing on")


def _header(token: str) -> dict[str, Any]:
    """Of a token that is signed in one of the ways allowed here."""
    try:
        if len(token) > MOST_BYTES or token.count(".") != 2:
            raise ValueError
        part = token.split(".", 1)[0]
        header = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise UnknownToken("this is no token that could be read") from None
    if not isinstance(header, dict) or header.get("alg") not in ALGORITHMS:
        raise UnknownToken(f"a token must be signed by one of {', '.join(ALGORITHMS)}")
    kind = header.get("typ")
    if kind is not None and (not isinstance(kind, str) or kind.upper() not in _TYPES):
        raise UnknownToken("this token is of a type that was not made for signing on")
    return header


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise UnknownToken("the kid of a token must be text")
    return kid


def _identity(claims: Mapping[str, Any]) -> Identity:
    """The email only when the issuer says that it is verified: `true`, and nothing that looks like it."""
    email = claims.get("email")
    verified = claims.get("email_verified") is True and isinstance(email, str) and email
    try:
        ends_at = min(datetime.fromtimestamp(claims["exp"], UTC), _LATEST)
    except (OverflowError, OSError, ValueError):
        ends_at = _LATEST
    return Identity(claims["sub"], email if verified else None, ends_at)
