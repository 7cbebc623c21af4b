"""A judge of what the coach told: a chat model with a rubric, and marks in a type of their own."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from openai import APIConnectionError, InternalServerError, RateLimitError
from pydantic import BaseModel, ConfigDict, Field

from coach.drafting.placeholders import Placeholders, put_back_in, replaced_in
from coach.drafting.spotting import Known, Spotter
from prompts import prompt

_log = logging.getLogger(__name__)
_JUDGE = "judge"
_ATTEMPTS = 2
_OUR_OWN = frozenset({"key", "date", "today", "reader_role", "pairing_kind"})
_MAY_PASS = (APIConnectionError, InternalServerError, RateLimitError)


class Mark(BaseModel):
    """From 1 to 5, with its reason."""

    model_config = ConfigDict(extra="ignore")

    mark: int = Field(ge=1, le=5)
    reason: str = Field(max_length=600)


class Verdict(BaseModel):
    model_config = ConfigDict(extra="ignore")

    faithful: Mark
    useful: Mark
    kind: Mark
    fitting: Mark


class ModelJudge:
    def __init__(self, model: BaseChatModel, deadline: float) -> None:
        """`deadline`: seconds that one verdict may take."""
        chain = model.with_structured_output(Verdict, method="json_schema")
        self._chain = chain.with_retry(retry_if_exception_type=_MAY_PASS, stop_after_attempt=_ATTEMPTS)
        self._deadline = deadline

    async def judge(self, variables: dict[str, Any], people: Sequence[str] = ()) -> Verdict | None:
        """None when the model gives no verdict in time or in form.

        Placeholders go in the place of `people`, and of addresses; its reasons have them put back.
        """
        placeholders = Placeholders(Spotter(Known(tuple(people))))
        system, user = prompt(_JUDGE).render(**replaced_in(variables, placeholders, _OUR_OWN))
        try:
            async with asyncio.timeout(self._deadline):
                given = await self._chain.ainvoke([SystemMessage(system), HumanMessage(user)])
            return Verdict.model_validate(put_back_in(_plain(given), placeholders))
        except Exception as error:  # whatever a client, a server or a parser may raise: then it is unjudged
            _log.warning("the judge failed: %s", type(error).__name__)
            return None


def _plain(given: Any) -> Any:
    return given.model_dump() if isinstance(given, BaseModel) else given
