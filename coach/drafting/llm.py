"""The drafter on any OpenAI-compatible chat model, by LangChain."""

import asyncio
import logging
import re
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from openai import APIConnectionError
from pydantic import SecretStr

from coach.advice.briefs import Brief, LearningsBrief
from coach.domain.suggestions import Draft, DraftedBy, Engine, Usage
from coach.drafting.failure import DraftingFailed
from coach.drafting.reading_answers import NothingHolds, items_from
from coach.drafting.rendering import evidence_ids, prompt_variables, theme_ids
from coach.drafting.shapes import Answer, answer_schema
from prompts import prompt

ChatModel = BaseChatModel

_log = logging.getLogger(__name__)
_RETRIES = 1
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)


class LlmDrafter:
    """Typed answers from a chat model, their citations checked; DraftingFailed when there is none."""

    def __init__(self, model: ChatModel, model_name: str, deadline: float) -> None:
        """`deadline`: seconds that one draft may take in all."""
        self._model = model
        self._model_name = model_name
        self._deadline = deadline

    async def draft(self, brief: Brief) -> Draft:
        asked = prompt(brief.kind.value)
        system, user = asked.render(**prompt_variables(brief))
        themes = theme_ids(brief) if isinstance(brief, LearningsBrief) else {}
        schema = answer_schema(brief.kind, list(evidence_ids(brief)), list(themes))
        answer, usage = await self._ask(schema, system, user)
        try:
            items, warnings = items_from(answer, brief)
        except NothingHolds as error:
            raise DraftingFailed("nothing in its answer stood on the evidence") from error
        drafted_by = DraftedBy(Engine.LLM, self._model_name, asked.version)
        return Draft(items, drafted_by, usage, warnings)

    async def _ask(self, schema: dict[str, Any], system: str, user: str) -> tuple[Answer, Usage]:
        chain = self._model.with_structured_output(schema, method="json_schema", include_raw=True)
        messages = [SystemMessage(system), HumanMessage(user)]
        try:
            async with asyncio.timeout(self._deadline):
                given = await chain.ainvoke(messages)
            raw: Any = given["raw"]  # type: ignore[index]
            return Answer.model_validate_json(_unfenced(str(raw.text))), _usage(raw)
        except TimeoutError as error:
            raise DraftingFailed(f"it did not answer within {self._deadline:g} seconds") from error
        except Exception as error:  # whatever a client, a server or a parser may raise, the coach must answer
            _log.warning("the model %s failed: %s", self._model_name, type(error).__name__)
            raise DraftingFailed(_reason(error)) from error


def _unfenced(text: str) -> str:
    """The text without a Markdown fence; LangChain's own parser would mend JSON that was cut off."""
    fenced = _FENCE.fullmatch(text.strip())
    return fenced[1] if fenced else text


def _usage(raw: Any) -> Usage:
    counted = getattr(raw, "usage_metadata", None) or {}
    return Usage(counted.get("input_tokens", 0), counted.get("output_tokens", 0))


def _reason(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    if status is not None:
        return f"it answered with status {status}"
    if isinstance(error, APIConnectionError):
        return "it could not be reached"
    return "its answer was not in the form that was asked for"


def chat_model(model: str, base_url: str | None, api_key: SecretStr | None, timeout: float) -> ChatModel:
    """A chat model at an OpenAI-compatible endpoint; local servers take any key."""
    return ChatOpenAI(
        model=model,
        base_url=base_url,
        api_key=api_key or SecretStr("none"),
        timeout=timeout,
        max_retries=_RETRIES,
        use_responses_api=False,
    )
