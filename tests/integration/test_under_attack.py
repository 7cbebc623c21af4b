"""What an attacker found, tried again."""

import asyncio
import json
import sqlite3
from collections import Counter

import pytest

from coach.service import Service
from coach.settings import Settings
from tests.conftest import ADMIN, Client, World, database_file
from tests.integration.checks import listed, problem_in

_HELD = "2027-03-04T15:00:00Z"


async def test_many_requests_at_once_are_all_answered(client: Client, world: World) -> None:
    async def ask(token: str) -> int:
        return (await client("GET", f"/v1/programs/{world.program}", token)).status_code

    asked = [ask("nobody") for _ in range(100)] + [ask(world.tokens["maya"]) for _ in range(100)]
    assert Counter(await asyncio.gather(*asked)) == {401: 100, 200: 100}


async def test_writing_without_a_token_waits_for_no_lock(
    client: Client, world: World, service: Service
) -> None:
    async with service.database.writing():
        answer = await client("POST", "/v1/programs", "nobody", {"name": "x", "objectives": []})
    assert answer.status_code == 401


async def test_learnings_go_with_the_notes_they_were_drawn_from(client: Client, world: World) -> None:
    notes = []
    for number, (mentor, mentee) in enumerate((("Ada A", "Ben B"), ("Cem C", "Dua D"), ("Eli E", "Fay F"))):
        pair = await world.pair(await world.person(mentor, "mentor"), await world.person(mentee, "mentee"))
        session = await world.session(f"2027-02-0{number + 1}T10:00:00Z", pair)
        text = "We finished the dashboard review and the dashboard is liked."
        author = mentor.split()[0].lower()
        notes.append((author, (await world.note(session, author, text, visibility="program"))["id"]))
    path, owner = f"/v1/programs/{world.program}/learnings", world.tokens["olga"]
    told = await client.asked(path, owner)
    assert "dashboard" in json.dumps(told).lower()
    author, note = notes[0]
    assert (await client("DELETE", f"/v1/notes/{note}", world.tokens[author])).status_code == 204
    assert (await client("GET", f"/v1/suggestions/{told['id']}", owner)).status_code == 404


async def test_names_of_people_outside_the_program_become_no_theme(client: Client, world: World) -> None:
    for number, (mentor, mentee) in enumerate((("Ada A", "Ben B"), ("Cem C", "Dua D"), ("Eli E", "Fay F"))):
        pair = await world.pair(await world.person(mentor, "mentor"), await world.person(mentee, "mentee"))
        session = await world.session(f"2027-02-0{number + 1}T10:00:00Z", pair)
        text = "Kowalski praised the dashboard, and we use LinkedIn with Kowalski now."
        await world.note(session, mentor.split()[0].lower(), text, visibility="program")
    told = json.dumps(await client.asked(f"/v1/programs/{world.program}/learnings", world.tokens["olga"]))
    assert "kowalski" not in told.lower()
    assert "dashboard" in told.lower() and "LinkedIn" in told


async def test_quotation_marks_in_a_name_or_a_draft_hide_nothing(client: Client, world: World) -> None:
    await world.person("“Maxi” Meyer", "mentee")
    pairing = await world.pair("maya", "“maxi”")
    action = {"title": "Send the deck", "due": "2027-03-01", "owner_id": world.ids["“maxi”"]}
    await client.made(f"/v1/pairings/{pairing}/actions", action, world.tokens["maya"])
    agenda = await client.asked(f"/v1/pairings/{pairing}/agenda", world.tokens["maya"])
    assert any("Send the deck" in item["text"] for item in agenda["items"])
    goal = {"title": "Post alone", "owner_id": world.ids["“maxi”"]}
    await client.made(f"/v1/pairings/{pairing}/goals", goal, world.tokens["maya"])
    body = {"draft": "In our session yesterday you said “stop it and left.", "to": world.ids["“maxi”"]}
    feedback = await client.asked(f"/v1/pairings/{pairing}/feedback", world.tokens["maya"], body)
    assert len(feedback["items"]) == 3


async def test_reflection_with_sixteen_partners_is_answered(client: Client, world: World) -> None:
    mentees = [world.ids[await world.person(f"Person{n} Somebody", "mentee")] for n in range(16)]
    body = {"mentor_ids": [world.ids["maya"]], "mentee_ids": mentees, "kind": "reverse"}
    pairing = (await client.made(f"/v1/programs/{world.program}/pairings", body))["id"]
    session = await world.session(_HELD, pairing)
    await world.note(session, "maya", "I learned that dashboards work well for the plant managers.")
    told = await client.asked(f"/v1/pairings/{pairing}/reflection", world.tokens["maya"])
    assert told["items"]


async def test_feedback_lays_at_nobodys_door_what_another_did(client: Client, world: World) -> None:
    session = await world.session(_HELD)
    told_of_another = "My manager Karen was in the room too, she interrupted the demo three times."
    await world.note(session, "maya", told_of_another, visibility="private")
    for draft in ("You interrupted the demo.", "You were rude, the demo was interrupted."):
        body = {"draft": draft, "to": world.ids["ingrid"]}
        told = await client.asked(f"/v1/pairings/{world.pairing}/feedback", world.tokens["maya"], body)
        assert "Karen" not in json.dumps(told)
        assert "4 March" not in json.dumps(told)


async def test_feedback_that_stands_on_a_private_note_says_so(client: Client, world: World) -> None:
    session = await world.session(_HELD)
    await world.note(session, "maya", "Ingrid interrupted the demo three times.", visibility="private")
    body = {"draft": "You interrupted the demo.", "to": world.ids["ingrid"]}
    told = await client.asked(f"/v1/pairings/{world.pairing}/feedback", world.tokens["maya"], body)
    assert any("private note" in warning for warning in told["warnings"])


async def test_what_is_denied_is_not_put_on_the_agenda(client: Client, world: World) -> None:
    session = await world.session(_HELD)
    denied = (
        "Nothing was postponed this time. Ingrid never promised to send the budget deck. "
        "We have no open question about the budget deck."
    )
    await world.note(session, "maya", denied)
    told = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["maya"])
    for word in ("put off", "promised", "left open"):
        assert word not in json.dumps(told["items"])


async def test_a_session_still_to_come_is_not_the_last(client: Client, world: World) -> None:
    await world.note(await world.session(_HELD), "maya", "I felt proud of the video we published.")
    await world.note(await world.session("2030-01-01T10:00:00Z"), "maya", "I felt nervous about the plan.")
    told = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["maya"])
    assert "4 March 2027" in told["items"][0]["text"]
    assert "2030" not in json.dumps(told["items"][0])


async def test_a_change_that_changes_nothing_leaves_an_action_as_it_was(client: Client, world: World) -> None:
    home, token = f"/v1/pairings/{world.pairing}/actions", world.tokens["maya"]
    made = await client.made(home, {"title": "Send the deck"}, token)
    assert (await client("PATCH", f"/v1/actions/{made['id']}", token, {})).status_code == 200
    assert listed(await client("GET", home, token)) == [made]


@pytest.mark.parametrize("how", ["DELETE", "PUT"])
async def test_words_taken_back_leave_a_log_that_was_busy_once_it_is_free(
    client: Client, world: World, service: Service, settings: Settings, how: str
) -> None:
    note = await world.note(await world.session(_HELD), "maya", "The zebrafish budget is at risk.")
    reader = sqlite3.connect(database_file(settings))
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM notes").fetchone()
    body = {"text": "The budget is at risk."} if how == "PUT" else None
    assert (await client(how, f"/v1/notes/{note['id']}", world.tokens["maya"], body)).status_code < 300
    assert b"zebrafish" in _kept(settings)
    reader.close()
    await service.look_after()
    assert b"zebrafish" not in _kept(settings)


def _kept(settings: Settings) -> bytes:
    return b"".join(file.read_bytes() for file in settings.data_dir.glob(f"{database_file(settings).name}*"))


async def test_an_erased_person_is_told_in_the_receipt_what_others_keep(client: Client, world: World) -> None:
    receipt = (await client("DELETE", f"/v1/participants/{world.ids['ingrid']}", ADMIN)).json()
    assert any("others wrote" in line for line in receipt["not_erased"])


async def test_an_address_with_a_slash_too_many_is_a_problem_and_no_detour(client: Client) -> None:
    answer = await client("GET", "/v1/programs/")
    assert answer.status_code == 404
    assert problem_in(answer)["status"] == 404
