"""A model endpoint whose every request is intercepted, and what must hold of the answers then."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import respx
from pydantic import SecretStr

from coach.advice.briefs import Drafter
from coach.drafting.llm import chat_model
from coach.drafting.phrases import phrases
from coach.ports import Clock
from coach.settings import Settings
from coach.wiring import open_service
from prompts import prompt
from tests.conftest import client_for
from tests.drafting import NO_REST, drafter_on
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.integration import model_replies as replies
from tests.integration.checks import check_citations
from tests.integration.coached_program import Program, coached_program

BASE, MODEL, KEY = "http://model.test/v1", "scripted-model", "the-key-of-the-tests"

Reply = Callable[[replies.Asked], str]


def drafter_with(deadline: float, rest: float = NO_REST, kept: int = 0) -> Drafter:
    """The language model before the offline coach; one draft may take `deadline` seconds.

    An endpoint that failed again and again rests for `rest` seconds; `kept` answers are kept.
    """
    model = chat_model(MODEL, BASE, SecretStr(KEY), deadline)
    return drafter_on(model, MODEL, deadline=deadline, rest=rest, kept=kept)


@asynccontextmanager
async def open_with_model(
    settings: Settings, clock: Clock = lambda: NOW, **more: Any
) -> AsyncIterator[Program]:
    """The coached program, its service set up for the intercepted model by the settings alone."""
    model = {"llm_base_url": BASE, "llm_api_key": SecretStr(KEY), "llm_model": MODEL, "llm_kept": 0}
    own = settings.model_copy(update={**model, **more})
    async with (
        open_service(own, embedder_of=lambda _: WordEmbedder(), reader=WordReader(), clock=clock) as service,
        client_for(service) as client,
    ):
        yield await coached_program(client)


class Endpoint:
    """The intercepted endpoint: says what it was told to, and knows what it was asked."""

    def __init__(self, router: respx.Router) -> None:
        self.route = router.post(f"{BASE}/chat/completions")

    def says(self, reply: Reply, finish: str = "stop") -> None:
        self.route.mock(side_effect=lambda request: self.answer(request, reply, finish))

    def answer(self, request: Any, reply: Reply, finish: str = "stop") -> respx.MockResponse:
        """By a stream where one was asked for."""
        asked = replies.Asked(json.loads(request.content))
        content = reply(asked)
        if asked.streams:
            return respx.MockResponse(200, text=replies.streamed(content, finish), headers=replies.EVENTS)
        return respx.MockResponse(200, json=replies.completion(content, finish))

    def gives(self, status: int, **response: Any) -> None:
        self.route.mock(return_value=respx.MockResponse(status, **response))

    @property
    def asked(self) -> replies.Asked:
        """The latest request."""
        return replies.Asked(json.loads(self.route.calls.last.request.content))


def check_by_model(suggestion: dict[str, Any], kind: str, requests: int = 1) -> None:
    """A second request is one that had lines mended."""
    assert suggestion["drafted_by"] == {
        "engine": "llm",
        "model": MODEL,
        "prompt_version": prompt(kind).version,
    }
    assert suggestion["usage"] == {
        "prompt_tokens": requests * replies.PROMPT_TOKENS,
        "completion_tokens": requests * replies.COMPLETION_TOKENS,
        "cost": None,
        "currency": None,
    }


def check_offline(suggestion: dict[str, Any]) -> str:
    """The offline coach answered and says that the model was not used, and why."""
    drafted_by = suggestion["drafted_by"]
    assert drafted_by == {"engine": "offline", "model": None, "prompt_version": phrases().version}
    told = [warning for warning in suggestion["warnings"] if "model was not used" in warning]
    assert len(told) == 1
    assert suggestion["items"]
    return str(told[0])


async def check_shown(program: Program, kind: str, suggestion: dict[str, Any]) -> None:
    """Each citation is exact and open to the reader, and no false id nor another's private note shows."""
    _, token, _ = program.call(kind)
    await check_citations(program.world.client, token, suggestion)
    shown = json.dumps(suggestion)
    assert "E99" not in shown and "T99" not in shown
    assert "zebrafish" not in shown
