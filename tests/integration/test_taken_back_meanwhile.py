"""What is taken back while a model is being asked is in no request that goes out after."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import respx

from coach.settings import Settings
from tests.conftest import ADMIN
from tests.integration import model_replies as replies
from tests.integration.coached_program import Program
from tests.integration.model_endpoint import Endpoint, open_with_model

_WORDS = "Ingrid dreads the flamingo launch and postponed the flamingo demo again."
_QUESTION = {"question": "Who postponed the flamingo demo?"}


@pytest.fixture
async def program(settings: Settings, endpoint: Endpoint) -> AsyncIterator[Program]:
    async with open_with_model(settings) as opened:
        yield opened


async def take_back(program: Program, how: str, note_id: str) -> None:
    world = program.world
    off = {"model_use": False}
    member = f"/v1/pairings/{world.pairing}/members/{world.ids['maya']}"
    calls: dict[str, tuple[str, str, str, Any]] = {
        "erased": ("DELETE", f"/v1/notes/{note_id}", world.tokens["ingrid"], None),
        "hidden": ("PATCH", f"/v1/notes/{note_id}", world.tokens["ingrid"], {"visibility": "private"}),
        "its author switched off": ("PUT", "/v1/me/preferences", world.tokens["ingrid"], off),
        "the program switched off": ("PATCH", f"/v1/programs/{world.program}", ADMIN, off),
        "the reader put out": ("DELETE", member, ADMIN, None),
        "its author erased": ("DELETE", f"/v1/participants/{world.ids['ingrid']}", ADMIN, None),
    }
    assert (await world.client(*calls[how])).status_code in (200, 204)


@pytest.mark.parametrize(
    "how",
    [
        "erased",
        "hidden",
        "its author switched off",
        "the program switched off",
        "the reader put out",
        "its author erased",
    ],
)
async def test_the_request_that_mends_does_not_send_it(
    program: Program, endpoint: Endpoint, how: str
) -> None:
    world = program.world
    note = await world.note(await world.session("2027-03-08T15:00:00Z"), "ingrid", _WORDS)
    told: list[str] = []

    async def reply(request: Any) -> respx.MockResponse:
        told.append(json.dumps(json.loads(request.content)["messages"]))
        if len(told) == 1:
            assert "dreads" in told[0]
            await take_back(program, how, note["id"])
        return endpoint.answer(request, replies.false_only)

    endpoint.route.mock(side_effect=reply)
    path = f"/v1/pairings/{world.pairing}/ask"
    answer = await world.client("POST", path, world.tokens["maya"], _QUESTION)
    assert answer.status_code == (404 if how == "the reader put out" else 200)
    assert told and not any("dreads" in sent for sent in told[1:])
    seen = await world.client("GET", "/v1/disclosures", world.tokens["ingrid"])
    if seen.status_code == 200:
        of_it = [p for entry in seen.json()["items"] for p in entry["passages"] if p["note_id"] == note["id"]]
        assert len(of_it) <= 1


async def test_a_line_is_mended_where_nothing_was_taken_back(program: Program, endpoint: Endpoint) -> None:
    world = program.world
    await world.note(await world.session("2027-03-08T15:00:00Z"), "ingrid", _WORDS)
    endpoint.says(replies.false_only)
    await world.client.asked(f"/v1/pairings/{world.pairing}/ask", world.tokens["maya"], _QUESTION)
    assert endpoint.route.call_count == 2
    assert endpoint.asked.thrown_away
