"""Evidence that is longer than the model reads: a quarter is sent once more, and then the offline coach."""

import json
import re
from typing import Any

import pytest
import respx

from tests.integration import model_replies as replies
from tests.integration.coached_program import KINDS, Program
from tests.integration.model_endpoint import Endpoint, check_by_model, check_offline, check_shown

_REFUSED = {"error": {"message": "This model's maximum context length is 4096 tokens."}}
_LEARNED = "I learned to record, cut, publish and advertise podcasts on phones."
_ON_EVIDENCE = [kind for kind in KINDS if kind != "learnings"]


def refuses(endpoint: Endpoint, times: int) -> list[replies.Asked]:
    """So many requests are too long for the model, and then it answers; the requests as they come."""
    asked: list[replies.Asked] = []

    def answer(request: Any) -> respx.MockResponse:
        asked.append(replies.Asked(json.loads(request.content)))
        if len(asked) <= times:
            return respx.MockResponse(400, json=_REFUSED)
        return endpoint.answer(request, replies.in_form)

    endpoint.route.mock(side_effect=answer)
    return asked


def room(asked: replies.Asked) -> int:
    """Characters that the evidence takes in a request."""
    return sum(map(len, re.findall(r"<evidence id=.*?</evidence>", asked.user)))


@pytest.fixture
async def noted(program: Program) -> Program:
    """The program with more notes on the demo than one answer needs."""
    world = program.world
    for day in range(1, 9):
        session = await world.session(f"2027-03-{day:02}T15:00:00Z")
        postponed = f"We postponed filters, charts, exports, permissions, reports and alarms for team {day}."
        await world.note(session, "maya", f"{postponed} {_LEARNED}")
    return program


async def test_what_is_too_long_is_asked_again_with_a_quarter_of_the_evidence(
    noted: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in _ON_EVIDENCE:
        with subtests.test(kind=kind):
            asked = refuses(endpoint, times=1)
            suggestion = await noted.ask(kind)
            first, second = asked
            assert 4 * room(second) <= room(first) or len(second.evidence) == 1
            assert set(second.evidence.values()) < set(first.evidence.values())
            assert second.allowed == list(second.evidence)
            check_by_model(suggestion, kind)
            assert suggestion["warnings"] == []
            await check_shown(noted, kind, suggestion)


async def test_what_stays_too_long_is_answered_offline_after_two_requests(
    noted: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in _ON_EVIDENCE:
        with subtests.test(kind=kind):
            asked = refuses(endpoint, times=2)
            assert "longer than it can read" in check_offline(await noted.ask(kind))
            assert len(asked) == 2


async def test_without_evidence_to_leave_out_the_same_is_not_asked_again(
    program: Program, endpoint: Endpoint
) -> None:
    endpoint.gives(400, json=_REFUSED)
    assert "longer than it can read" in check_offline(await program.ask("learnings"))
    assert endpoint.route.call_count == 1
