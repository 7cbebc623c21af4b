"""Many suggestions at once, while the model takes its time."""

import asyncio
from typing import Any

import pytest
import respx

from coach.settings import Settings
from tests.integration import model_replies as replies
from tests.integration.coached_program import Program
from tests.integration.model_endpoint import Endpoint, check_by_model

_MANY = 200
_TOGETHER = 100


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One person asks for more than a minute's worth."""
    return settings.model_copy(update={"rate_per_minute": 0, "rate_suggestions_per_minute": 0})


@pytest.mark.parametrize("deadline", [60.0])
async def test_many_wait_for_the_model_side_by_side(program: Program, endpoint: Endpoint) -> None:
    """Every one is the model's, though it says nothing before many wait for it at the same time."""
    waiting, together = 0, asyncio.Event()

    async def answer(request: Any) -> respx.MockResponse:
        nonlocal waiting
        waiting += 1
        if waiting == _TOGETHER:
            together.set()
        await together.wait()
        return endpoint.answer(request, replies.in_form)

    endpoint.route.mock(side_effect=answer)
    kinds = ("agenda", "reflection", "progress", "ask")
    told = await asyncio.gather(*(program.ask(kinds[n % len(kinds)]) for n in range(_MANY)))
    for n, suggestion in enumerate(told):
        check_by_model(suggestion, kinds[n % len(kinds)])
    assert endpoint.route.call_count == _MANY
