"""The contract's rows for capturing: notes and transcripts, repeats, changes, erasing, search."""

import asyncio
from typing import Any

import pytest

from coach.service import Service
from coach.settings import Settings
from tests.conftest import Client, World
from tests.integration.checks import check_found, listed, refused

_OLD = "Ingrid forgot the marmalade at the station."
_NEW = "Ingrid brought the tangerines to the canteen."


@pytest.fixture
async def session(world: World) -> str:
    return await world.session("2027-03-04T15:00:00Z")


async def texts_found(client: Client, world: World, query: str, reader: str = "maya") -> list[str]:
    """What a search shows this reader, each checked to be an exact stretch of a readable note."""
    path = f"/v1/pairings/{world.pairing}/search"
    items = (await client.asked(path, world.tokens[reader], {"query": query}))["items"]
    await check_found(client, world.tokens[reader], items)
    return [item["text"] for item in items]


async def test_a_note_is_answered_with_its_fields(client: Client, world: World, session: str) -> None:
    answer = await client(
        "POST", f"/v1/sessions/{session}/notes", world.tokens["maya"], {"text": "We met. It went well."}
    )
    assert answer.status_code == 201
    told = answer.json()
    assert told["session_id"] == session
    assert told["author_id"] == world.ids["maya"]
    assert told["visibility"] == "pair"
    assert told["created_at"].endswith("Z")
    assert told["index_state"] == "indexed"
    assert told["passages"] == 1
    got = (await client("GET", f"/v1/notes/{told['id']}", world.tokens["maya"])).json()
    shared = ("id", "session_id", "author_id", "visibility", "created_at", "index_state")
    assert {name: got[name] for name in shared} == {name: told[name] for name in shared}
    assert (got["text"], got["kind"]) == ("We met. It went well.", "note")
    assert got in listed(await client("GET", f"/v1/sessions/{session}/notes", world.tokens["ingrid"]))


@pytest.mark.parametrize("visibility", ["private", "pair", "program"])
@pytest.mark.parametrize("kind", ["note", "transcript"])
async def test_every_visibility_and_kind_is_kept(
    client: Client, world: World, session: str, visibility: str, kind: str
) -> None:
    text = "Maya: Shall we?\nIngrid: Yes, on Monday."
    note = await world.note(session, "maya", text, visibility=visibility, kind=kind)
    got = (await client("GET", f"/v1/notes/{note['id']}", world.tokens["maya"])).json()
    assert (got["text"], got["visibility"], got["kind"]) == (text, visibility, kind)


async def test_the_same_key_and_body_is_the_same_note(client: Client, world: World, session: str) -> None:
    body, headers = {"text": _OLD}, {"Idempotency-Key": "key-1"}
    path, token = f"/v1/sessions/{session}/notes", world.tokens["maya"]
    first = await client("POST", path, token, body, headers=headers)
    again = await client("POST", path, token, body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len(listed(await client("GET", path, token))) == 1


async def test_the_same_key_at_the_same_moment_is_one_note(
    client: Client, world: World, session: str
) -> None:
    path, token = f"/v1/sessions/{session}/notes", world.tokens["maya"]
    sent = [
        client("POST", path, token, {"text": _OLD}, headers={"Idempotency-Key": "key-1"}) for _ in range(8)
    ]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(listed(await client("GET", path, token))) == 1


async def test_the_same_key_with_another_body_is_a_409(client: Client, world: World, session: str) -> None:
    path, token = f"/v1/sessions/{session}/notes", world.tokens["maya"]
    other_session = await world.session("2027-03-05T15:00:00Z")
    headers = {"Idempotency-Key": "key-1"}
    assert (await client("POST", path, token, {"text": _OLD}, headers=headers)).status_code == 201
    others: list[dict[str, Any]] = [
        {"text": _NEW},
        {"text": _OLD, "visibility": "private"},
        {"text": _OLD, "kind": "transcript"},
    ]
    for body in others:
        refused(await client("POST", path, token, body, headers=headers), 409)
    elsewhere = f"/v1/sessions/{other_session}/notes"
    refused(await client("POST", elsewhere, token, {"text": _OLD}, headers=headers), 409)
    assert len(listed(await client("GET", path, token))) == 1


async def test_a_key_belongs_to_its_author(client: Client, world: World, session: str) -> None:
    path, headers = f"/v1/sessions/{session}/notes", {"Idempotency-Key": "key-1"}
    mine = await client("POST", path, world.tokens["maya"], {"text": _OLD}, headers=headers)
    theirs = await client("POST", path, world.tokens["ingrid"], {"text": _NEW}, headers=headers)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine.json()["id"]


async def test_notes_without_a_key_are_each_a_note(client: Client, world: World, session: str) -> None:
    ids = {(await world.note(session, "maya", _OLD))["id"] for _ in range(3)}
    assert len(ids) == 3


async def test_a_replaced_text_reaches_the_index(client: Client, world: World, session: str) -> None:
    note = await world.note(session, "maya", _OLD)
    await world.note(session, "ingrid", "Nothing else happened.")
    assert (await texts_found(client, world, "marmalade"))[0] == _OLD
    path, token = f"/v1/notes/{note['id']}", world.tokens["maya"]
    answer = await client("PUT", path, token, {"text": _NEW})
    assert answer.status_code == 200
    assert (await client("GET", path, token)).json()["text"] == _NEW
    assert not any("marmalade" in text for text in await texts_found(client, world, "marmalade"))
    assert (await texts_found(client, world, "tangerines"))[0] == _NEW


async def test_a_replaced_note_keeps_what_was_not_named(client: Client, world: World, session: str) -> None:
    note = await world.note(session, "maya", "Maya: One.\nIngrid: Two.", kind="transcript")
    path, token = f"/v1/notes/{note['id']}", world.tokens["maya"]
    await client("PUT", path, token, {"text": "Maya: Three.", "visibility": "private"})
    await client("PUT", path, token, {"text": "Maya: Four."})
    got = (await client("GET", path, token)).json()
    assert (got["text"], got["visibility"], got["kind"]) == ("Maya: Four.", "private", "transcript")
    assert got["created_at"] == note["created_at"]


async def test_an_erased_note_is_gone_everywhere(
    client: Client, service: Service, world: World, session: str
) -> None:
    note = await world.note(session, "maya", _OLD)
    path, token = f"/v1/notes/{note['id']}", world.tokens["maya"]
    answer = await client("DELETE", path, token)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(await client("GET", path, token), 404)
    refused(await client("DELETE", path, token), 404)
    refused(await client("PUT", path, token, {"text": _NEW}), 404)
    assert listed(await client("GET", f"/v1/sessions/{session}/notes", token)) == []
    assert await texts_found(client, world, "marmalade") == []
    assert await service.index.ids() == set()


async def test_a_suggestion_drawn_from_a_changed_or_erased_note_is_gone(
    client: Client, world: World, session: str
) -> None:
    for change in ("PUT", "DELETE"):
        note = await world.note(session, "maya", "We ran out of time for the marmalade demo.")
        agenda = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["ingrid"])
        assert "marmalade" in str(agenda)
        kept = f"/v1/suggestions/{agenda['id']}"
        assert (await client("GET", kept, world.tokens["ingrid"])).json() == agenda
        body = {"text": _NEW} if change == "PUT" else None
        await client(change, f"/v1/notes/{note['id']}", world.tokens["maya"], body)
        refused(await client("GET", kept, world.tokens["ingrid"]), 404)


async def test_search_answers_with_its_fields_best_first(client: Client, world: World, session: str) -> None:
    note = await world.note(session, "maya", _OLD)
    await world.note(session, "ingrid", _NEW)
    path = f"/v1/pairings/{world.pairing}/search"
    found = await client.asked(path, world.tokens["ingrid"], {"query": "marmalade", "limit": 1})
    (best,) = found["items"]
    assert isinstance(best.pop("score"), float)
    assert best == {
        "note_id": note["id"],
        "session_id": session,
        "held_at": "2027-03-04T15:00:00Z",
        "author_id": world.ids["maya"],
        "text": _OLD,
        "start": 0,
        "end": len(_OLD),
    }


async def test_search_shows_ten_unless_told_otherwise(client: Client, world: World, session: str) -> None:
    for n in range(12):
        await world.note(session, "maya", f"Note number {n} about the marmalade.")
    path, token = f"/v1/pairings/{world.pairing}/search", world.tokens["maya"]
    for body, number in (({"query": "marmalade"}, 10), ({"query": "marmalade", "limit": 12}, 12)):
        assert len((await client.asked(path, token, body))["items"]) == number


async def test_a_text_over_the_limit_is_a_413_and_names_the_field(
    client: Client, world: World, session: str, settings: Settings
) -> None:
    body = {"text": "x" * (settings.max_note_chars + 1)}
    answer = await client("POST", f"/v1/sessions/{session}/notes", world.tokens["maya"], body)
    assert [fault["field"] for fault in refused(answer, 413)["errors"]] == ["text"]
