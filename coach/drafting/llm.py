"""The drafter on any OpenAI-compatible chat model: its lines are verified, mended once, or replaced."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from coach.advice.briefs import Brief, LearningsBrief, Theme, program_of
from coach.domain.suggestions import Draft, Engine, Item
from coach.drafting.again import hush_clients
from coach.drafting.endpoint import Endpoint, Exchange
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.leaving import Leaving
from coach.drafting.memory import KeptAnswers, key_of
from coach.drafting.objections import Objection
from coach.drafting.offline import OfflineDrafter
from coach.drafting.outcomes import Became, Outcomes
from coach.drafting.reading_lines import Told
from coach.drafting.shapes import MOST_LINES
from coach.drafting.spending import Spending
from coach.drafting.talk import Talk
from coach.drafting.turns import Turns
from coach.spans import span

_log = logging.getLogger(__name__)

ChatModel = BaseChatModel


class _ChatModel(ChatOpenAI):
    """Keeps the refusal that a stream tells, which its parent drops."""

    def _convert_chunk_to_generation_chunk(self, chunk: dict[str, Any], *more: Any) -> Any:
        told = super()._convert_chunk_to_generation_chunk(chunk, *more)
        deltas = [choice.get("delta") or {} for choice in chunk.get("choices") or ()]
        if told is not None and (refusal := "".join(delta.get("refusal") or "" for delta in deltas)):
            told.message.additional_kwargs["refusal"] = refusal
        return told


class Verifier(Protocol):
    """Whether what an item says is borne out by what it cites, by the records and by the reader's words."""

    async def objection(self, item: Item, brief: Brief, theme: Theme | None) -> Objection | None: ...


class LlmDrafter:
    """Lines of a chat model that the verifier lets through, and the offline coach's for the others."""

    def __init__(
        self,
        endpoint: Endpoint,
        model_name: str,
        *,
        deadline: float,
        evidence_tokens: int,
        kept: KeptAnswers,
        spending: Spending,
        outcomes: Outcomes,
        leaving: Leaving,
        offline: OfflineDrafter,
        verifier: Verifier,
    ) -> None:
        """`deadline`: seconds that one draft may take in all; `evidence_tokens`: at most so much evidence."""
        self._endpoint = endpoint
        self._model_name = model_name
        self._deadline = deadline
        self._evidence_tokens = evidence_tokens
        self._kept = kept
        self._spending = spending
        self._outcomes = outcomes
        self._leaving = leaving
        self._offline = offline
        self._verifier = verifier
        self._turns = Turns()

    async def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]:
        plan = await self._offline.draft(brief)
        if isinstance(brief, LearningsBrief) and not brief.themes:
            yield plan
            return
        deadline = asyncio.get_running_loop().time() + self._deadline
        permit = await self._leaving.permit(brief)
        talk = await asyncio.to_thread(Talk, brief, plan, deadline, self._evidence_tokens, permit)
        for item in talk.composition.at_once():
            yield item
        failure = talk.hindrance
        if failure is None:
            try:
                async with aclosing(self._items(talk)) as items:
                    async for item in items:
                        yield item
            except DraftingFailed as failed:
                failure = self._worded(failed)
        draft = talk.drafted(self._model_name, failure)
        if draft.drafted_by.engine is Engine.OFFLINE:
            self._outcomes.note(Became.FELL_BACK, brief.kind, talk.fault(failure).value)
        yield draft

    async def _items(self, talk: Talk) -> AsyncGenerator[Item]:
        """What an answer says and may be shown, on less evidence if need be, and what another one mends."""
        try:
            async with aclosing(self._told(talk)) as items:
                async for item in items:
                    yield item
        except DraftingFailed as failure:
            if failure.fault is not Fault.TOO_LONG or talk.lines or not talk.shorten():
                raise
            async with aclosing(self._told(talk)) as items:
                async for item in items:
                    yield item
        if talk.rejected:
            with suppress(DraftingFailed):
                async with aclosing(self._mended(talk)) as items:
                    async for item in items:
                        yield item

    async def _told(self, talk: Talk) -> AsyncGenerator[Item]:
        with span("draft", kind=talk.brief.kind.value, model=self._model_name):
            async with aclosing(self._lines(talk, talk.messages)) as lines:
                async for said in lines:
                    talk.lines += 1
                    line = talk.meant(said)
                    told = await self._judged(talk, line)
                    if isinstance(told, Objection):
                        talk.rejected.append((line, told))
                        self._outcomes.note(Became.REJECTED, talk.brief.kind, told.reason.value)
                    elif item := talk.composition.take(told.item, told.theme):
                        yield item

    async def _mended(self, talk: Talk) -> AsyncGenerator[Item]:
        """The model is told once what is wrong with its lines."""
        with span("repair", kind=talk.brief.kind.value, lines=len(talk.rejected)):
            async with aclosing(self._lines(talk, talk.objecting())) as lines:
                async for said in lines:
                    told = await self._judged(talk, talk.meant(said))
                    if isinstance(told, Objection):
                        continue
                    before = len(talk.composition.held)
                    if item := talk.composition.take(told.item, told.theme):
                        yield item
                    if len(talk.composition.held) > before:
                        talk.mended += 1
                        self._outcomes.note(Became.MENDED, talk.brief.kind)

    async def _judged(self, talk: Talk, line: Any) -> Told | Objection:
        await self._turns.take()
        with span("verify", kind=talk.brief.kind.value) as verifying:
            told = talk.reader.read(line)
            if not isinstance(told, Objection):
                theme = talk.themes.get(told.theme or "")
                told = await self._verifier.objection(told.item, talk.brief, theme) or told
            if isinstance(told, Objection):
                verifying.set_attribute("counterpart.objection", told.reason.value)
            return told

    async def _lines(self, talk: Talk, messages: Sequence[BaseMessage]) -> AsyncGenerator[Any]:
        """What the model says, or said when the very same was asked of it; no more than was asked for."""
        asks = [self._model_name, *(str(message.content) for message in messages), json.dumps(talk.schema)]
        key, program_id = key_of(*asks), program_of(talk.brief).id
        if (kept := self._kept.of(key)) is not None:
            await self._spending.kept(program_id, talk.brief.kind)
            for line in kept:
                yield line
            return
        asked, said, exchange = self._kept.now, list[Any](), Exchange()
        asking = self._spending.asking(program_id, talk.brief.kind, len("".join(asks)), exchange)
        sending = _Sending(self._leaving, talk)
        answer = aclosing(
            self._endpoint.lines(messages, talk.schema, talk.deadline, exchange, sending.allowed)
        )
        try:
            async with asking, answer as lines:
                async for line in lines:
                    said.append(line)
                    yield line
                    if len(said) == MOST_LINES:
                        break
        finally:
            talk.usage += exchange.usage
        talk.is_cut |= exchange.broken_off
        if not exchange.broken_off:
            self._kept.keep(key, tuple(said), asked)

    def _worded(self, failure: DraftingFailed) -> DraftingFailed:
        late = {"seconds": f"{self._deadline:g}"} if failure.fault is Fault.LATE else {}
        return DraftingFailed(failure.fault, **failure.told, **late)


@dataclass
class _Sending:
    """One request, however often it is tried."""

    leaving: Leaving
    talk: Talk
    is_recorded: bool = False

    async def allowed(self) -> None:
        """DraftingFailed where what would be sent may not be any more; nothing is sent without a record."""
        talk = self.talk
        if not await self.leaving.still(talk.brief, talk.evidence, talk.permit):
            raise DraftingFailed(Fault.CHANGED)
        if not self.is_recorded:
            try:
                await self.leaving.record(talk.brief, talk.evidence, talk.permit)
            except Exception as error:
                _log.exception("what would go to the model could not be recorded")
                raise DraftingFailed(Fault.UNRECORDED) from error
            self.is_recorded = True


def chat_model(model: str, base_url: str | None, api_key: SecretStr | None, timeout: float) -> BaseChatModel:
    """A chat model at an OpenAI-compatible endpoint; local servers take any key.

    It does not try again by itself, nor time the pieces of a stream: whoever asks it knows how much time
    is left, and its own way of timing them swallows a cancellation that comes along with a piece.
    """
    hush_clients()
    return _ChatModel(
        model=model,
        base_url=base_url,
        api_key=api_key or SecretStr("none"),
        timeout=timeout,
        max_retries=0,
        use_responses_api=False,
        stream_chunk_timeout=None,
    )
