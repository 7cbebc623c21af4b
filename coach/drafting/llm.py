"""The drafter on any OpenAI-compatible chat model, by LangChain."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr, ValidationError

from coach.advice.briefs import Brief, LearningsBrief, language_of_brief, program_of
from coach.domain.suggestions import Draft, DraftedBy, Engine
from coach.drafting.endpoint import Endpoint, Exchange
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.kept_answers import KeptAnswers, key_of
from coach.drafting.phrases import phrases
from coach.drafting.reading_answers import NothingHolds, items_from
from coach.drafting.rendering import evidence_ids, prompt_variables, theme_ids
from coach.drafting.shapes import Answer, Line, answer_schema
from coach.drafting.spending import Spending
from prompts import prompt

ChatModel = BaseChatModel


class LlmDrafter:
    """Typed lines from a chat model, their citations checked; DraftingFailed when there is none."""

    def __init__(
        self, endpoint: Endpoint, model_name: str, deadline: float, kept: KeptAnswers, spending: Spending
    ) -> None:
        """`deadline`: seconds that one draft may take in all."""
        self._endpoint = endpoint
        self._model_name = model_name
        self._deadline = deadline
        self._kept = kept
        self._spending = spending

    async def draft(self, brief: Brief) -> Draft:
        asked = prompt(brief.kind.value)
        system, user = asked.render(**prompt_variables(brief))
        themes = theme_ids(brief) if isinstance(brief, LearningsBrief) else {}
        schema = answer_schema(brief.kind, list(evidence_ids(brief)), list(themes))
        exchange = Exchange()
        told = await self._told(brief, system, user, schema, exchange)
        lines = [line for line in map(_line, told) if line is not None]
        if told and not lines:
            raise DraftingFailed(Fault.FORM)
        try:
            items, warnings = items_from(Answer(items=lines), brief)
        except NothingHolds as error:
            raise DraftingFailed(Fault.UNHELD) from error
        if exchange.broken_off:
            warnings = (phrases(language_of_brief(brief))["warnings.model.cut"], *warnings)
        return Draft(items, DraftedBy(Engine.LLM, self._model_name, asked.version), exchange.usage, warnings)

    async def _told(
        self, brief: Brief, system: str, user: str, schema: dict[str, Any], exchange: Exchange
    ) -> Sequence[Any]:
        """What the model says, or said when the very same was asked of it."""
        asks, program_id = (self._model_name, system, user, json.dumps(schema)), program_of(brief).id
        key = key_of(*asks)
        if (kept := self._kept.of(key)) is not None:
            await self._spending.kept(program_id, brief.kind)
            return kept
        asked = self._kept.now
        messages = [SystemMessage(system), HumanMessage(user)]
        deadline = asyncio.get_running_loop().time() + self._deadline
        try:
            async with self._spending.asking(program_id, brief.kind, len("".join(asks)), exchange):
                told = [line async for line in self._endpoint.lines(messages, schema, deadline, exchange)]
        except DraftingFailed as failure:
            raise self._worded(failure) from failure
        if not exchange.broken_off:
            self._kept.keep(key, told, asked)
        return told

    def _worded(self, failure: DraftingFailed) -> DraftingFailed:
        late = {"seconds": f"{self._deadline:g}"} if failure.fault is Fault.LATE else {}
        return DraftingFailed(failure.fault, **failure.told, **late)


def _line(told: Any) -> Line | None:
    try:
        return Line.model_validate(told)
    except ValidationError:
        return None


def chat_model(model: str, base_url: str | None, api_key: SecretStr | None, timeout: float) -> BaseChatModel:
    """A chat model at an OpenAI-compatible endpoint; local servers take any key.

    It does not try again by itself: whoever asks it knows how much time is left.
    """
    return ChatOpenAI(
        model=model,
        base_url=base_url,
        api_key=api_key or SecretStr("none"),
        timeout=timeout,
        max_retries=0,
        use_responses_api=False,
    )
