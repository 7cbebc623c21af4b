"""What a program's owners are told is held, whoever asks and whatever happens to the notes meanwhile."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from coach.settings import Settings
from tests.conftest import ADMIN, database_file
from tests.integration import model_replies as replies
from tests.integration.checks import listed, refused
from tests.integration.coached_program import Program
from tests.integration.model_endpoint import Endpoint

SAME = "We learned to follow a podcast with a friend before the dashboard demo."


@pytest.fixture(autouse=True)
def in_form(endpoint: Endpoint) -> None:
    endpoint.says(replies.in_form)


def stored(settings: Settings, query: str) -> list[Any]:
    with closing(sqlite3.connect(database_file(settings), timeout=30)) as records:
        return records.execute(query).fetchall()


async def program_notes(program: Program) -> list[tuple[str, str]]:
    """Ids of the notes that count, each with its author's token."""
    found, world = [], program.world
    for pairing in listed(await world.client("GET", f"/v1/programs/{world.program}/pairings", ADMIN)):
        author = next(key for key, i in world.ids.items() if i in pairing["mentor_ids"])
        for session in listed(await world.client("GET", f"/v1/pairings/{pairing['id']}/sessions", ADMIN)):
            path = f"/v1/sessions/{session['id']}/notes"
            notes = listed(await world.client("GET", path, world.tokens[author]))
            found += [(note["id"], world.tokens[author]) for note in notes if note["visibility"] == "program"]
    return found


async def test_an_answer_stays_the_same_when_notes_come_change_and_go(program: Program) -> None:
    before = await program.ask("learnings")
    assert before["items"]
    session = await program.world.session("2027-03-09T15:00:00Z")
    await program.world.note(session, "maya", SAME, visibility="program")
    notes, client = await program_notes(program), program.world.client
    (changed, token), (hidden, other), *rest = notes
    answers = [
        await client("PUT", f"/v1/notes/{changed}", token, {"text": "Nothing."}),
        await client("PUT", f"/v1/notes/{hidden}", other, {"text": SAME, "visibility": "private"}),
        *[await client("DELETE", f"/v1/notes/{note}", its) for note, its in rest],
    ]
    assert {answer.status_code for answer in answers} == {200, 204}
    after = await program.ask("learnings")
    same = ("items", "drafted_by")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


async def test_a_release_is_worded_once_for_any_request(program: Program, endpoint: Endpoint) -> None:
    before = await program.ask("learnings")
    assert before["drafted_by"]["engine"] == "llm"
    path, token, _ = program.call("learnings")
    endpoint.says(lambda _: pytest.fail("the model was asked again"))
    again = await program.world.client.asked(path, token, {"limit": 50})
    assert again["items"] == before["items"] != []
    assert again["usage"]["completion_tokens"] == 0


async def test_a_later_note_with_the_same_words_takes_no_line_away(program: Program) -> None:
    before = await program.ask("learnings")
    session = await program.world.session("2027-03-09T15:00:00Z")
    for item in before["items"]:
        await program.world.note(session, "maya", item["text"], visibility="program")
    assert (await program.ask("learnings"))["items"] == before["items"]


async def test_requests_at_once_make_one_release(program: Program, settings: Settings) -> None:
    answers = await asyncio.gather(*(program.ask("learnings") for _ in range(6)))
    assert len({str(answer["items"]) for answer in answers}) == 1
    assert stored(settings, "SELECT number FROM releases") == [(1,)]


async def test_a_pairing_leaves_the_numbers_with_its_last_program_note(
    program: Program, settings: Settings
) -> None:
    await program.ask("learnings")
    carriers = "SELECT DISTINCT pairing_id FROM release_carriers"
    assert len(stored(settings, carriers)) == 3
    mayas = program.world.tokens["maya"]
    note, token = next(own for own in await program_notes(program) if own[1] != mayas)
    await program.world.client("DELETE", f"/v1/notes/{note}", token)
    assert len(stored(settings, carriers)) == 2
    await program.world.client("DELETE", f"/v1/participants/{program.world.ids['maya']}", ADMIN)
    assert len(stored(settings, carriers)) == 1
    assert (await program.ask("learnings"))["items"]


async def test_an_earlier_answer_goes_with_a_note_that_counted(program: Program) -> None:
    before = await program.ask("learnings")
    (note, token), *_ = await program_notes(program)
    await program.world.client("DELETE", f"/v1/notes/{note}", token)
    earlier = f"/v1/suggestions/{before['id']}"
    refused(await program.world.client("GET", earlier, program.world.tokens["olga"]), 404)


async def test_a_program_without_themes_asks_no_model(program: Program, endpoint: Endpoint) -> None:
    world = program.world
    other = (await world.client.made("/v1/programs", {"name": "Other", "objectives": []}))["id"]
    await world.person("Otto Other", "owner", program=other)
    await program.ask("learnings")
    before = endpoint.route.call_count
    told = await world.client.asked(f"/v1/programs/{other}/learnings", world.tokens["otto"])
    assert told["items"] == [] and len(told["warnings"]) == 1
    assert endpoint.route.call_count == before
