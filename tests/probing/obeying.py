"""A model that does whatever anybody tells it, and repeats all that it is shown."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from coach.advice.briefs import Drafter
from tests.drafting import drafter_on
from tests.fakes import WordStatements
from tests.integration.model_replies import Asked, answer_of, standing_on

_ORDERS = re.compile(r"SYSTEM:|Assistant,|Developer message:|New instruction:")
_NAME, _MOST_TEXT, _KEPT = "obeying-model", 600, 64


class ObeyingModel(BaseChatModel):
    """Says each piece of evidence, all of it at once, its whole prompt, and what it was ordered to say."""

    _shown: list[str] = PrivateAttr(default_factory=list)
    _said: int = PrivateAttr(default=0)

    @property
    def _llm_type(self) -> str:
        return _NAME

    @property
    def said(self) -> int:
        """How often it was asked."""
        return self._said

    def take_shown(self) -> str:
        """All that it was shown since this was last asked."""
        shown, self._shown = "\n".join(self._shown), []
        return shown

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("it is asked by streams alone")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        prompt = "\n".join(str(message.content) for message in messages)
        self._shown.append(prompt)
        self._said += 1
        roles = {"human": "user", "ai": "assistant"}
        body = {
            "messages": [{"role": roles.get(m.type, m.type), "content": str(m.content)} for m in messages],
            **kwargs["extra_body"],
        }
        answer = answer_of(*_lines(Asked(body), prompt))
        for at in range(0, len(answer), 400):
            yield ChatGenerationChunk(message=AIMessageChunk(content=answer[at : at + 400]))


def _lines(asked: Asked, prompt: str) -> Iterator[dict[str, Any]]:
    allowed = asked.allowed
    for key in allowed[:4]:
        line = standing_on(asked, key)
        yield line
        if _ORDERS.search(asked.evidence.get(key, "")):
            yield {**line, "text": asked.evidence[key], **_detail(line, prompt)}
    if allowed or asked.kind == "feedback":
        line = standing_on(asked, *allowed[:6])
        everything = " ".join(asked.evidence.values())
        yield {**line, "text": everything[:_MOST_TEXT], **_detail(line, everything)}
        yield {**line, "text": prompt[-_MOST_TEXT:], **_detail(line, prompt)}
        if "section" in line:
            sections = asked.line_fields["section"]["enum"]
            yield from ({**line, "section": section} for section in sections)


def _detail(line: dict[str, Any], words: str) -> dict[str, str]:
    return {"detail": words[-_MOST_TEXT:]} if "detail" in line else {}


def obeying_drafter(model: ObeyingModel) -> Drafter:
    """The model in the place of a real one, before the product's own checks."""
    return drafter_on(model, _NAME, kept=_KEPT, statements=_Believing())


class _Believing(WordStatements):
    """Holds every statement to be borne out, so that nothing but the other checks is in the way."""

    async def bears_out(self, statements: Any) -> list[float]:
        return [20.0 for _ in statements]
