"""What single sign-on takes for proof of who someone is, and what it does not."""

import asyncio
import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey

from api.oidc import ALGORITHMS, Oidc
from api.oidc_keys import FRESH, REST, USABLE, Keys, is_secure, usable
from coach.errors import NoKeys, NotAuthenticated, UnknownToken
from tests.fakes import NOW, MovingClock
from tests.unit.signing import AUDIENCE, ISSUER, FakeSource, claims, ec, key_set, okp, rsa, signed

_AT = int(NOW.timestamp())
_LEEWAY = 60


def oidc(source: FakeSource | None = None, clock: MovingClock | None = None) -> Oidc:
    moving = clock or MovingClock()
    return Oidc(Keys(source or FakeSource(), moving), ISSUER, AUDIENCE, _LEEWAY, moving)


def unsigned(header: Mapping[str, Any], told: Mapping[str, Any], signature: str = "") -> str:
    parts = (urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, told))
    return ".".join((*parts, signature))


async def test_a_right_token_tells_who_it_is_and_until_when() -> None:
    told = await oidc().identity(signed(claims(email="maya@example.org", email_verified=True)))
    assert (told.subject, told.email) == ("maya-at-issuer", "maya@example.org")
    assert told.ends_at == datetime.fromtimestamp(_AT + 300, UTC)


@pytest.mark.parametrize("verified", [None, False, "true", "false", 1, "yes", [True], {}])
async def test_an_email_counts_only_when_it_is_verified(verified: Any) -> None:
    told = await oidc().identity(signed(claims(email="maya@example.org", email_verified=verified)))
    assert told.email is None


@pytest.mark.parametrize("email", [None, 7, "", ["maya@example.org"], {"a": "b"}])
async def test_an_email_that_is_no_text_is_none(email: Any) -> None:
    assert (await oidc().identity(signed(claims(email=email, email_verified=True)))).email is None


@pytest.mark.parametrize(
    ("key", "alg"),
    [(rsa(), alg) for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")]
    + [(ec(), "ES256"), (okp(), "EdDSA"), (okp(), "Ed25519")],
)
async def test_the_usual_ways_of_signing_are_taken(key: Any, alg: str) -> None:
    issuer = oidc(FakeSource(rsa(), ec(), okp()))
    assert (await issuer.identity(signed(claims(), key, alg))).subject == "maya-at-issuer"


def test_no_way_of_signing_uses_a_shared_secret() -> None:
    assert not [alg for alg in ALGORITHMS if alg.startswith("HS") or alg.lower() == "none"]


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", None, "HS256", "HS512", ["RS256"], {"RS256": 1}, 7]
)
async def test_no_signature_and_other_algorithms_are_refused(alg: Any) -> None:
    for signature in ("", "AAAA"):
        with pytest.raises(UnknownToken):
            await oidc().identity(unsigned({"alg": alg, "kid": "first"}, claims(), signature))


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(
    ["typ", "kid", "crit", "b64", "cty", "jku", "jwk", "x5u", "x5c", "x5t", "zip", "enc", "epk"]
)


@given(st.dictionaries(_NAMES, _ANYTHING, max_size=3), _ANYTHING, st.sampled_from(["", "AAAA", "_", "é"]))
async def test_no_head_and_no_claims_that_anybody_can_make_up_do_more_than_be_refused(
    head: dict[str, Any], told: Any, signature: str
) -> None:
    for alg in ("RS256", "ES256", "EdDSA"):
        with pytest.raises(UnknownToken):
            await oidc().identity(unsigned({"alg": alg, "kid": "first", **head}, told, signature))


@pytest.mark.parametrize("told", ["[" * 9_000, '{"a":' * 2_000, "", "\0", "NaN"])
async def test_claims_that_nobody_can_read_are_refused(told: str) -> None:
    parts = ('{"alg": "RS256", "kid": "first"}', told, "signature")
    token = ".".join(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    with pytest.raises(UnknownToken):
        await oidc().identity(token)


@pytest.mark.parametrize("form", ["pem", "jwk"])
async def test_the_public_key_is_no_secret_to_sign_with(form: str) -> None:
    public = rsa().public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if form == "jwk":
        public = json.dumps(rsa().as_dict(private=False)).encode()
    header = {"alg": "HS256", "kid": "first"}
    text = unsigned(header, claims()).rstrip(".")
    mac = urlsafe_b64encode(hmac.digest(public, text.encode(), hashlib.sha256)).decode().rstrip("=")
    with pytest.raises(UnknownToken):
        await oidc().identity(f"{text}.{mac}")


async def test_a_key_in_the_tokens_own_header_is_not_believed() -> None:
    own = RSAKey.generate_key(2048, {"kid": "own"})
    for kid in ("own", "first"):
        forged = signed(claims(), own, kid=kid, jwk=own.as_dict(private=False), jku="https://evil.test/keys")
        with pytest.raises(UnknownToken):
            await oidc().identity(forged)


async def test_a_key_of_another_curve_does_not_fit() -> None:
    wide = ECKey.generate_key("P-384", {"kid": "wide"})
    issuer = oidc(FakeSource(rsa(), wide))
    with pytest.raises(UnknownToken):
        await issuer.identity(signed(claims(), ec(), "ES256", kid="wide"))


async def test_what_was_changed_after_signing_is_refused() -> None:
    head, body, signature = signed(claims()).split(".")
    other = signed(claims(sub="ingrid-at-issuer")).split(".")[1]
    for changed in (f"{head}.{other}.{signature}", f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}."):
        with pytest.raises(UnknownToken):
            await oidc().identity(changed)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": None},
        {"aud": "another-service"},
        {"aud": ["another-service"]},
        {"aud": []},
        {"aud": {"counterpart": 1}},
        {"aud": f"{AUDIENCE} "},
        {"iss": None},
        {"iss": "https://issuer.test/other"},
        {"iss": f"{ISSUER}/"},
        {"iss": [ISSUER]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": ["maya-at-issuer"]},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"exp": True},
        {"nbf": "soon"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
)
async def test_a_claim_that_is_missing_or_wrong_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticated) as told:
        await oidc().identity(signed(claims(**changes)))
    assert not isinstance(told.value, UnknownToken)


async def test_one_of_several_audiences_will_do() -> None:
    assert (await oidc().identity(signed(claims(aud=["other", AUDIENCE])))).subject == "maya-at-issuer"


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({"exp": _AT - _LEEWAY + 1}, True),
        ({"exp": _AT - _LEEWAY}, False),
        ({"nbf": _AT + _LEEWAY}, True),
        ({"nbf": _AT + _LEEWAY + 1}, False),
        ({"iat": _AT + _LEEWAY}, True),
        ({"iat": _AT + _LEEWAY + 1}, False),
        ({"exp": 10**20}, True),
        ({"exp": -(10**20)}, False),
    ],
)
async def test_clocks_may_differ_by_the_leeway_and_no_more(changes: dict[str, Any], taken: bool) -> None:
    try:
        await oidc().identity(signed(claims(**changes)))
    except NotAuthenticated:
        assert not taken
    else:
        assert taken


async def test_a_token_expires_as_time_goes_by() -> None:
    clock = MovingClock()
    issuer, token = oidc(clock=clock), signed(claims())
    await issuer.identity(token)
    clock.pass_by(seconds=300 + _LEEWAY)
    with pytest.raises(NotAuthenticated, match="expired"):
        await issuer.identity(token)


@pytest.mark.parametrize(
    ("kind", "taken"), [("JWT", True), ("at+jwt", True), ("logout+jwt", False), (7, False)]
)
async def test_tokens_for_other_purposes_are_refused(kind: Any, taken: bool) -> None:
    token = (
        signed(claims(), typ=kind) if isinstance(kind, str) else unsigned({"alg": "RS256", "typ": kind}, {})
    )
    if taken:
        assert await oidc().identity(token)
    else:
        with pytest.raises(UnknownToken):
            await oidc().identity(token)


@pytest.mark.parametrize(
    "token", ["..", "a.b.c", "é.é.é", "e30.e30.", "W10.e30.AA", ".".join(("A" * 9000,) * 3)]
)
async def test_what_is_no_token_at_all_is_refused_without_asking_the_issuer(token: str) -> None:
    source = FakeSource()
    with pytest.raises(UnknownToken):
        await oidc(source).identity(token)
    assert source.asked == 0


async def test_headers_of_other_names_do_no_harm_and_critical_ones_that_nobody_knows_do() -> None:
    assert await oidc().identity(signed(claims(), x5t="abc", tenant="t", x5c=["A" * 2000]))
    text = unsigned({"alg": "RS256", "kid": "first", "crit": ["x-new"], "x-new": 1}, claims(), "AAAA")
    with pytest.raises(UnknownToken):
        await oidc().identity(text)


async def test_keys_are_fetched_once_and_again_after_an_hour() -> None:
    clock, source = MovingClock(), FakeSource()
    keys = Keys(source, clock)
    await asyncio.gather(*(keys.for_kid("first") for _ in range(50)))
    assert source.asked == 1
    clock.pass_by(seconds=FRESH.total_seconds() - 1)
    await keys.for_kid("first")
    assert source.asked == 1
    clock.pass_by(seconds=1)
    await keys.for_kid("first")
    assert source.asked == 2


async def test_a_kid_that_is_new_is_looked_for_at_the_issuer_once_in_a_while() -> None:
    clock, source = MovingClock(), FakeSource()
    keys = Keys(source, clock)
    await keys.for_kid("first")
    source.rotate(rsa("second"))
    clock.pass_by(seconds=REST.total_seconds())
    assert await keys.for_kid("second")
    assert source.asked == 2
    for number in range(100):
        with pytest.raises(UnknownToken):
            await keys.for_kid(f"forged {number}")
    assert source.asked == 2
    with pytest.raises(UnknownToken):
        await keys.for_kid("first")


async def test_while_the_issuer_is_away_its_keys_go_on_for_a_day() -> None:
    clock, source = MovingClock(), FakeSource()
    keys = Keys(source, clock)
    await keys.for_kid("first")
    source.away = True
    clock.pass_by(seconds=USABLE.total_seconds() - 1)
    await keys.for_kid("first")
    clock.pass_by(seconds=1)
    with pytest.raises(NoKeys, match="try again"):
        await keys.for_kid("first")
    source.away = False
    clock.pass_by(seconds=REST.total_seconds())
    await keys.for_kid("first")


async def test_while_keys_are_fetched_again_the_old_ones_are_used() -> None:
    clock, source, answer = MovingClock(), FakeSource(), asyncio.Event()

    class Slow:
        async def fetch(self) -> Mapping[str, Any]:
            if source.asked:
                await answer.wait()
            return await source.fetch()

    keys = Keys(Slow(), clock)
    await keys.for_kid("first")
    clock.pass_by(hours=2)
    waiting = asyncio.create_task(keys.for_kid("first"))
    await asyncio.sleep(0)
    assert await keys.for_kid("first")
    assert not waiting.done()
    answer.set()
    assert await waiting
    assert source.asked == 2


async def test_an_issuer_that_is_away_is_not_asked_for_each_request() -> None:
    clock, source = MovingClock(), FakeSource()
    source.away, keys = True, Keys(source, clock)
    for _ in range(100):
        with pytest.raises(NoKeys):
            await keys.for_kid("first")
    assert source.asked == 1


async def test_a_token_without_a_kid_is_taken_where_there_is_one_key_alone() -> None:
    plain = signed(claims(), rsa(), kid=None)
    assert await oidc(FakeSource(rsa())).identity(plain)
    with pytest.raises(UnknownToken):
        await oidc(FakeSource(rsa(), rsa("second"))).identity(plain)


def test_keys_that_are_not_for_signing_or_too_weak_are_passed_over() -> None:
    told = key_set(rsa(), ec())
    secret = OctKey.generate_key(256, {"kid": "secret"}).as_dict(private=True)
    others = [
        secret,
        {**rsa("enc").as_dict(private=False), "use": "enc"},
        rsa("weak", 1024).as_dict(private=False),
        {"kty": "RSA", "kid": "broken", "n": "!", "e": 3},
        {"kty": "AKP", "kid": "new"},
        {"kid": "nothing"},
        "text",
        None,
    ]
    assert {key.kid for key in usable({"keys": [*others, *told["keys"]]})} == {"first", "curve"}


@pytest.mark.parametrize("told", [{}, {"keys": None}, {"keys": {}}, {"keys": "x"}])
def test_what_is_no_key_set_is_told(told: dict[str, Any]) -> None:
    with pytest.raises(NoKeys):
        usable(told)


@pytest.mark.parametrize(
    ("address", "secure"),
    [
        ("https://issuer.test", True),
        ("https://issuer.test:8443/realm", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://localhost", True),
        ("http://issuer.test", False),
        ("http://localhost.evil.test", False),
        ("http://127.0.0.1.evil.test", False),
        ("http://169.254.169.254/keys", False),
        ("file:///etc/passwd", False),
        ("ftp://127.0.0.1/keys", False),
        ("https://", False),
        ("//issuer.test", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_https_is_secure_and_http_on_this_machine(address: str, secure: bool) -> None:
    assert is_secure(address) is secure
