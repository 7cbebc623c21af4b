"""An issuer of single sign-on of the tests' own: its keys, and what it signs."""

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from coach.errors import NoKeys
from tests.fakes import NOW

ISSUER, AUDIENCE = "https://issuer.test/realm", "counterpart"
_AT = int(NOW.timestamp())


@cache
def rsa(kid: str = "first", bits: int = 2048) -> RSAKey:
    with warnings.catch_warnings(action="ignore"):
        return RSAKey.generate_key(bits, {"kid": kid, "use": "sig"})


@cache
def ec(kid: str = "curve") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


@cache
def okp(kid: str = "edwards") -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid})


def key_set(*keys: Key) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def claims(**changes: Any) -> dict[str, Any]:
    """Of a token for Maya that works for five minutes; a change to None leaves one out."""
    told = {"iss": ISSUER, "aud": AUDIENCE, "sub": "maya-at-issuer", "iat": _AT, "exp": _AT + 300, **changes}
    return {name: value for name, value in told.items() if value is not None}


def signed(
    told: Mapping[str, Any], key: Key | OctKey | None = None, alg: str = "RS256", **header: Any
) -> str:
    key = key or rsa()
    head = {"alg": alg, "kid": key.kid, **header}
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    given = {name: value for name, value in head.items() if value is not None}
    with warnings.catch_warnings(action="ignore"):
        return jwt.encode(given, dict(told), key, registry=registry, default_type=None)


class FakeSource:
    """Gives the key set that it was told to, or none, and counts how often it was asked."""

    def __init__(self, *keys: Key) -> None:
        self.told: Mapping[str, Any] = key_set(*(keys or (rsa(),)))
        self.away = False
        self.asked = 0

    def rotate(self, *keys: Key) -> None:
        self.told = key_set(*keys)

    async def fetch(self) -> Mapping[str, Any]:
        self.asked += 1
        if self.away:
            raise NoKeys("the issuer of the tests is away")
        return self.told
