"""Fetching an issuer's keys: every request is intercepted here."""

from typing import Any

import httpx2
import pytest
import respx

from api.oidc_keys import MOST_BYTES, Endpoint, Keys
from coach.errors import NoKeys, SettingUnusable
from tests.fakes import MovingClock
from tests.unit.signing import ISSUER, key_set, rsa

_WELL_KNOWN = f"{ISSUER}/.well-known/openid-configuration"
_JWKS = "https://keys.issuer.test/jwks"


def described(**changes: Any) -> dict[str, Any]:
    return {"issuer": ISSUER, "jwks_uri": _JWKS, **changes}


async def test_keys_are_found_where_the_issuer_says(httpx2_mock: respx.Router) -> None:
    told = httpx2_mock.get(_WELL_KNOWN).respond(json=described())
    given = httpx2_mock.get(_JWKS).respond(json=key_set(rsa()))
    keys = await Keys(Endpoint(ISSUER), MovingClock()).for_kid("first")
    assert [key.kid for key in keys] == ["first"]
    assert (told.call_count, given.call_count) == (1, 1)
    request = given.calls.last.request
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers


async def test_a_setting_says_where_they_are_instead(httpx2_mock: respx.Router) -> None:
    given = httpx2_mock.get("https://elsewhere.test/k").respond(json=key_set(rsa()))
    assert await Endpoint(ISSUER, "https://elsewhere.test/k").fetch() == key_set(rsa())
    assert given.call_count == 1
    assert httpx2_mock.calls.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        respx.MockResponse(500),
        respx.MockResponse(404, json=key_set(rsa())),
        respx.MockResponse(200, content=b"<html>"),
        respx.MockResponse(200, content=b"[" * 100_000),
        respx.MockResponse(200, json=[1]),
        respx.MockResponse(200, content=b" " * (MOST_BYTES + 1)),
    ],
)
async def test_what_is_no_key_set_is_told(httpx2_mock: respx.Router, answer: respx.MockResponse) -> None:
    httpx2_mock.get(_JWKS).mock(return_value=answer)
    with pytest.raises(NoKeys, match="issuer of single sign-on"):
        await Endpoint(ISSUER, _JWKS).fetch()


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ConnectError("nobody"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("odd"),
        httpx2.UnsupportedProtocol("odd"),
    ],
)
async def test_an_issuer_that_does_not_answer_is_told(httpx2_mock: respx.Router, error: Exception) -> None:
    route = httpx2_mock.get(_JWKS).mock(side_effect=error)
    with pytest.raises(NoKeys, match="does not answer"):
        await Endpoint(ISSUER, _JWKS).fetch()
    assert route.call_count == 1


@pytest.mark.parametrize("place", [f"{_JWKS}/moved", "http://keys.issuer.test/jwks", "file:///etc/passwd"])
async def test_redirects_are_not_followed(httpx2_mock: respx.Router, place: str) -> None:
    httpx2_mock.get(_JWKS).respond(302, headers={"Location": place})
    with pytest.raises(NoKeys, match="302"):
        await Endpoint(ISSUER, _JWKS).fetch()
    assert httpx2_mock.calls.call_count == 1


@pytest.mark.parametrize(
    "told",
    [
        described(issuer="https://evil.test"),
        described(issuer=f"{ISSUER}/"),
        described(jwks_uri="http://keys.issuer.test/jwks"),
        described(jwks_uri="file:///etc/passwd"),
        described(jwks_uri=7),
        {},
    ],
)
async def test_an_issuer_that_says_odd_things_of_itself_is_not_believed(
    httpx2_mock: respx.Router, told: dict[str, Any]
) -> None:
    httpx2_mock.get(_WELL_KNOWN).respond(json=told)
    with pytest.raises(NoKeys):
        await Endpoint(ISSUER).fetch()
    assert httpx2_mock.calls.call_count == 1


@pytest.mark.parametrize(
    ("issuer", "place", "setting"),
    [
        ("http://issuer.test", None, "COUNTERPART_OIDC_ISSUER"),
        ("issuer.test", None, "COUNTERPART_OIDC_ISSUER"),
        (ISSUER, "http://issuer.test/keys", "COUNTERPART_OIDC_JWKS_URL"),
        (ISSUER, "file:///etc/passwd", "COUNTERPART_OIDC_JWKS_URL"),
    ],
)
def test_an_address_that_is_not_safe_is_refused_at_the_start(
    issuer: str, place: str | None, setting: str
) -> None:
    with pytest.raises(SettingUnusable, match=setting):
        Endpoint(issuer, place)
