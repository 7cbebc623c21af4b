"""Odd notes: each is kept exactly and served exactly, or refused with a clear 4xx; none is a 500."""

import asyncio
from typing import Any

import httpx2
import pytest

from coach.settings import Settings
from tests.conftest import World
from tests.integration.checks import check_citations, check_found, note_text, problem_in, refused
from tests.integration.odd_texts import FAMILIES, KEPT, REFUSED, Odd

_MANY_PASSAGES = 100
_STORABLE = 5
_PATIENCE = 30
_ANSWERED_MEANWHILE = 5


class Place:
    """A pairing and session of its own for each odd note, so that a search can show only that note."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.client = world.client
        self.token = world.tokens["maya"]
        self.pairing = ""

    async def post(self, odd: Odd) -> httpx2.Response:
        self.pairing = await self._world.pair("maya", "ingrid")
        session = await self._world.session("2027-03-04T15:00:00Z", self.pairing)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return await self.client.http.post(f"/v1/sessions/{session}/notes", content=odd.body, headers=headers)

    async def ask(self, call: str, body: dict[str, Any]) -> httpx2.Response:
        return await self.client("POST", f"/v1/pairings/{self.pairing}/{call}", self.token, body)


async def check_kept(place: Place, odd: Odd, note: dict[str, Any]) -> None:
    """The note is served exactly, and every passage that a search shows is an exact stretch of it."""
    assert await note_text(place.client, place.token, note["id"]) == odd.text, odd.name
    answer = await place.ask("search", {"query": "demo", "limit": _MANY_PASSAGES})
    assert answer.status_code == 200, (odd.name, answer.text[:300])
    found = answer.json()["items"]
    assert len(found) == min(note["passages"], _MANY_PASSAGES), odd.name
    await check_found(place.client, place.token, found)
    assert {item["note_id"] for item in found} <= {note["id"]}
    own_words = (odd.text or "")[:200]
    answer = await place.ask("search", {"query": own_words, "limit": 5})
    if answer.status_code != 200:
        problem_in(answer)


async def check_coached(place: Place, ingrid: str, odd: Odd) -> None:
    """The coach answers on the note whatever it holds, and cites it exactly."""
    asked: list[tuple[str, dict[str, Any]]] = [
        ("agenda", {"minutes": 45, "focus": "the demo"}),
        ("reflection", {}),
        ("progress", {}),
        ("ask", {"question": "What did we run out of?"}),
        ("feedback", {"draft": "You looked at your phone during the demo.", "to": ingrid}),
    ]
    for call, body in asked:
        answer = await place.ask(call, body)
        assert answer.status_code == 200, (odd.name, call, answer.text[:300])
        await check_citations(place.client, place.token, answer.json())


def test_there_are_150_odd_notes_or_more() -> None:
    bodies = {odd.body for family in FAMILIES.values() for odd in family}
    assert len(bodies) >= 150


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "huge"])
async def test_an_odd_note_is_kept_exactly_or_refused_clearly(world: World, family: str) -> None:
    place, unexpected = Place(world), []
    for odd in FAMILIES[family]:
        answer = await place.post(odd)
        wrongly_refused = answer.status_code != 201 and family in KEPT
        wrongly_kept = answer.status_code == 201 and family in REFUSED
        if wrongly_refused or wrongly_kept or answer.status_code >= 500:
            unexpected.append((odd.name, answer.status_code, answer.text[:200]))
        elif answer.status_code == 201:
            await check_kept(place, odd, answer.json())
            if not odd.name.endswith(", escaped"):
                await check_coached(place, world.ids["ingrid"], odd)
        else:
            problem_in(answer)
    assert unexpected == []


@pytest.mark.timeout(_PATIENCE)
@pytest.mark.parametrize("odd", FAMILIES["huge"], ids=lambda odd: odd.name)
async def test_a_huge_note_is_kept_exactly_or_refused_as_too_large(
    world: World, settings: Settings, odd: Odd
) -> None:
    place = Place(world)
    answer = await place.post(odd)
    if len(odd.text or "") > settings.max_note_chars or len(odd.body) > settings.max_body_bytes:
        assert "COUNTERPART_MAX" in refused(answer, 413)["detail"] or "split it" in answer.json()["detail"]
        return
    assert answer.status_code == 201, answer.text[:300]
    await check_kept(place, odd, answer.json())


@pytest.mark.slow
@pytest.mark.timeout(_PATIENCE)
@pytest.mark.parametrize("odd", FAMILIES["huge"][:_STORABLE], ids=lambda odd: odd.name)
async def test_the_coach_answers_on_a_huge_note(world: World, odd: Odd) -> None:
    place = Place(world)
    assert (await place.post(odd)).status_code == 201
    await check_coached(place, world.ids["ingrid"], odd)


async def test_a_long_note_does_not_hold_up_other_requests(world: World) -> None:
    """Splitting is work for the processor; while it goes on, the process answers others."""
    session = await world.session("2027-03-04T15:00:00Z")
    posting = asyncio.create_task(world.note(session, "maya", "漢字。" * 45_000))
    answered = 0
    while not posting.done():
        assert (await world.client("GET", "/healthz", None)).status_code == 200
        answered += 1
        await asyncio.sleep(0.01)
    assert (await posting)["passages"] > 100
    assert answered >= _ANSWERED_MEANWHILE


@pytest.mark.parametrize("family", ["unkeepable", "misshapen", "blank"])
async def test_what_is_refused_leaves_the_note_as_it_was(world: World, family: str) -> None:
    session = await world.session("2027-03-04T15:00:00Z")
    note = await world.note(session, "maya", "We ran out of time.")
    headers = {"Authorization": f"Bearer {world.tokens['maya']}", "Content-Type": "application/json"}
    for odd in FAMILIES[family]:
        if odd.name == "null visibility":
            continue
        answer = await world.client.http.put(f"/v1/notes/{note['id']}", content=odd.body, headers=headers)
        assert 400 <= answer.status_code < 500, (odd.name, answer.text[:300])
        problem_in(answer)
    assert await note_text(world.client, world.tokens["maya"], note["id"]) == "We ran out of time."


@pytest.mark.parametrize("family", KEPT)
async def test_an_odd_text_replaces_a_note_exactly(world: World, family: str) -> None:
    session = await world.session("2027-03-04T15:00:00Z")
    note = await world.note(session, "maya", "We ran out of time.")
    token = world.tokens["maya"]
    for odd in FAMILIES[family]:
        answer = await world.client("PUT", f"/v1/notes/{note['id']}", token, {"text": odd.text})
        assert answer.status_code == 200, (odd.name, answer.text[:300])
        assert await note_text(world.client, token, note["id"]) == odd.text, odd.name


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (b'{"text": "x", oops}', "application/json", "is no JSON at character 14: expecting property name"),
        (b'{"text": "x"}', "text/plain", "must be a JSON object, sent with the header Content-Type"),
        (b"[1]", "application/json", "must be a JSON object"),
        (b"", "application/json", "must be a JSON object"),
    ],
)
async def test_a_body_that_is_no_object_is_told_so(world: World, body: bytes, kind: str, told: str) -> None:
    session = await world.session("2027-03-04T15:00:00Z")
    headers = {"Authorization": f"Bearer {world.tokens['maya']}", "Content-Type": kind}
    path = f"/v1/sessions/{session}/notes"
    answer = refused(await world.client.http.post(path, content=body, headers=headers), 422)
    (fault,) = answer["errors"]
    assert fault["field"] == "body" and fault["message"].startswith(told)
