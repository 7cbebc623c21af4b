"""Memberships that begin later, end, and begin again: what they open and close at once."""

import asyncio
import json
from typing import Any

import pytest

from coach.service import Service
from coach.settings import Settings
from tests.conftest import ADMIN, Client
from tests.integration.checks import check_found, listed, refused
from tests.integration.coached_program import KINDS, Program, coached_program, open_program
from tests.integration.test_contract_visibility import coaching_calls, same_as_unknown, work_calls
from tests.integration.test_erasing_while_drafting import Interrupted

_SHARED = "We postponed the flamingo launch again, and I learned how to use polls."
_OWN = "I dread the pelican budget and told nobody."
_HELD = "2027-03-08T15:00:00Z"


@pytest.fixture
async def program(client: Client) -> Program:
    return await coached_program(client)


def _members(program: Program) -> str:
    return f"/v1/pairings/{program.world.pairing}/members"


async def _ends(program: Program, who: str, by: str | None = None) -> None:
    token = ADMIN if by is None else program.world.tokens[by]
    answer = await program.world.client("DELETE", f"{_members(program)}/{program.world.ids[who]}", token)
    assert answer.status_code == 204, answer.text


async def _begins(program: Program, who: str, side: str) -> dict[str, Any]:
    body = {"participant_id": program.world.ids[who], "side": side}
    return await program.world.client.made(_members(program), body)


async def test_who_leaves_finds_the_pairing_as_good_as_unknown(
    client: Client, program: Program, subtests: pytest.Subtests
) -> None:
    world = program.world
    session = await world.session(_HELD)
    note = await world.note(session, "maya", _SHARED)
    mine = await world.note(session, "ingrid", _SHARED, visibility="program")
    goals = listed(await client("GET", f"/v1/pairings/{world.pairing}/goals", world.tokens["maya"]))
    await _ends(program, "ingrid", by="ingrid")
    calls = [("GET", "/v1/pairings/{}", None), *work_calls(), *coaching_calls(world.ids["maya"])]
    for call in calls:
        with subtests.test(call=call[:2]):
            await same_as_unknown(client, world.tokens["ingrid"], call, world.pairing)
    singles = [("/v1/notes/{}", note["id"]), ("/v1/notes/{}", mine["id"]), ("/v1/sessions/{}", session)]
    singles += [("/v1/sessions/{}/notes", session), ("/v1/goals/{}", goals[0]["id"])]
    for path, known in singles:
        with subtests.test(path=path):
            await same_as_unknown(client, world.tokens["ingrid"], ("GET", path, None), known)
    me = (await client("GET", "/v1/me", world.tokens["ingrid"])).json()
    assert world.pairing not in [pairing["id"] for pairing in me["pairings"]]


async def test_who_left_keeps_their_private_notes_and_shares_them_no_more(
    client: Client, program: Program
) -> None:
    world = program.world
    note = await world.note(await world.session(_HELD), "ingrid", _OWN, visibility="private")
    await world.note(await world.session(_HELD), "ingrid", _SHARED)
    await _ends(program, "ingrid", by="ingrid")
    path, token = f"/v1/notes/{note['id']}", world.tokens["ingrid"]
    assert (await client("GET", path, token)).json()["text"] == _OWN
    own = listed(await client("GET", "/v1/me/notes", token))
    assert {told["visibility"] for told in own} == {"private"} and note["id"] in [n["id"] for n in own]
    for visibility in ("pair", "program"):
        fault = refused(await client("PATCH", path, token, {"visibility": visibility}), 422)
        assert fault["errors"][0]["field"] == "visibility"
        refused(await client("PUT", path, token, {"text": "Now ours.", "visibility": visibility}), 422)
    assert (await client("PUT", path, token, {"text": "I am glad."})).status_code == 200
    assert (await client("GET", path, token)).json()["text"] == "I am glad."
    assert (await client("DELETE", path, token)).status_code == 204
    refused(await client("GET", path, token), 404)


async def test_who_left_can_withdraw_and_erase_what_they_shared(client: Client, program: Program) -> None:
    world = program.world
    withdrawn, erased = [await world.note(await world.session(_HELD), "ingrid", _SHARED) for _ in range(2)]
    await _ends(program, "ingrid", by="ingrid")
    token = world.tokens["ingrid"]
    await same_as_unknown(client, token, ("PATCH", "/v1/notes/{}", {"visibility": "program"}), erased["id"])
    patched = await client("PATCH", f"/v1/notes/{withdrawn['id']}", token, {"visibility": "private"})
    assert patched.status_code == 200
    assert (await client("DELETE", f"/v1/notes/{erased['id']}", token)).status_code == 204
    for note in (withdrawn, erased):
        refused(await client("GET", f"/v1/notes/{note['id']}", world.tokens["maya"]), 404)
    assert "flamingo" not in json.dumps(await program.ask("agenda"))
    assert (await client("GET", f"/v1/notes/{withdrawn['id']}", token)).json()["text"] == _SHARED


async def test_a_membership_is_ended_by_the_member_or_the_operator_alone(
    client: Client, program: Program
) -> None:
    world = program.world
    path = f"{_members(program)}/{{}}"
    for who in ("maya", "olga", "bruno"):
        await same_as_unknown(client, world.tokens[who], ("DELETE", path, None), world.ids["ingrid"])
    refused(await client("DELETE", path.format(world.ids["bruno"])), 404)
    await _ends(program, "ingrid")
    refused(await client("DELETE", path.format(world.ids["ingrid"])), 404)
    refused(await client("DELETE", path.format(world.ids["ingrid"]), world.tokens["ingrid"]), 404)


async def test_the_day_of_leaving_is_kept(program: Program, service: Service) -> None:
    await _ends(program, "ingrid")
    async with service.database.reading() as records:
        pairing = await records.people.pairing(program.world.pairing)
    assert pairing is not None
    left = {m.participant_id: m.left_at for m in pairing.memberships}
    assert left == {program.world.ids["maya"]: None, program.world.ids["ingrid"]: service.clock()}


async def test_suggestions_of_who_left_are_not_served_and_the_others_stay(
    client: Client, program: Program
) -> None:
    world = program.world
    note = await world.note(await world.session(_HELD), "ingrid", _SHARED)
    home = f"/v1/pairings/{world.pairing}/agenda"
    theirs = await client.asked(home, world.tokens["ingrid"])
    stays = await client.asked(home, world.tokens["maya"], {"limit": 20})
    assert "flamingo" in json.dumps(stays)
    await _ends(program, "ingrid", by="ingrid")
    for call in (
        ("GET", "/v1/suggestions/{}", None),
        ("POST", "/v1/suggestions/{}/response", {"response": "accepted"}),
    ):
        await same_as_unknown(client, world.tokens["ingrid"], call, theirs["id"])
    path = f"/v1/suggestions/{stays['id']}"
    assert (await client("GET", path, world.tokens["maya"])).json()["items"] == stays["items"]
    await client("PATCH", f"/v1/notes/{note['id']}", world.tokens["ingrid"], {"visibility": "private"})
    refused(await client("GET", path, world.tokens["maya"]), 404)


async def test_a_pairing_with_an_empty_side_can_be_read_and_takes_nothing_new(
    client: Client, program: Program, subtests: pytest.Subtests
) -> None:
    world = program.world
    session = await world.session(_HELD)
    note = await world.note(session, "ingrid", _SHARED)
    action = listed(await client("GET", f"/v1/pairings/{world.pairing}/actions", world.tokens["maya"]))[0]
    await _ends(program, "ingrid", by="ingrid")
    token, home = world.tokens["maya"], f"/v1/pairings/{world.pairing}"
    assert (await client("GET", home, token)).json()["ended"] is True
    assert (await client("GET", f"/v1/notes/{note['id']}", token)).json()["text"] == _SHARED
    found = (await client.asked(f"{home}/search", token, {"query": "flamingo"}))["items"]
    assert found[0]["note_id"] == note["id"]
    await check_found(client, token, found)
    for kind in KINDS:
        if kind not in ("feedback", "learnings"):
            with subtests.test(kind=kind):
                assert (await program.ask(kind))["items"]
    refused(await client("POST", f"{home}/feedback", token, program.call("feedback")[2]), 422)
    for method, path, body in work_calls():
        if method == "POST":
            for who in (token, ADMIN):
                refused(await client(method, path.format(world.pairing), who, body), 409)
    refused(await client("POST", f"/v1/sessions/{session}/notes", token, {"text": "Alone."}), 409)
    assert (
        await client("PATCH", f"/v1/actions/{action['id']}", token, {"status": "done"})
    ).status_code == 200
    await _begins(program, "bruno", "mentee")
    assert (await client("GET", home, token)).json()["ended"] is False
    await world.note(session, "bruno", "I am new here.")


async def test_who_is_added_later_reads_what_is_shared_and_nothing_private(
    client: Client, program: Program
) -> None:
    world = program.world
    session = await world.session(_HELD)
    shared = await world.note(session, "ingrid", _SHARED)
    await world.note(session, "ingrid", _OWN, visibility="private")
    told = await _begins(program, "bruno", "mentee")
    assert told["mentee_ids"] == [world.ids["ingrid"], world.ids["bruno"]]
    assert {member["name"] for member in told["members"]} == {
        "Maya Okafor",
        "Ingrid Halvorsen",
        "Bruno Weiss",
    }
    notes = listed(await client("GET", f"/v1/sessions/{session}/notes", world.tokens["bruno"]))
    assert [note["id"] for note in notes] == [shared["id"]]
    agenda = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["bruno"], {"limit": 20})
    assert "flamingo" in json.dumps(agenda) and "pelican" not in json.dumps(agenda)


async def test_who_can_t_be_added_is_told_why(client: Client, program: Program) -> None:
    world = program.world
    other = (await client.made("/v1/programs", {"name": "Other", "objectives": []}))["id"]
    await world.person("Otto Other", "mentee", program=other)
    path = _members(program)
    for who, status in (("ingrid", 409), ("olga", 422), ("otto", 422)):
        body = {"participant_id": world.ids[who], "side": "mentor"}
        fault = refused(await client("POST", path, ADMIN, body), status)
        assert fault["errors"][0]["field"] == "participant_id"
    body = {"participant_id": world.ids["bruno"], "side": "mentor"}
    for who in ("maya", "olga", "bruno"):
        call = ("POST", "/v1/pairings/{}/members", body)
        await same_as_unknown(client, world.tokens[who], call, world.pairing)


async def test_who_comes_back_stands_where_a_member_stands(client: Client, program: Program) -> None:
    world = program.world
    before = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["ingrid"])
    await _begins(program, "bruno", "mentee")
    await _ends(program, "ingrid", by="ingrid")
    meanwhile = await world.note(await world.session(_HELD), "maya", _SHARED)
    refused(await client("GET", f"/v1/notes/{meanwhile['id']}", world.tokens["ingrid"]), 404)
    told = await _begins(program, "ingrid", "mentor")
    assert told["mentor_ids"] == [world.ids["maya"], world.ids["ingrid"]]
    assert (await client("GET", f"/v1/notes/{meanwhile['id']}", world.tokens["ingrid"])).status_code == 200
    again = await client("GET", f"/v1/suggestions/{before['id']}", world.tokens["ingrid"])
    assert again.json()["items"] == before["items"]


async def test_a_repeat_under_the_same_key_is_refused_after_leaving(client: Client, program: Program) -> None:
    world = program.world
    path, headers = f"/v1/sessions/{await world.session(_HELD)}/notes", {"Idempotency-Key": "one"}
    token, body = world.tokens["ingrid"], {"text": _SHARED}
    for _ in range(2):
        assert (await client("POST", path, token, body, headers=headers)).status_code == 201
    await _ends(program, "ingrid")
    refused(await client("POST", path, token, body, headers=headers), 404)


@pytest.mark.parametrize("streams", [False, True])
async def test_who_leaves_while_the_coach_drafts_is_told_nothing(settings: Settings, streams: bool) -> None:
    drafter = Interrupted()
    async with open_program(settings, drafter) as program:
        world = program.world
        await world.note(await world.session(_HELD), "ingrid", _SHARED)
        headers = {"Accept": "text/event-stream"} if streams else {}
        drafter.before = lambda: _ends(program, "maya", by="maya")
        path, token, body = program.call("agenda")
        answer = await world.client("POST", path, token, body, headers=headers)
        assert "flamingo" not in answer.text
        if streams:
            assert answer.text.rstrip().splitlines()[-2] == "event: error"
            assert json.loads(answer.text.rstrip().splitlines()[-1].removeprefix("data: "))["status"] == 404
        else:
            refused(answer, 404)


async def test_memberships_that_end_at_once_all_end(client: Client, program: Program) -> None:
    await _begins(program, "bruno", "mentee")
    await asyncio.gather(*(_ends(program, who) for who in ("ingrid", "bruno", "maya")))
    told = (await client("GET", f"/v1/pairings/{program.world.pairing}")).json()
    assert told["members"] == [] and told["ended"] is True
