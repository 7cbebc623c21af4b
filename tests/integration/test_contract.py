"""The contract's rows for setting up and operating, over HTTP: statuses, fields, paging, problems."""

import re
from typing import Any

import pytest
from pydantic import SecretStr

from coach.settings import Settings
from tests.conftest import ADMIN, Client, World, database_file
from tests.fakes import WordEmbedder
from tests.integration.checks import listed, problem_in, refused
from tests.integration.coached_program import open_service_at

_RFC_3339_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_OPERATING = {"/healthz", "/readyz", "/metrics"}


async def check_got_again(client: Client, path: str, made: dict[str, Any], token: str, within: str) -> None:
    """The same object by its own address and in its list."""
    answer = await client("GET", f"{path}/{made['id']}", token)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == made
    assert made in listed(await client("GET", f"{within}?limit=200", token))
    assert _RFC_3339_UTC.fullmatch(made["created_at"])


async def test_a_program_has_its_fields_and_defaults(client: Client) -> None:
    made = await client.made("/v1/programs", {"name": "Reverse 2027", "objectives": ["Use social media"]})
    assert made["name"] == "Reverse 2027"
    assert made["objectives"] == ["Use social media"]
    assert made["description"] is None
    assert made["min_group_size"] == 5
    await check_got_again(client, "/v1/programs", made, ADMIN, "/v1/programs")


@pytest.mark.parametrize("role", ["mentor", "mentee", "owner"])
async def test_a_participant_has_their_fields(client: Client, world: World, role: str) -> None:
    about = {"name": "Ana Ruiz", "role": role, "email": "ana@example.org", "department": "Sales"}
    path = f"/v1/programs/{world.program}/participants"
    made = await client.made(path, {**about, "seniority": "junior"})
    assert {**made, **about, "seniority": "junior", "program_id": world.program} == made
    await check_got_again(client, "/v1/participants", made, ADMIN, path)


async def test_a_role_that_there_is_not_is_refused(client: Client, world: World) -> None:
    body = {"name": "Ana", "role": "member"}
    told = refused(await client("POST", f"/v1/programs/{world.program}/participants", ADMIN, body), 422)
    assert [fault["field"] for fault in told["errors"]] == ["role"]


async def test_a_token_is_shown_once_and_works(client: Client, world: World, settings: Settings) -> None:
    given = await client.made(f"/v1/participants/{world.ids['maya']}/tokens")
    assert set(given) == {"token", "token_id"}
    for token in (given["token"], world.tokens["maya"]):
        assert (await client("GET", f"/v1/pairings/{world.pairing}", token)).status_code == 200
    kept = b"".join(file.read_bytes() for file in settings.data_dir.glob(f"{database_file(settings).name}*"))
    assert given["token_id"].encode() in kept
    assert given["token"].encode() not in kept


@pytest.mark.parametrize("kind", ["reverse", "traditional", "peer", "group"])
async def test_a_pairing_has_its_members_and_kind(client: Client, world: World, kind: str) -> None:
    body = {"mentor_ids": [world.ids["maya"]], "mentee_ids": [world.ids["ingrid"]], "kind": kind}
    path = f"/v1/programs/{world.program}/pairings"
    made = await client.made(path, body)
    assert {**made, **body, "program_id": world.program} == made
    sides = [(member["name"].split()[0].lower(), member["side"]) for member in made["members"]]
    assert sides == [("maya", "mentor"), ("ingrid", "mentee")]
    for token in (ADMIN, world.tokens["maya"], world.tokens["ingrid"], world.tokens["olga"]):
        await check_got_again(client, "/v1/pairings", made, token, path)


async def test_goals_are_set_and_changed(client: Client, world: World) -> None:
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    body = {
        "title": "Post twice a month",
        "description": "On LinkedIn",
        "measure": "Six posts",
        "due": "2027-06-30",
        "owner_id": world.ids["ingrid"],
    }
    made = await client.made(f"{home}/goals", body, token)
    assert {**made, **body, "pairing_id": world.pairing, "status": "open", "attainment": None} == made
    await check_got_again(client, "/v1/goals", made, token, f"{home}/goals")
    for attainment in (-2, -1, 0, 1, 2):
        changed = await client("PATCH", f"/v1/goals/{made['id']}", token, {"attainment": attainment})
        assert changed.status_code == 200
        assert changed.json()["attainment"] == attainment
    closed = (await client("PATCH", f"/v1/goals/{made['id']}", token, {"status": "achieved"})).json()
    assert {**closed, **body, "status": "achieved", "attainment": 2} == closed
    assert (await client("GET", f"/v1/goals/{made['id']}", token)).json() == closed
    for wrong in ({"attainment": 3}, {"attainment": -3}, {"status": "finished"}):
        refused(await client("PATCH", f"/v1/goals/{made['id']}", token, wrong), 422)


async def test_actions_are_taken_and_closed(client: Client, world: World) -> None:
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["ingrid"]
    body = {"title": "Send the draft", "owner_id": world.ids["ingrid"], "due": "2027-03-12"}
    made = await client.made(f"{home}/actions", body, token)
    assert {**made, **body, "pairing_id": world.pairing, "status": "open"} == made
    await check_got_again(client, "/v1/actions", made, token, f"{home}/actions")
    for status in ("done", "dropped", "open"):
        changed = await client("PATCH", f"/v1/actions/{made['id']}", token, {"status": status})
        assert changed.status_code == 200
        assert {**changed.json(), **body, "status": status} == changed.json()
    refused(await client("PATCH", f"/v1/actions/{made['id']}", token, {"status": "late"}), 422)


async def test_an_owner_of_a_goal_or_action_is_a_member(client: Client, world: World) -> None:
    for what in ("goals", "actions"):
        body = {"title": "Something", "owner_id": world.ids["olga"]}
        told = refused(
            await client("POST", f"/v1/pairings/{world.pairing}/{what}", world.tokens["maya"], body), 422
        )
        assert [fault["field"] for fault in told["errors"]] == ["owner_id"]


@pytest.mark.parametrize("form", ["one_to_one", "workshop", "group", "remote"])
async def test_a_session_has_its_fields_and_its_time_in_utc(client: Client, world: World, form: str) -> None:
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    body = {"held_at": "2027-03-04T17:00:00+02:00", "format": form, "minutes": 45}
    made = await client.made(f"{home}/sessions", body, token)
    assert made["held_at"] == "2027-03-04T15:00:00Z"
    assert (made["pairing_id"], made["format"], made["minutes"]) == (world.pairing, form, 45)
    await check_got_again(client, "/v1/sessions", made, token, f"{home}/sessions")


async def test_lists_come_in_pages_that_together_hold_everything_once(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    session = await world.session("2027-03-04T15:00:00Z")
    person = {"name": "Ana", "role": "mentor"}
    lists: dict[str, tuple[str, dict[str, Any]]] = {
        "/v1/programs": (ADMIN, {"name": "P", "objectives": []}),
        f"/v1/programs/{world.program}/participants": (ADMIN, person),
        f"/v1/programs/{world.program}/pairings": (
            ADMIN,
            {"mentor_ids": [world.ids["maya"]], "mentee_ids": [world.ids["ingrid"]], "kind": "peer"},
        ),
        f"{home}/goals": (token, {"title": "A goal"}),
        f"{home}/actions": (token, {"title": "An action"}),
        f"{home}/sessions": (token, {"held_at": "2027-03-05T15:00:00Z", "format": "remote"}),
        f"/v1/sessions/{session}/notes": (token, {"text": "A note of today."}),
    }
    for path, (who, body) in lists.items():
        with subtests.test(path=path.split("/")[-1]):
            there = {item["id"] for item in listed(await client("GET", path, who))}
            made = {(await client.made(path, body, who))["id"] for _ in range(7)}
            seen: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                answer = await client("GET", f"{path}?limit=3&cursor={cursor}", who)
                page = [item["id"] for item in listed(answer)]
                cursor = answer.json()["next_cursor"]
                assert len(page) == 3 or cursor is None
                seen += page
            assert sorted(seen) == sorted(there | made)


async def test_every_route_but_the_operating_ones_asks_for_a_token(
    client: Client, subtests: pytest.Subtests
) -> None:
    described = (await client("GET", "/openapi.json", None)).json()["paths"]
    assert set(described) >= _OPERATING
    calls = [
        (method.upper(), path)
        for path, methods in described.items()
        for method in methods
        if path not in _OPERATING
    ]
    assert len(calls) > 30
    for method, path in calls:
        with subtests.test(method=method, path=path):
            for token in (None, "cp_wrong"):
                answer = await client(method, re.sub(r"{\w+}", "x", path), token)
                refused(answer, 401)
                assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_operating_routes_answer_without_a_token(client: Client, world: World) -> None:
    assert (await client("GET", "/healthz", None)).status_code == 200
    assert (await client("GET", "/readyz", None)).status_code == 200
    metrics = await client("GET", "/metrics", None)
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "counterpart_requests_total{" in metrics.text
    assert "counterpart_pending_notes 0.0" in metrics.text
    for told in (*world.ids.values(), "Maya", "Ingrid", "Reverse 2027"):
        assert told not in metrics.text


async def test_metrics_take_a_token_of_their_own_where_one_is_set(settings: Settings) -> None:
    told = settings.model_copy(update={"metrics_token": SecretStr("scraper's own")})
    async with open_service_at(told) as (_, client):
        for token in (None, "scraper", ADMIN, "scraper's  own"):
            refused(await client("GET", "/metrics", token), 401)
        assert "counterpart_pending_notes" in (await client("GET", "/metrics", "scraper's own")).text


async def test_what_clients_make_up_is_in_no_metric(client: Client, world: World) -> None:
    program = f"/v1/programs/{world.program}"
    for method in (*(f"ZEBRA{n}" for n in range(50)), "TRACE", "CONNECT"):
        for path in ("/", program, "/zebra"):
            assert (await client.http.request(method, path)).status_code in (404, 405)
    for path in ("/zebra", "/v1/zebra", "/v1/programs/zebra?zebra=zebra", "/static-offline-docs/zebra.js"):
        headers = {"Host": "zebra", "Accept": "zebra", "Authorization": "zebra", "X-Zebra": "zebra"}
        await client.http.request("OPTIONS", path, headers=headers)
        await client.http.request("GET", path, headers=headers)
    told = (await client("GET", "/metrics", None)).text
    assert "zebra" not in told.lower()
    assert set(re.findall(r'method="([^"]*)"', told)) <= {"other", "GET", "POST", "OPTIONS"}
    assert re.search(r'counterpart_requests_total{method="other",.*} \d', told)


async def test_the_description_is_served_from_this_machine_alone(client: Client) -> None:
    docs = await client("GET", "/docs", None)
    assert docs.status_code == 200
    assert docs.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', docs.text)
    assert loaded
    for address in loaded:
        assert not address.startswith(("http:", "https:", "//"))
        assert (await client("GET", address, None)).status_code == 200, address


async def test_a_service_whose_embedder_does_not_answer_is_not_ready(
    client: Client, embedder: WordEmbedder
) -> None:
    embedder.broken = True
    answer = await client("GET", "/readyz", None)
    assert answer.status_code == 503
    assert (await client("GET", "/healthz", None)).status_code == 200


async def test_bad_input_names_each_field_at_fault(client: Client, world: World) -> None:
    body = {"held_at": "yesterday", "format": "zoom", "minutes": 0, "place": "canteen"}
    answer = await client("POST", f"/v1/pairings/{world.pairing}/sessions", world.tokens["maya"], body)
    told = refused(answer, 422)
    assert sorted(fault["field"] for fault in told["errors"]) == ["format", "held_at", "minutes", "place"]
    assert problem_in(answer)["title"]


async def test_a_body_over_the_limit_is_a_413(client: Client, world: World, settings: Settings) -> None:
    session = await world.session("2027-03-04T15:00:00Z")
    body = {"text": "y" * settings.max_body_bytes}
    refused(await client("POST", f"/v1/sessions/{session}/notes", world.tokens["maya"], body), 413)
    assert listed(await client("GET", f"/v1/sessions/{session}/notes", world.tokens["maya"])) == []
