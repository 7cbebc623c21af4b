"""Tokens over HTTP: given, listed, ended, rotated and revoked."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from coach.service import Service
from coach.settings import Settings
from coach.setup.tokens import SELF_MADE_MOST
from coach.wiring import open_service
from tests.conftest import ADMIN, Client, World, client_for
from tests.fakes import MovingClock, WordEmbedder, WordReader
from tests.integration.checks import listed, refused


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
async def service(settings: Settings, clock: MovingClock, embedder: WordEmbedder) -> AsyncIterator[Service]:
    wiring: dict[str, Any] = {"embedder_of": lambda _: embedder, "reader": WordReader(), "clock": clock}
    async with open_service(settings, **wiring) as opened:
        yield opened


@pytest.fixture
async def client(service: Service, clock: MovingClock) -> AsyncIterator[Client]:
    async with client_for(service, ticks=clock.ticks) as opened:
        yield opened


async def given(world: World, body: Any = None, who: str = "maya", by: str = ADMIN) -> dict[str, Any]:
    return await world.client.made(f"/v1/participants/{world.ids[who]}/tokens", body, by)


async def tokens(world: World, who: str = "maya") -> list[dict[str, Any]]:
    return listed(await world.client("GET", f"/v1/participants/{world.ids[who]}/tokens", ADMIN))


async def known(world: World, made: dict[str, Any]) -> dict[str, Any]:
    """What the list tells of this token."""
    return next(token for token in await tokens(world) if token["id"] == made["token_id"])


async def status(world: World, token: str) -> int:
    return (await world.client("GET", f"/v1/pairings/{world.pairing}", token)).status_code


async def test_a_token_is_told_apart_without_its_secret(client: Client, world: World) -> None:
    made = await given(world, {"label": "phone", "scopes": ["coach", "read"], "expires_in_days": 30})
    assert set(made) == {"token", "token_id"}
    second = await known(world, made)
    (first,) = [token for token in await tokens(world) if token != second]
    assert {**first, "label": None, "scopes": ["read", "write", "coach"], "expires_at": None} == first
    assert second == {
        "id": made["token_id"],
        "label": "phone",
        "scopes": ["read", "coach"],
        "created_at": "2027-03-10T09:00:00Z",
        "expires_at": "2027-04-09T09:00:00Z",
        "last_used_at": None,
        "revoked_at": None,
    }
    listing = await client("GET", f"/v1/participants/{world.ids['maya']}/tokens", made["token"])
    assert len(listed(listing)) == 2
    assert made["token"] not in listing.text


async def test_others_learn_nothing_of_ones_tokens(client: Client, world: World) -> None:
    made = await given(world)
    path = f"/v1/participants/{world.ids['maya']}/tokens"
    for other in (world.tokens["ingrid"], world.tokens["olga"]):
        refused(await client("GET", path, other), 404)
        refused(await client("POST", path, other, {"scopes": ["read"]}), 404)
        refused(await client("DELETE", f"/v1/tokens/{made['token_id']}", other), 404)
        refused(await client("POST", f"/v1/tokens/{made['token_id']}/rotate", other), 404)
    assert await status(world, made["token"]) == 200


async def test_a_token_ends_when_it_was_said_to(client: Client, world: World, clock: MovingClock) -> None:
    by_days = await given(world, {"expires_in_days": 1})
    by_time = await given(world, {"expires_at": "2027-03-11T10:00:00+01:00"})
    for made in (by_days, by_time):
        clock.now = clock.now.replace(day=11, hour=8, minute=59, second=59)
        assert await status(world, made["token"]) == 200
        clock.pass_by(seconds=1)
        answer = await client("GET", f"/v1/pairings/{world.pairing}", made["token"])
        assert "expired" in refused(answer, 401)["detail"]
    assert await status(world, world.tokens["maya"]) == 200


async def test_what_a_token_can_not_be_is_told_by_its_field(client: Client, world: World) -> None:
    asked: list[tuple[dict[str, Any], str]] = [
        ({"expires_at": "2027-03-10T09:00:00Z"}, "expires_at"),
        ({"expires_at": "2027-04-10T09:00:00"}, "expires_at"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 1, "expires_at": "2027-04-10T09:00:00Z"}, "expires_in_days"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes.0"),
        ({"label": " "}, "label"),
        ({"scope": ["read"]}, "scope"),
    ]
    for body, field in asked:
        answer = await client("POST", f"/v1/participants/{world.ids['maya']}/tokens", ADMIN, body)
        assert [fault["field"] for fault in refused(answer, 422)["errors"]] == [field]


async def test_a_revoked_token_is_refused_from_then_on(client: Client, world: World) -> None:
    made, other = await given(world), await given(world)
    for _ in range(2):
        assert (await client("DELETE", f"/v1/tokens/{made['token_id']}", ADMIN)).status_code == 204
    answer = await client("GET", f"/v1/pairings/{world.pairing}", made["token"])
    assert "revoked" in refused(answer, 401)["detail"]
    assert await status(world, other["token"]) == 200
    by_holder = await client("DELETE", f"/v1/tokens/{other['token_id']}", other["token"])
    assert by_holder.status_code == 204
    assert await status(world, other["token"]) == 401
    for ended in (made, other):
        assert (await known(world, ended))["revoked_at"] == "2027-03-10T09:00:00Z"
    assert [token["revoked_at"] for token in await tokens(world)].count(None) == 1
    refused(await client("DELETE", "/v1/tokens/nothing", ADMIN), 404)


async def test_a_token_is_rotated_at_once_or_after_a_grace(
    client: Client, world: World, clock: MovingClock
) -> None:
    old = await given(world, {"label": "phone", "scopes": ["read", "write"], "expires_in_days": 30})
    new = await client.made(f"/v1/tokens/{old['token_id']}/rotate", None, old["token"])
    assert (await status(world, old["token"]), await status(world, new["token"])) == (401, 200)
    last = await client.made(f"/v1/tokens/{new['token_id']}/rotate", {"grace_minutes": 10}, new["token"])
    assert (await status(world, new["token"]), await status(world, last["token"])) == (200, 200)
    refused(await client("POST", f"/v1/tokens/{new['token_id']}/rotate", new["token"]), 409)
    clock.pass_by(minutes=10)
    assert (await status(world, new["token"]), await status(world, last["token"])) == (401, 200)
    told = await known(world, last)
    assert (told["label"], told["scopes"]) == ("phone", ["read", "write"])
    assert told["expires_at"] == "2027-04-09T09:00:00Z"
    for over in (old, new):
        refused(await client("POST", f"/v1/tokens/{over['token_id']}/rotate", ADMIN), 409)


async def test_nobody_puts_their_own_end_off(client: Client, world: World) -> None:
    old = await given(world, {"expires_in_days": 10})
    rotate, make = f"/v1/tokens/{old['token_id']}/rotate", f"/v1/participants/{world.ids['maya']}/tokens"
    for path, body in ((rotate, {}), (make, {"scopes": ["read"]})):
        answer = await client("POST", path, old["token"], {"expires_in_days": 11, **body})
        assert [fault["field"] for fault in refused(answer, 422)["errors"]] == ["expires_in_days"]
    answer = await client("POST", rotate, world.tokens["maya"], {"expires_in_days": 11})
    refused(answer, 422)
    child = await client.made(make, {"scopes": ["read"]}, old["token"])
    sooner = await client.made(rotate, {"expires_in_days": 5}, old["token"])
    assert (await known(world, child))["expires_at"] == "2027-03-20T09:00:00Z"
    assert (await known(world, sooner))["expires_at"] == "2027-03-15T09:00:00Z"
    by_operator = await given(world, {"expires_in_days": 10})
    later = await client.made(f"/v1/tokens/{by_operator['token_id']}/rotate", {"expires_in_days": 40})
    assert (await known(world, later))["expires_at"] == "2027-04-19T09:00:00Z"
    assert await status(world, later["token"]) == 200


async def test_a_person_makes_tokens_that_may_less_than_theirs(client: Client, world: World) -> None:
    mine = await given(world, {"scopes": ["read", "write"]})
    made = await given(world, {"scopes": ["read"]}, by=mine["token"])
    assert (await known(world, made))["scopes"] == ["read"]
    path = f"/v1/participants/{world.ids['maya']}/tokens"
    for asked in (["coach"], ["read", "write", "coach"]):
        assert "coach" in refused(await client("POST", path, mine["token"], {"scopes": asked}), 403)["detail"]
    refused(await client("POST", path, made["token"], {"scopes": ["read"]}), 403)
    refused(await client("POST", path, mine["token"]), 404)
    refused(await client("POST", path, mine["token"], {"scopes": ["write", "read"]}), 422)
    whole = next(token for token in await tokens(world) if "coach" in token["scopes"])
    refused(await client("POST", f"/v1/tokens/{whole['id']}/rotate", mine["token"]), 403)


async def test_what_was_made_with_a_token_ends_with_it(client: Client, world: World) -> None:
    stolen = await given(world)
    child = await given(world, {"scopes": ["read", "write"]}, by=stolen["token"])
    grandchild = await given(world, {"scopes": ["read"]}, by=child["token"])
    renewed = await client.made(f"/v1/tokens/{child['token_id']}/rotate", None, child["token"])
    untouched = await given(world)
    taken = await client.made(f"/v1/tokens/{untouched['token_id']}/rotate", None, stolen["token"])
    mine = world.tokens["maya"]
    assert (await client("DELETE", f"/v1/tokens/{stolen['token_id']}", mine)).status_code == 204
    for made in (stolen, child, grandchild, renewed, taken):
        assert await status(world, made["token"]) == 401
    assert await status(world, mine) == 200


async def test_what_was_made_with_a_token_ends_with_the_one_in_its_place(
    client: Client, world: World
) -> None:
    old = await given(world)
    child = await given(world, {"scopes": ["read"]}, by=old["token"])
    new = await client.made(f"/v1/tokens/{old['token_id']}/rotate", None, old["token"])
    assert await status(world, child["token"]) == 200
    assert (await client("DELETE", f"/v1/tokens/{new['token_id']}", ADMIN)).status_code == 204
    assert await status(world, child["token"]) == 401


async def test_what_a_token_rotated_itself_into_is_revoked_with_it(
    client: Client, world: World, clock: MovingClock
) -> None:
    for grace, hours in ((10_080, 0), (10_080, 24 * 8), (0, 0)):
        stolen = await given(world)
        first = await client.made(
            f"/v1/tokens/{stolen['token_id']}/rotate", {"grace_minutes": grace}, stolen["token"]
        )
        second = await client.made(f"/v1/tokens/{first['token_id']}/rotate", None, first["token"])
        child = await given(world, {"scopes": ["read"]}, by=second["token"])
        clock.pass_by(hours=hours)
        assert [await status(world, made["token"]) for made in (second, child)] == [200, 200]
        mine = world.tokens["maya"]
        assert (await client("DELETE", f"/v1/tokens/{stolen['token_id']}", mine)).status_code == 204
        assert [await status(world, made["token"]) for made in (stolen, second, child)] == [401, 401, 401]
        assert await status(world, mine) == 200


async def test_the_one_in_its_place_cuts_a_grace_short_and_lives_on(client: Client, world: World) -> None:
    old = await given(world)
    child = await given(world, {"scopes": ["read", "write"]}, by=old["token"])
    rotate, revoke = f"/v1/tokens/{old['token_id']}/rotate", f"/v1/tokens/{old['token_id']}"
    new = await client.made(rotate, {"grace_minutes": 10}, old["token"])
    assert (await client("DELETE", revoke, new["token"])).status_code == 204
    assert [await status(world, made["token"]) for made in (old, new, child)] == [401, 200, 200]
    assert (await client("DELETE", revoke, child["token"])).status_code == 204
    assert [await status(world, made["token"]) for made in (new, child)] == [401, 401]


async def test_what_the_operator_put_in_its_place_lives_on(client: Client, world: World) -> None:
    old = await given(world)
    new = await client.made(f"/v1/tokens/{old['token_id']}/rotate", {"grace_minutes": 10}, ADMIN)
    assert (await client("DELETE", f"/v1/tokens/{old['token_id']}", ADMIN)).status_code == 204
    assert [await status(world, made["token"]) for made in (old, new)] == [401, 200]


@pytest.mark.parametrize("what", ["child", "successor", "successor of another"])
async def test_who_waits_behind_the_revocation_of_their_token_makes_none(
    client: Client, world: World, service: Service, what: str
) -> None:
    stolen, other = await given(world), await given(world, {"scopes": ["read"]})
    path, body = {
        "child": (f"/v1/participants/{world.ids['maya']}/tokens", {"scopes": ["read"]}),
        "successor": (f"/v1/tokens/{stolen['token_id']}/rotate", {}),
        "successor of another": (f"/v1/tokens/{other['token_id']}/rotate", {}),
    }[what]
    before = await tokens(world)
    mine = world.tokens["maya"]
    async with asyncio.TaskGroup() as asking, service.database.writing():
        revoked = asking.create_task(client("DELETE", f"/v1/tokens/{stolen['token_id']}", mine))
        await asyncio.sleep(0.2)
        made = asking.create_task(client("POST", path, stolen["token"], body))
        await asyncio.sleep(0.2)
    assert revoked.result().status_code == 204
    assert "revoked" in refused(made.result(), 401)["detail"]
    assert [token["id"] for token in await tokens(world)] == [token["id"] for token in before]
    assert await status(world, other["token"]) == 200


async def test_who_waits_behind_the_rotation_of_their_token_makes_none_beyond_its_grace(
    client: Client, world: World, service: Service
) -> None:
    old, mine = await given(world), world.tokens["maya"]
    path = f"/v1/participants/{world.ids['maya']}/tokens"
    async with asyncio.TaskGroup() as asking, service.database.writing():
        rotate = f"/v1/tokens/{old['token_id']}/rotate"
        asking.create_task(client("POST", rotate, mine, {"grace_minutes": 10}))
        await asyncio.sleep(0.2)
        made = asking.create_task(client("POST", path, old["token"], {"scopes": ["read"]}))
        await asyncio.sleep(0.2)
    assert (await known(world, made.result().json()))["expires_at"] == "2027-03-10T09:10:00Z"


async def test_nobody_makes_tokens_without_end(client: Client, world: World) -> None:
    path = f"/v1/participants/{world.ids['maya']}/tokens"
    for _ in range(SELF_MADE_MOST - 1):
        await client.made(path, {"scopes": ["read"]}, world.tokens["maya"])
    refused(await client("POST", path, world.tokens["maya"], {"scopes": ["read"]}), 409)
    await given(world)


async def test_when_a_token_was_used_is_kept_by_the_day(
    client: Client, world: World, clock: MovingClock
) -> None:
    made = await given(world)

    async def used_on(day: str | None) -> bool:
        """Whether the list tells that day, in a while."""
        for _ in range(200):
            if (await known(world, made))["last_used_at"] == day:
                return True
            await asyncio.sleep(0.01)
        return False

    assert await used_on(None)
    await status(world, made["token"])
    assert await used_on("2027-03-10T00:00:00Z")
    clock.pass_by(hours=5)
    await status(world, made["token"])
    assert await used_on("2027-03-10T00:00:00Z")
    clock.pass_by(days=1)
    await status(world, made["token"])
    assert await used_on("2027-03-11T00:00:00Z")


async def test_reading_waits_for_no_lock_even_on_the_first_use_of_a_day(
    client: Client, world: World, service: Service
) -> None:
    made = await given(world)
    async with service.database.writing():
        assert await status(world, made["token"]) == 200


async def test_tokens_of_a_service_with_a_longest_time_end_then(
    settings: Settings, embedder: WordEmbedder
) -> None:
    clock = MovingClock()
    wiring: dict[str, Any] = {"embedder_of": lambda _: embedder, "reader": WordReader(), "clock": clock}
    short = settings.model_copy(update={"token_days": 90})
    async with open_service(short, **wiring) as service, client_for(service) as client:
        world = World(client)
        program = {"name": "P", "objectives": [], "min_group_size": 3}
        world.program = (await client.made("/v1/programs", program))["id"]
        await world.person("Maya Okafor", "mentor")
        assert (await tokens(world))[0]["expires_at"] == "2027-06-08T09:00:00Z"
        path = f"/v1/participants/{world.ids['maya']}/tokens"
        refused(await client("POST", path, ADMIN, {"expires_in_days": 91}), 422)
        await client.made(path, {"expires_in_days": 89})


async def test_an_erased_person_has_no_tokens(client: Client, world: World) -> None:
    made = await given(world)
    receipt = (await client("DELETE", f"/v1/participants/{world.ids['maya']}", ADMIN)).json()
    assert receipt["stores"][0]["erased"]["tokens"] == 2
    assert await status(world, made["token"]) == 401
