"""A chat model at an OpenAI-compatible endpoint, asked for lines in a form, whatever it may do instead.

Servers differ: many take a JSON schema, some a JSON object only, some neither; some don't stream, some
refuse to count tokens while streaming. The first refusal of each is remembered, and the next way tried.
"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from circuitbreaker import CircuitBreaker
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    UnprocessableEntityError,
)
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from coach.domain.suggestions import Usage
from coach.drafting.again import FAILURES_TO_REST, is_down, is_worth_again, wait
from coach.drafting.complaints import is_filtered, is_too_long
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.growing import GrowingAnswer
from coach.drafting.pumping import pumped
from coach.drafting.turns import Turns

_log = logging.getLogger(__name__)
_ATTEMPTS = 3
_UNCOUNTED = re.compile(r"stream_options|include_usage", re.IGNORECASE)


class Form(StrEnum):
    """How the form of the answer is asked for, the strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Way:
    """What the endpoint is known to take."""

    form: Form = Form.SCHEMA
    streams: bool = True
    counts: bool = True

    def lesser(self) -> "Way | None":
        forms = list(Form)
        at = forms.index(self.form) + 1
        return replace(self, form=forms[at]) if at < len(forms) else None


@dataclass
class Exchange:
    """What asking took, true at any moment, and whether the answer broke off before its end.

    `read` counts the characters of requests that were not turned away, `said` those of the answer.
    """

    usage: Usage = field(default_factory=Usage)
    broken_off: bool = False
    requests: int = 0
    read: int = 0
    said: int = 0

    @contextmanager
    def sending(self, characters: int) -> Iterator[None]:
        """While the first word of an answer is waited for; a refusal takes the request's length back."""
        self.requests += 1
        self.read += characters
        try:
            yield
        except APITimeoutError:
            raise
        except (APIStatusError, APIConnectionError):
            self.read -= characters
            raise


Before = Callable[[], Awaitable[None]]


async def _at_once() -> None:
    """Nothing has to come before a request."""


class Endpoint:
    """One model; it rests for a while after it failed again and again, and costs nothing meanwhile."""

    def __init__(self, model: BaseChatModel, rest: float, at_once: int = 256) -> None:
        """`rest`: seconds that it is left alone after three failures in a row; `at_once`: most requests."""
        self._model = model
        self._places = asyncio.Semaphore(at_once)
        self._turns = Turns()
        self._way = Way()
        self._breaker = CircuitBreaker(FAILURES_TO_REST, rest, is_down)

    @property
    def way(self) -> Way:
        return self._way

    @property
    def rests(self) -> bool:
        return bool(self._breaker.opened)

    async def lines(
        self,
        messages: Sequence[BaseMessage],
        schema: dict[str, Any],
        deadline: float,
        exchange: "Exchange",
        before: Before = _at_once,
    ) -> AsyncGenerator[Any]:
        """Each line as soon as it is whole; DraftingFailed when none comes by the deadline (loop time).

        `before` is awaited right before each request, again before one that is tried again; what it raises
        is raised, and nothing sent.
        What was said before an answer broke off is kept, and `exchange` says so.
        """
        if self.rests:
            raise DraftingFailed(Fault.RESTS)
        answer = GrowingAnswer()
        given = 0
        try:
            async with aclosing(self._chunks(messages, schema, deadline, exchange, before)) as chunks:
                async for chunk in chunks:
                    exchange.usage += _usage(chunk)
                    exchange.said += len(str(chunk.text))
                    for line in answer.take(str(chunk.text)):
                        given += 1
                        yield line
                    _require_said(chunk)
                    exchange.broken_off = _finish(chunk) == "length" or answer.is_endless
                    if answer.is_endless:
                        break
        except Exception as error:  # whatever a client, a server or a parser may raise, the coach answers
            fault = _fault(error)
            _log.warning("the model failed (%s: %s)", fault.fault.value, type(error).__name__)
            if not given:
                raise fault from error
            exchange.broken_off = True
        if not given and not (answer.has_form and answer.is_whole):
            raise DraftingFailed(Fault.EMPTY if answer.is_empty else Fault.FORM)
        exchange.broken_off |= not answer.is_whole

    async def _chunks(
        self,
        messages: Sequence[BaseMessage],
        schema: dict[str, Any],
        deadline: float,
        exchange: Exchange,
        before: Before,
    ) -> AsyncGenerator[AIMessageChunk]:
        async with asyncio.timeout_at(deadline), self._places:
            if self.rests:
                raise DraftingFailed(Fault.RESTS)
            async for attempt in AsyncRetrying(
                retry=retry_if_exception(is_worth_again),
                wait=lambda state: wait(state, deadline),
                stop=stop_after_attempt(_ATTEMPTS),
                reraise=True,
            ):
                with attempt, self._breaker:
                    async with asyncio.timeout_at(deadline):
                        told, first = await self._begun(messages, schema, exchange, before)
            async with aclosing(told):
                yield first
                async for chunk in told:
                    yield chunk

    async def _begun(
        self, messages: Sequence[BaseMessage], schema: dict[str, Any], exchange: Exchange, before: Before
    ) -> tuple[Any, AIMessageChunk]:
        """The answer's chunks and the first of them, asked for in the strictest way that is taken."""
        way = self._way
        while True:
            await before()
            told = self._told(messages, schema, way)
            try:
                with exchange.sending(_length(messages, _asked(way.form, schema))):
                    first = await anext(told, None)
            except (BadRequestError, UnprocessableEntityError) as error:
                lesser = _after_refusal(way, error)
                if lesser is None:
                    raise
                way = lesser
                continue
            if first is None and way.streams:
                way = replace(way, streams=False)
                continue
            self._way = way
            return told, first or AIMessageChunk(content="")

    async def _told(
        self, messages: Sequence[BaseMessage], schema: dict[str, Any], way: Way
    ) -> AsyncIterator[AIMessageChunk]:
        await self._turns.take()
        model = self._model.bind(extra_body=_asked(way.form, schema))
        if not way.streams:
            said = await model.ainvoke(list(messages))
            yield AIMessageChunk(
                content=said.content,
                additional_kwargs=said.additional_kwargs,
                response_metadata=said.response_metadata,
                usage_metadata=getattr(said, "usage_metadata", None),
            )
            return
        try:
            async with pumped(model.astream(list(messages), stream_usage=way.counts)) as chunks:
                async for chunk in chunks:
                    assert isinstance(chunk, AIMessageChunk)
                    yield chunk
        except ValueError as error:
            if "No generation" not in str(error):
                raise


def _asked(form: Form, schema: dict[str, Any]) -> dict[str, Any]:
    """As it is in the request's body: the client's own way with forms would read the whole answer first."""
    if form is Form.SCHEMA:
        held = {"name": schema["title"], "strict": True, "schema": schema}
        return {"response_format": {"type": form.value, "json_schema": held}}
    return {"response_format": {"type": form.value}} if form is Form.OBJECT else {}


def _length(messages: Sequence[BaseMessage], form: dict[str, Any]) -> int:
    """Characters that a request gives the model to read."""
    return sum(len(str(message.content)) for message in messages) + len(json.dumps(form))


def _after_refusal(way: Way, error: APIStatusError) -> Way | None:
    """What to try after a request was refused as it was; None when its form is not what was wrong."""
    if is_too_long(error) or is_filtered(error):
        return None
    if way.counts and _UNCOUNTED.search(str(error)):
        return replace(way, counts=False)
    return way.lesser()


def _fault(error: Exception) -> DraftingFailed:
    if isinstance(error, DraftingFailed):
        return error
    if isinstance(error, TimeoutError | APITimeoutError):
        return DraftingFailed(Fault.LATE)
    if isinstance(error, APIConnectionError):
        return DraftingFailed(Fault.UNREACHABLE)
    if is_too_long(error):
        return DraftingFailed(Fault.TOO_LONG)
    if is_filtered(error):
        return DraftingFailed(Fault.FILTERED)
    if isinstance(error, APIStatusError):
        return DraftingFailed(Fault.STATUS, status=error.status_code)
    return DraftingFailed(Fault.FORM)


def _finish(chunk: AIMessageChunk) -> str | None:
    finish: str | None = chunk.response_metadata.get("finish_reason")
    return finish


def _require_said(chunk: AIMessageChunk) -> None:
    if chunk.additional_kwargs.get("refusal"):
        raise DraftingFailed(Fault.REFUSED)
    if _finish(chunk) == "content_filter":
        raise DraftingFailed(Fault.FILTERED)


def _usage(chunk: AIMessageChunk) -> Usage:
    counted = chunk.usage_metadata
    return Usage(counted["input_tokens"], counted["output_tokens"]) if counted else Usage()
