"""Who may see what, over HTTP: the forbidden looks the same as the unknown."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.conftest import ADMIN, Client
from tests.integration.checks import check_found, listed, refused
from tests.integration.coached_program import KINDS, Program, coached_program

_UNKNOWN = "0" * 32
_SECRETIVE = "I dread the walrus budget and told nobody about it."
_AUDIENCE_OF_WORK = ("sessions", "goals", "actions")
_WORK: dict[str, dict[str, Any]] = {
    "goals": {"title": "A goal"},
    "actions": {"title": "An action"},
    "sessions": {"held_at": "2027-03-05T15:00:00Z", "format": "remote"},
}

Call = tuple[str, str, Any]


@pytest.fixture
async def program(client: Client) -> Program:
    """Maya and Ingrid with notes, and other pairs and an owner, Olga, in the same program."""
    return await coached_program(client)


@pytest.fixture
async def secret(program: Program) -> str:
    """The id of a private note of Ingrid's in the latest session."""
    session = await program.world.session("2027-03-08T15:00:00Z")
    note = await program.world.note(session, "ingrid", _SECRETIVE, visibility="private")
    return str(note["id"])


async def same_as_unknown(
    client: Client, token: str, call: Call, known: str, unknown: str = _UNKNOWN
) -> None:
    """A call on what exists answers this actor exactly as one on what does not."""
    method, path, body = call
    real = await client(method, path.format(known), token, body)
    missing = await client(method, path.format(_UNKNOWN), token, body)
    assert refused(real, 404) == refused(missing, 404)


def coaching_calls(to: str) -> Iterator[Call]:
    bodies: dict[str, dict[str, Any]] = {
        "agenda": {},
        "reflection": {},
        "progress": {},
        "feedback": {"draft": "You were late on Monday.", "to": to},
        "ask": {"question": "What did we agree?"},
        "search": {"query": "demo"},
    }
    return (("POST", f"/v1/pairings/{{}}/{kind}", body) for kind, body in bodies.items())


def work_calls() -> Iterator[Call]:
    for what, body in _WORK.items():
        yield "GET", f"/v1/pairings/{{}}/{what}", None
        yield "POST", f"/v1/pairings/{{}}/{what}", body


async def test_a_strangers_pairing_is_as_good_as_unknown(
    client: Client, program: Program, subtests: pytest.Subtests
) -> None:
    world = program.world
    calls = [("GET", "/v1/pairings/{}", None), *work_calls(), *coaching_calls(world.ids["ingrid"])]
    for call in calls:
        with subtests.test(call=call[:2]):
            await same_as_unknown(client, world.tokens["bruno"], call, world.pairing)


@pytest.mark.parametrize("actor", ["olga", "operator"])
async def test_owner_and_operator_have_no_coaching_of_a_pairing(
    client: Client, program: Program, actor: str, subtests: pytest.Subtests
) -> None:
    world = program.world
    token = ADMIN if actor == "operator" else world.tokens[actor]
    for call in coaching_calls(world.ids["ingrid"]):
        with subtests.test(call=call[:2]):
            await same_as_unknown(client, token, call, world.pairing)
    assert (await client("GET", f"/v1/pairings/{world.pairing}", token)).status_code == 200


async def test_nobody_outside_the_pairing_reads_a_note(
    client: Client, program: Program, subtests: pytest.Subtests
) -> None:
    for actor, visibility in product(("bruno", "olga", "operator"), ("private", "pair", "program")):
        with subtests.test(actor=actor, visibility=visibility):
            world = program.world
            token = ADMIN if actor == "operator" else world.tokens[actor]
            session = await world.session("2027-03-08T15:00:00Z")
            note = await world.note(session, "maya", "About the walrus.", visibility=visibility)
            for call in (
                ("GET", "/v1/notes/{}", None),
                ("PUT", "/v1/notes/{}", {"text": "Mine now."}),
                ("DELETE", "/v1/notes/{}", None),
            ):
                await same_as_unknown(client, token, call, note["id"])
            await same_as_unknown(client, token, ("GET", "/v1/sessions/{}/notes", None), session)
            await same_as_unknown(client, token, ("POST", "/v1/sessions/{}/notes", {"text": "x"}), session)
            mine = await client("GET", f"/v1/notes/{note['id']}", world.tokens["maya"])
            assert mine.json()["text"] == "About the walrus."


async def test_an_owner_sees_no_work_of_a_pairing_and_the_operator_no_note_in_it(
    client: Client, program: Program, subtests: pytest.Subtests
) -> None:
    world = program.world
    for call in work_calls():
        with subtests.test(call=call[:2]):
            await same_as_unknown(client, world.tokens["olga"], call, world.pairing)
    for what in _AUDIENCE_OF_WORK:
        shown = listed(await client("GET", f"/v1/pairings/{world.pairing}/{what}", ADMIN))
        assert shown
        assert "nervous" not in json.dumps(shown)


async def test_single_records_of_a_strangers_pairing_are_as_good_as_unknown(
    client: Client, program: Program, subtests: pytest.Subtests
) -> None:
    world = program.world
    for what in _AUDIENCE_OF_WORK:
        (known, *_) = listed(
            await client("GET", f"/v1/pairings/{world.pairing}/{what}", world.tokens["maya"])
        )
        calls: list[Call] = [("GET", f"/v1/{what}/{{}}", None)]
        calls += [("PATCH", f"/v1/{what}/{{}}", {"title": "Mine"})] if what != "sessions" else []
        for call in calls:
            with subtests.test(call=call[:2]):
                await same_as_unknown(client, world.tokens["bruno"], call, known["id"])
                await same_as_unknown(client, world.tokens["olga"], call, known["id"])


async def test_people_are_not_told_to_strangers(client: Client, program: Program) -> None:
    world = program.world
    for method in ("GET", "DELETE"):
        call = (method, "/v1/participants/{}", None)
        await same_as_unknown(client, world.tokens["bruno"], call, world.ids["maya"])
    shown = listed(await client("GET", f"/v1/programs/{world.program}/participants", world.tokens["bruno"]))
    assert [person["id"] for person in shown] == [world.ids["bruno"]]
    pairings = listed(await client("GET", f"/v1/programs/{world.program}/pairings", world.tokens["bruno"]))
    assert world.pairing not in [pairing["id"] for pairing in pairings]


async def test_only_the_operator_sets_up(client: Client, program: Program, subtests: pytest.Subtests) -> None:
    world = program.world
    pair = {"mentor_ids": [world.ids["maya"]], "mentee_ids": [world.ids["ingrid"]], "kind": "peer"}
    calls: list[tuple[Call, str]] = [
        (("POST", "/v1/programs/{}/participants", {"name": "A", "role": "mentor"}), world.program),
        (("POST", "/v1/programs/{}/pairings", pair), world.program),
        (("POST", "/v1/participants/{}/tokens", None), world.ids["maya"]),
    ]
    for actor in ("maya", "olga"):
        for call, known in calls:
            with subtests.test(actor=actor, call=call[:2]):
                await same_as_unknown(client, world.tokens[actor], call, known)
        refused(
            await client("POST", "/v1/programs", world.tokens[actor], {"name": "P", "objectives": []}), 404
        )


async def test_another_program_is_as_good_as_unknown(client: Client, program: Program) -> None:
    world = program.world
    other = (await client.made("/v1/programs", {"name": "Other", "objectives": []}))["id"]
    await world.person("Otto Other", "owner", program=other)
    calls: list[Call] = [
        ("GET", "/v1/programs/{}", None),
        ("GET", "/v1/programs/{}/participants", None),
        ("GET", "/v1/programs/{}/pairings", None),
        ("POST", "/v1/programs/{}/learnings", {}),
    ]
    for call in calls:
        await same_as_unknown(client, world.tokens["otto"], call, world.program)
    await same_as_unknown(client, world.tokens["otto"], ("GET", "/v1/pairings/{}", None), world.pairing)
    assert [p["id"] for p in listed(await client("GET", "/v1/programs", world.tokens["otto"]))] == [other]


@pytest.mark.parametrize("actor", ["maya", "ingrid", "operator"])
async def test_learnings_are_for_owners(client: Client, program: Program, actor: str) -> None:
    token = ADMIN if actor == "operator" else program.world.tokens[actor]
    call: Call = ("POST", "/v1/programs/{}/learnings", {})
    await same_as_unknown(client, token, call, program.world.program)


async def test_a_suggestion_is_its_askers_alone(client: Client, program: Program) -> None:
    world = program.world
    suggestion = (await program.ask("agenda"))["id"]
    assert (await client("GET", f"/v1/suggestions/{suggestion}", world.tokens["maya"])).status_code == 200
    for token in (world.tokens["ingrid"], world.tokens["olga"], world.tokens["bruno"], ADMIN):
        await same_as_unknown(client, token, ("GET", "/v1/suggestions/{}", None), suggestion)
        call = ("POST", "/v1/suggestions/{}/response", {"response": "accepted"})
        await same_as_unknown(client, token, call, suggestion)


async def test_a_private_note_is_hidden_from_the_other_member(
    client: Client, program: Program, secret: str, subtests: pytest.Subtests
) -> None:
    world = program.world
    maya, ingrid = world.tokens["maya"], world.tokens["ingrid"]
    for method, body in (("GET", None), ("PUT", {"text": "Mine."}), ("DELETE", None)):
        await same_as_unknown(client, maya, (method, "/v1/notes/{}", body), secret)
    session = (await client("GET", f"/v1/notes/{secret}", ingrid)).json()["session_id"]
    assert [n["id"] for n in listed(await client("GET", f"/v1/sessions/{session}/notes", ingrid))] == [secret]
    assert listed(await client("GET", f"/v1/sessions/{session}/notes", maya)) == []
    asked: list[Call] = [*coaching_calls(world.ids["ingrid"])]
    more: dict[str, dict[str, Any]] = {
        "ask": {"question": "Who told nobody what about the walrus?"},
        "agenda": {"focus": "walrus budget", "limit": 20},
        "search": {"query": "walrus", "limit": 100},
        "reflection": {"session_id": session},
    }
    asked += [("POST", f"/v1/pairings/{{}}/{kind}", body) for kind, body in more.items()]
    for method, path, body in asked:
        with subtests.test(path=path, body=body):
            answer = await client(method, path.format(world.pairing), maya, body)
            assert answer.status_code == 200
            assert secret not in answer.text
            assert "I dread" not in answer.text


async def test_a_private_note_is_found_by_its_author(client: Client, program: Program, secret: str) -> None:
    world = program.world
    path, token = f"/v1/pairings/{world.pairing}/search", world.tokens["ingrid"]
    items = (await client.asked(path, token, {"query": "walrus"}))["items"]
    await check_found(client, token, items)
    assert items[0]["note_id"] == secret


async def test_a_note_made_private_is_lost_to_the_other_at_once(client: Client, program: Program) -> None:
    world = program.world
    session = await world.session("2027-03-08T15:00:00Z")
    note = await world.note(session, "ingrid", "We ran out of time for the walrus demo.")
    agenda = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["maya"], {"limit": 20})
    assert "walrus" in json.dumps(agenda)
    body = {"text": "We ran out of time for the walrus demo.", "visibility": "private"}
    await client("PUT", f"/v1/notes/{note['id']}", world.tokens["ingrid"], body)
    refused(await client("GET", f"/v1/suggestions/{agenda['id']}", world.tokens["maya"]), 404)
    refused(await client("GET", f"/v1/notes/{note['id']}", world.tokens["maya"]), 404)
    for kind in KINDS:
        if kind != "learnings":
            assert "walrus" not in json.dumps(await program.ask(kind))
