"""No more requests are at a model's endpoint at once than the settings allow."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from coach.drafting.endpoint import Endpoint, Exchange
from coach.drafting.failure import DraftingFailed, Fault

_SCHEMA = {"title": "lines", "type": "object"}


class Held(BaseChatModel):
    """Answers when it is let; counts how many wait for it."""

    waiting: int = 0
    most: int = 0
    asked: int = 0
    let: Any = None
    came: Any = None

    @property
    def _llm_type(self) -> str:
        return "held"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(""))])

    async def _astream(self, *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        self.asked += 1
        self.waiting += 1
        self.came.release()
        self.most = max(self.most, self.waiting)
        try:
            await self.let.wait()
        finally:
            self.waiting -= 1
        yield ChatGenerationChunk(message=AIMessageChunk(content='{"items": [{"text": "a"}]}'))


async def ask(endpoint: Endpoint, seconds: float = 30) -> list[Any]:
    deadline = asyncio.get_running_loop().time() + seconds
    return [line async for line in endpoint.lines([HumanMessage("ask")], _SCHEMA, deadline, Exchange())]


async def came(model: Held, count: int) -> None:
    for _ in range(count):
        await model.came.acquire()


def held() -> Held:
    return Held(let=asyncio.Event(), came=asyncio.Semaphore(0))


async def test_the_rest_waits_for_its_turn() -> None:
    model = held()
    endpoint = Endpoint(model, 1, at_once=3)
    tasks = [asyncio.create_task(ask(endpoint)) for _ in range(10)]
    await came(model, 3)
    await asyncio.sleep(0.05)
    assert (model.asked, model.waiting) == (3, 3)
    model.let.set()
    assert len(await asyncio.gather(*tasks)) == 10
    assert (model.asked, model.most) == (10, 3)


async def test_a_turn_that_does_not_come_in_time_is_too_late_and_no_fault_of_the_endpoint() -> None:
    model = held()
    endpoint = Endpoint(model, 30, at_once=1)
    first = asyncio.create_task(ask(endpoint))
    await came(model, 1)
    for _ in range(4):
        with pytest.raises(DraftingFailed) as failed:
            await ask(endpoint, seconds=0.02)
        assert failed.value.fault is Fault.LATE
    assert not endpoint.rests
    assert model.asked == 1
    model.let.set()
    assert await first == [{"text": "a"}]


async def test_who_leaves_while_waiting_or_being_answered_leaves_no_hole() -> None:
    model = held()
    endpoint = Endpoint(model, 1, at_once=2)
    for _ in range(3):
        tasks = [asyncio.create_task(ask(endpoint)) for _ in range(8)]
        await came(model, 2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    model.most = 0
    again = [asyncio.create_task(ask(endpoint)) for _ in range(4)]
    await came(model, 2)
    assert model.waiting == 2
    model.let.set()
    assert len(await asyncio.gather(*again)) == 4
    assert model.most == 2
