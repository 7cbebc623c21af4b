"""Signing on with an issuer's token, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.oidc_keys import REST, USABLE
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import ADMIN, Client, World, client_for
from tests.fakes import MovingClock, WordEmbedder, WordReader
from tests.integration.checks import refused
from tests.unit.signing import AUDIENCE, ISSUER, FakeSource, claims, rsa, signed


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE})


@pytest.fixture
async def client(
    settings: Settings, clock: MovingClock, source: FakeSource, embedder: WordEmbedder
) -> AsyncIterator[Client]:
    wiring: dict[str, Any] = {"embedder_of": lambda _: embedder, "reader": WordReader(), "clock": clock}
    async with (
        open_service(settings, **wiring) as service,
        client_for(service, keys=source, ticks=clock.ticks) as opened,
    ):
        yield opened


async def bind(client: Client, participant: str, **changes: str | None) -> None:
    answer = await client("PATCH", f"/v1/participants/{participant}", ADMIN, changes)
    assert answer.status_code == 200, answer.text
    assert {**answer.json(), **changes} == answer.json()


async def me(client: Client, token: str, **headers: str) -> dict[str, Any]:
    answer = await client("GET", "/v1/me", token, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_subject_signs_on_as_its_participant(client: Client, world: World) -> None:
    await bind(client, world.ids["maya"], subject="maya-at-issuer")
    told = await me(client, signed(claims()))
    assert told["participant"]["id"] == world.ids["maya"]
    assert told["program"]["id"] == world.program
    assert [pairing["id"] for pairing in told["pairings"]] == [world.pairing]
    assert (told["role"], told["scopes"]) == ("mentor", ["read", "write", "coach"])
    assert told["expires_at"] == "2027-03-10T09:05:00Z"
    path = f"/v1/pairings/{world.pairing}/agenda"
    assert (await client("POST", path, signed(claims()), {})).status_code == 200


async def test_a_verified_email_signs_on_whatever_its_capitals(client: Client, world: World) -> None:
    await bind(client, world.ids["maya"], email="Maya.Okafor@Example.org")
    token = signed(claims(sub="x", email="maya.okafor@EXAMPLE.org", email_verified=True))
    assert (await me(client, token))["participant"]["id"] == world.ids["maya"]
    for changes in ({"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}):
        told = {"sub": "x", "email": "maya.okafor@example.org", **changes}
        detail = refused(await client("GET", "/v1/me", signed(claims(**told))), 401)["detail"]
        assert "operator" in detail


async def test_an_email_that_only_looks_alike_signs_nobody_on(client: Client, world: World) -> None:
    await bind(client, world.ids["maya"], email="maya@example.org")
    await bind(client, world.ids["ingrid"], email="kate@example.org")
    for email in ("m%@example.org", "maya@example.org ", "\u212aate@example.org", "_aya@example.org"):
        token = signed(claims(sub="x", email=email, email_verified=True))
        refused(await client("GET", "/v1/me", token), 401)


async def test_who_is_bound_to_a_subject_is_not_signed_on_by_email(client: Client, world: World) -> None:
    await bind(client, world.ids["maya"], email="maya@example.org", subject="maya-at-issuer")
    told = {"email": "maya@example.org", "email_verified": True}
    assert await me(client, signed(claims(**told)))
    refused(await client("GET", "/v1/me", signed(claims(sub="new-owner-of-the-address", **told))), 401)


async def test_a_subject_that_is_taken_away_signs_on_no_more(client: Client, world: World) -> None:
    await bind(client, world.ids["maya"], subject="maya-at-issuer")
    assert await me(client, signed(claims()))
    await bind(client, world.ids["maya"], subject=None)
    refused(await client("GET", "/v1/me", signed(claims())), 401)


async def test_someone_in_two_programs_says_as_whom(client: Client, world: World) -> None:
    other = (await client.made("/v1/programs", {"name": "Data 2027", "objectives": []}))["id"]
    body = {"name": "Maya Okafor", "role": "owner", "subject": "maya-at-issuer"}
    second = (await client.made(f"/v1/programs/{other}/participants", body))["id"]
    await bind(client, world.ids["maya"], email="maya@example.org")
    token = signed(claims(email="maya@example.org", email_verified=True))
    detail = refused(await client("GET", "/v1/me", token), 409)["detail"]
    for told in ("Counterpart-Participant", second, world.ids["maya"], "Data 2027", "Reverse 2027"):
        assert told in detail
    for chosen in (second, world.ids["maya"]):
        told = await me(client, token, **{"Counterpart-Participant": chosen})
        assert told["participant"]["id"] == chosen
    for stranger in (world.ids["ingrid"], "nobody"):
        answer = await client("GET", "/v1/me", token, headers={"Counterpart-Participant": stranger})
        assert "names no participant of yours" in refused(answer, 404)["detail"]


async def test_an_expired_token_and_a_forged_one_are_refused(
    client: Client, world: World, clock: MovingClock
) -> None:
    await bind(client, world.ids["maya"], subject="maya-at-issuer")
    token = signed(claims())
    assert await me(client, token)
    forged = signed(claims(), rsa("other"), kid="first")
    refused(await client("GET", "/v1/me", forged), 401)
    clock.pass_by(minutes=6, seconds=1)
    assert "sign on again" in refused(await client("GET", "/v1/me", token), 401)["detail"]


async def test_without_keys_the_service_says_what_to_do(
    client: Client, world: World, source: FakeSource, clock: MovingClock
) -> None:
    await bind(client, world.ids["maya"], subject="maya-at-issuer")
    source.away = True
    answer = await client("GET", "/v1/me", signed(claims()))
    assert answer.status_code == 503
    assert "try again" in answer.json()["detail"]
    assert (await client("GET", "/v1/me", world.tokens["maya"])).status_code == 200
    source.away = False
    clock.pass_by(seconds=REST.total_seconds())
    assert await me(client, signed(claims()))
    source.away = True
    clock.pass_by(seconds=USABLE.total_seconds() - 60)
    later = int(clock.ticks())
    assert await me(client, signed(claims(iat=later, exp=later + 300)))


async def test_what_single_sign_on_gives_is_no_longer_than_itself(client: Client, world: World) -> None:
    await bind(client, world.ids["maya"], subject="maya-at-issuer")
    path = f"/v1/participants/{world.ids['maya']}/tokens"
    made = await client.made(path, {"scopes": ["read"]}, signed(claims()))
    told = await me(client, made["token"])
    assert (told["scopes"], told["expires_at"]) == (["read"], "2027-03-10T09:05:00Z")


async def test_forging_is_slowed_down_as_guessing_is(client: Client, world: World) -> None:
    await bind(client, world.ids["maya"], subject="maya-at-issuer")
    own = rsa("other")
    statuses = [
        (await client("GET", "/v1/me", signed(claims(jti=str(n)), own, kid="first"))).status_code
        for n in range(25)
    ]
    assert statuses == [401] * 20 + [429] * 5


async def test_a_person_sets_no_subject(client: Client, world: World) -> None:
    for token in (world.tokens["maya"], world.tokens["olga"]):
        answer = await client("PATCH", f"/v1/participants/{world.ids['maya']}", token, {"subject": "me"})
        refused(answer, 404)
