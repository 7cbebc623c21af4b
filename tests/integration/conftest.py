"""The coached program with an intercepted model in front; a test may name another deadline."""

from collections.abc import AsyncIterator

import pytest
import respx

from coach.settings import Settings
from tests.integration.coached_program import Program, open_program
from tests.integration.model_endpoint import Endpoint, drafter_with


@pytest.fixture
def endpoint(httpx2_mock: respx.Router) -> Endpoint:
    return Endpoint(httpx2_mock)


@pytest.fixture
def deadline() -> float:
    """Seconds that one draft may take."""
    return 10.0


@pytest.fixture
async def program(settings: Settings, endpoint: Endpoint, deadline: float) -> AsyncIterator[Program]:
    async with open_program(settings, drafter_with(deadline)) as opened:
        yield opened
