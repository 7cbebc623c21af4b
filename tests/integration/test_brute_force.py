"""Guessing tokens, and asking too often, over HTTP."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx2
import pytest
from pydantic import SecretStr

from api.app import create_app
from coach.service import Service
from coach.settings import Settings
from tests.conftest import ADMIN, Client, World, client_for
from tests.fakes import MovingClock
from tests.integration.checks import refused


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
async def client(service: Service, clock: MovingClock) -> AsyncIterator[Client]:
    async with client_for(service, ticks=clock.ticks) as opened:
        yield opened


async def statuses(client: Client, tokens: list[str], path: str = "/v1/me") -> list[int]:
    return [(await client("GET", path, token)).status_code for token in tokens]


async def test_guessing_is_refused_for_longer_and_longer(client: Client, clock: MovingClock) -> None:
    for guess in ("{}", "cp_{}", "a.b.{}", "operator-token-of-the-test{}"):
        assert await statuses(client, [guess.format(n) for n in range(22)]) == [401] * 20 + [429] * 2
        waits = []
        for round_ in range(3):
            answer = await client("GET", "/v1/me", ADMIN)
            refused(answer, 429)
            waits.append(int(answer.headers["retry-after"]))
            clock.pass_by(seconds=waits[-1])
            assert (await client("GET", "/v1/me", ADMIN)).status_code == 200
            tried = await statuses(client, [guess.format(f"{round_}-{n}") for n in range(6)])
            assert tried == [401] * 5 + [429]
        assert waits == [30, 60, 120]
        clock.pass_by(hours=3)


async def at_once(client: Client, tokens: list[str]) -> Counter[int]:
    answers = await asyncio.gather(*(client("GET", "/v1/me", token) for token in tokens))
    return Counter(answer.status_code for answer in answers)


async def test_guesses_sent_at_once_are_no_more_than_one_by_one(client: Client, clock: MovingClock) -> None:
    assert await at_once(client, [f"cp_{n}" for n in range(200)]) == {401: 20, 429: 180}
    clock.pass_by(seconds=30)
    assert await at_once(client, [f"cp_again {n}" for n in range(200)]) == {401: 5, 429: 195}


async def test_right_tokens_sent_at_once_are_never_refused(client: Client, world: World) -> None:
    right = [world.tokens["maya"], world.tokens["ingrid"], ADMIN]
    assert await at_once(client, right * 50) == {200: 150}
    assert await at_once(client, [f"cp_{n}" for n in range(19)]) == {401: 19}
    assert await at_once(client, right * 50) == {200: 150}
    assert await at_once(client, ["cp_1", *right] * 20) == {200: 60, 401: 20}


async def test_a_right_token_from_elsewhere_is_not_hindered(service: Service, world: World) -> None:
    app = create_app(service)

    def at(address: str) -> Client:
        transport = httpx2.ASGITransport(app=app, client=(address, 1))
        return Client(httpx2.AsyncClient(transport=transport, base_url="http://coach.test"))

    attacker, maya = at("192.0.2.1"), at("198.51.100.7")
    assert 429 in await statuses(attacker, [f"cp_{n}" for n in range(25)])
    assert await statuses(attacker, [world.tokens["maya"]]) == [429]
    assert await statuses(maya, [world.tokens["maya"], ADMIN]) == [200, 200]
    for each in (attacker, maya):
        await each.http.aclose()


async def test_a_client_that_repeats_a_stale_token_is_only_told_so(client: Client, world: World) -> None:
    made = await client.made(f"/v1/participants/{world.ids['maya']}/tokens")
    await client("DELETE", f"/v1/tokens/{made['token_id']}", ADMIN)
    assert set(await statuses(client, [made["token"]] * 50 + ["wrong"] * 50)) == {401}
    assert await statuses(client, [world.tokens["maya"]]) == [200]


async def test_no_token_at_all_is_no_guess(client: Client) -> None:
    for _ in range(50):
        refused(await client("GET", "/v1/me", None), 401)


async def test_a_person_may_ask_so_often_a_minute_with_all_their_tokens(
    service: Service, world: World, clock: MovingClock
) -> None:
    service.settings = service.settings.model_copy(update={"rate_per_minute": 10})
    async with client_for(service, ticks=clock.ticks) as client:
        mine = world.tokens["maya"]
        path = f"/v1/pairings/{world.pairing}"
        body = {"scopes": ["read"]}
        second = (await client.made(f"/v1/participants/{world.ids['maya']}/tokens", body, mine))["token"]
        assert await statuses(client, [mine, second] * 5, path) == [200] * 9 + [429]
        answer = await client("GET", path, mine)
        assert "go on after" in refused(answer, 429)["detail"]
        assert answer.headers["retry-after"] == "6"
        assert await statuses(client, [world.tokens["ingrid"], ADMIN], path) == [200, 200]
        clock.pass_by(seconds=6)
        assert await statuses(client, [mine, mine], path) == [200, 429]


async def test_suggestions_are_counted_apart(service: Service, world: World, clock: MovingClock) -> None:
    service.settings = service.settings.model_copy(update={"rate_suggestions_per_minute": 2})
    async with client_for(service, ticks=clock.ticks) as client:
        path, mine = f"/v1/pairings/{world.pairing}/progress", world.tokens["maya"]
        asked = [(await client("POST", path, mine, {})).status_code for _ in range(3)]
        assert asked == [200, 200, 429]
        assert await statuses(client, [mine] * 30) == [200] * 30


async def test_what_a_token_may_not_do_counts_too(service: Service, world: World, clock: MovingClock) -> None:
    service.settings = service.settings.model_copy(update={"rate_per_minute": 5})
    async with client_for(service, ticks=clock.ticks) as client:
        made = await client.made(f"/v1/participants/{world.ids['maya']}/tokens", {"scopes": ["coach"]})
        path = f"/v1/pairings/{world.pairing}"
        assert await statuses(client, [made["token"]] * 6, path) == [403] * 5 + [429]


async def test_the_operators_token_is_told_nowhere(
    service: Service, client: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    answers = [await client("GET", "/v1/me", token) for token in (ADMIN, f"{ADMIN}x", ADMIN[:-1])]
    told = "".join((repr(service.settings), str(service.settings), repr(service), caplog.text))
    assert SecretStr(ADMIN) == service.settings.admin_token
    for text in (told, *(answer.text + str(answer.headers) for answer in answers)):
        assert ADMIN not in text
        assert ADMIN[:-1] not in text


def test_a_service_has_a_rate_unless_told_otherwise() -> None:
    settings = Settings()
    assert settings.rate_per_minute >= 600
    assert 0 < settings.rate_suggestions_per_minute < settings.rate_per_minute
