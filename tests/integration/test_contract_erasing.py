"""Erasing a person: a receipt store by store, and nothing of theirs is served afterwards."""

import json
from typing import Any

import pytest

from coach.service import Service
from coach.settings import Settings
from tests.conftest import ADMIN, Client, database_file
from tests.integration.checks import listed, refused
from tests.integration.coached_program import KINDS, Program, coached_program

_OWN = "I told nobody that the flamingo launch was my own idea."
_SHARED = "We ran out of time for the flamingo launch."


@pytest.fixture
async def program(client: Client) -> Program:
    """With notes of Ingrid's: a private and a shared one, each with the word flamingo."""
    made = await coached_program(client)
    session = await made.world.session("2027-03-08T15:00:00Z")
    await made.world.note(session, "ingrid", _OWN, visibility="private")
    await made.world.note(session, "ingrid", _SHARED)
    return made


async def erase(client: Client, program: Program, token: str = ADMIN) -> dict[str, Any]:
    answer = await client("DELETE", f"/v1/participants/{program.world.ids['ingrid']}", token)
    assert answer.status_code == 200, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


async def test_the_receipt_tells_store_by_store_what_was_erased(
    client: Client, service: Service, program: Program
) -> None:
    world = program.world
    before = await service.index.count()
    await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["ingrid"])
    await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["maya"])
    receipt = await erase(client, program)
    assert receipt["participant_id"] == world.ids["ingrid"]
    assert receipt["erased_at"].endswith("Z")
    erased = {store["store"]: store["erased"] for store in receipt["stores"]}
    assert {"records", "passages", "derived_suggestions", "caches"} <= set(erased)
    assert erased["records"]["participants"] == 1
    assert erased["records"]["notes"] == 3
    assert erased["records"]["tokens"] == 1
    assert erased["passages"]["passages"] == before - await service.index.count() == 3
    assert erased["derived_suggestions"]["suggestions"] == 2


@pytest.mark.parametrize("by", ["operator", "ingrid"])
async def test_the_operator_and_the_person_may_erase_once(client: Client, program: Program, by: str) -> None:
    path = f"/v1/participants/{program.world.ids['ingrid']}"
    token = ADMIN if by == "operator" else program.world.tokens["ingrid"]
    for other in ("maya", "olga", "bruno"):
        refused(await client("DELETE", path, program.world.tokens[other]), 404)
    await erase(client, program, token)
    refused(await client("DELETE", path, ADMIN), 404)


async def test_nothing_of_theirs_is_served_afterwards(
    client: Client, program: Program, subtests: pytest.Subtests
) -> None:
    world = program.world
    home, maya = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    agenda = await client.asked(f"{home}/agenda", maya, {"limit": 20})
    assert "flamingo" in json.dumps(agenda)
    learnings = await program.ask("learnings")
    await erase(client, program)
    refused(await client("GET", home, world.tokens["ingrid"]), 401)
    refused(await client("GET", f"/v1/participants/{world.ids['ingrid']}", ADMIN), 404)
    refused(await client("GET", f"/v1/suggestions/{agenda['id']}", maya), 404)
    assert (await client("GET", home, maya)).json()["mentee_ids"] == []
    for what in ("goals", "actions"):
        owners = [thing["owner_id"] for thing in listed(await client("GET", f"{home}/{what}", maya))]
        assert world.ids["ingrid"] not in owners
    people = listed(await client("GET", f"/v1/programs/{world.program}/participants", ADMIN))
    assert world.ids["ingrid"] not in [person["id"] for person in people]
    for session in listed(await client("GET", f"{home}/sessions", maya)):
        notes = listed(await client("GET", f"/v1/sessions/{session['id']}/notes", maya))
        assert {note["author_id"] for note in notes} <= {world.ids["maya"]}
    found = await client.asked(f"{home}/search", maya, {"query": "flamingo launch", "limit": 100})
    assert "flamingo" not in json.dumps(found)
    for kind in KINDS:
        if kind == "feedback":
            continue
        with subtests.test(kind=kind):
            assert "flamingo" not in json.dumps(await program.ask(kind))
    assert "flamingo" not in json.dumps(learnings)


async def test_a_kept_suggestion_does_not_name_who_was_erased(client: Client, program: Program) -> None:
    """A suggestion of Maya's that tells of Ingrid by name goes with her, or loses the name."""
    feedback = await program.ask("feedback")
    assert "Halvorsen" in json.dumps(feedback) or "Ingrid" in json.dumps(feedback)
    await erase(client, program)
    kept = await client("GET", f"/v1/suggestions/{feedback['id']}", program.world.tokens["maya"])
    assert kept.status_code == 404 or "Ingrid" not in kept.text


async def test_feedback_to_who_was_erased_is_refused(client: Client, program: Program) -> None:
    await erase(client, program)
    path, token, body = program.call("feedback")
    refused(await client("POST", path, token, body), 422)


async def test_a_person_who_stands_in_no_note_can_be_erased_too(client: Client, program: Program) -> None:
    answer = await client("DELETE", f"/v1/participants/{program.world.ids['olga']}", ADMIN)
    assert answer.status_code == 200
    path, token, body = program.call("learnings")
    refused(await client("POST", path, token, body), 401)


async def test_erased_words_are_in_no_file_of_the_database(
    client: Client, program: Program, settings: Settings
) -> None:
    def files_with(word: bytes) -> list[str]:
        return [
            f.name
            for f in settings.data_dir.glob(f"{database_file(settings).name}*")
            if word in f.read_bytes()
        ]

    assert files_with(b"flamingo")
    await erase(client, program)
    assert files_with(b"flamingo") == []


async def test_the_operator_alone_erases_pairings_and_programs(client: Client, program: Program) -> None:
    world = program.world
    for path in (f"/v1/pairings/{world.pairing}", f"/v1/programs/{world.program}"):
        for other in ("maya", "ingrid", "olga"):
            refused(await client("DELETE", path, world.tokens[other]), 404)
        refused(await client("DELETE", path, None), 401)
    for path in ("/v1/pairings/nothing", "/v1/programs/nothing"):
        refused(await client("DELETE", path, ADMIN), 404)


async def test_a_pairing_goes_with_its_work_and_notes_and_its_members_stay(
    client: Client, program: Program
) -> None:
    world = program.world
    home, maya = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    agenda = await client.asked(f"{home}/agenda", maya)
    learnings = await program.ask("learnings")
    answer = await client("DELETE", home, ADMIN)
    assert answer.status_code == 200
    receipt = answer.json()
    assert (receipt["what"], receipt["id"]) == ("pairing", world.pairing)
    erased = {store["store"]: store["erased"] for store in receipt["stores"]}
    assert erased["records"]["pairings"] == 1
    assert erased["records"]["memberships"] == 2
    assert erased["records"]["notes"] >= 3
    assert {"goals", "actions", "sessions", "idempotency_keys"} <= erased["records"].keys()
    assert erased["derived_suggestions"]["suggestions"] == 2
    assert erased["index"]["vectors"] == erased["passages"]["passages"] > 0
    assert receipt["pending"] and receipt["not_erased"]
    refused(await client("GET", home, maya), 404)
    refused(await client("GET", f"/v1/suggestions/{agenda['id']}", maya), 404)
    refused(await client("GET", f"/v1/suggestions/{learnings['id']}", world.tokens["olga"]), 404)
    assert (await client("GET", "/v1/me", maya)).json()["pairings"] == []
    refused(await client("DELETE", home, ADMIN), 404)


async def test_a_program_goes_with_everyone_and_everything_in_it(
    client: Client, service: Service, program: Program
) -> None:
    world = program.world
    kept = (await client.made("/v1/programs", {"name": "Another", "objectives": []}))["id"]
    path = f"/v1/programs/{world.program}"
    receipt = (await client("DELETE", path, ADMIN)).json()
    erased = {store["store"]: store["erased"] for store in receipt["stores"]}
    assert erased["records"]["programs"] == 1
    assert {"participants", "tokens", "pairings", "spending"} <= erased["records"].keys()
    for key in ("maya", "ingrid", "olga"):
        refused(await client("GET", "/v1/me", world.tokens[key]), 401)
    refused(await client("GET", path, ADMIN), 404)
    assert kept in [held["id"] for held in listed(await client("GET", "/v1/programs", ADMIN))]
    async with service.database.reading() as records:
        assert await service.index.ids() == set(await records.notes.all_passage_ids())


async def test_a_note_is_erased_with_a_receipt_for_who_asks_for_one(client: Client, program: Program) -> None:
    world = program.world
    session = await world.session("2027-03-09T15:00:00Z")
    quiet, told = [(await world.note(session, "maya", _OWN))["id"] for _ in range(2)]
    answer = await client("DELETE", f"/v1/notes/{quiet}", world.tokens["maya"])
    assert (answer.status_code, answer.content) == (204, b"")
    answer = await client(
        "DELETE", f"/v1/notes/{told}", world.tokens["maya"], headers={"Prefer": "return=representation"}
    )
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "return=representation"
    receipt = answer.json()
    assert (receipt["what"], receipt["id"]) == ("note", told)
    erased = {store["store"]: store["erased"] for store in receipt["stores"]}
    assert erased["records"]["notes"] == erased["passages"]["passages"] == 1
    assert [store["store"] for store in receipt["stores"]][-1] == "caches"
