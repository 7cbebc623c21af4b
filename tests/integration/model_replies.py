"""A model endpoint's side of the talk: what it was asked, and answers in and out of form."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EVENTS = {"content-type": "text/event-stream"}
PROMPT_TOKENS, COMPLETION_TOKENS = 1234, 56
_UNRECORDED = {"agenda": "postponed", "progress": "learned"}


@dataclass(frozen=True)
class Asked:
    """A chat completion request, read."""

    body: dict[str, Any]

    @property
    def system(self) -> str:
        return self._said("system")

    @property
    def user(self) -> str:
        return self._said("user")

    @property
    def thrown_away(self) -> list[dict[str, Any]]:
        """The lines that the model is asked to say once more; none in the first request."""
        said = [m["content"] for m in self.body["messages"] if m["role"] == "assistant"]
        return [line for answer in said for line in json.loads(answer)["items"]]

    @property
    def objections(self) -> str:
        """The last message: what is wrong with the lines that were thrown away."""
        return str(self.body["messages"][-1]["content"])

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def schema(self) -> dict[str, Any]:
        form = self.body["response_format"]
        assert form["type"] == "json_schema"
        schema: dict[str, Any] = form["json_schema"]["schema"]
        return schema

    @property
    def kind(self) -> str:
        return str(self.body["response_format"]["json_schema"]["name"])

    @property
    def line_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = self.schema["properties"]["items"]["items"]["properties"]
        return fields

    @property
    def allowed(self) -> list[str]:
        """The ids that the schema lets a line stand on: evidence, or a program's themes."""
        place = self.line_fields.get("theme") or self.line_fields["evidence"]["items"]
        ids: list[str] = place.get("enum", [])
        return ids

    @property
    def evidence(self) -> dict[str, str]:
        """What the user message shows, by id: the words of evidence, or of a program's themes."""
        if self.kind == "learnings":
            return dict(re.findall(r"^- (T\d+):.*?words: ([^;\n]+)", self.user, re.MULTILINE))
        return dict(re.findall(r'<e id="(E\d+)"[^>]*>([^<]*)</e>', self.user))

    @property
    def draft(self) -> str:
        return "".join(re.findall(r"<draft>(.*?)</draft>", self.user, re.DOTALL))

    def _said(self, role: str) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == role)


def standing_on(asked: Asked, *ids: str) -> dict[str, Any]:
    """A line in form, worded from what the request shows, that names these ids as what it stands on.

    Without ids it stands on the first that was offered and that the records don't tell already.
    """
    own = next((i for i in ids if i in asked.evidence), _likely(asked))
    words = asked.evidence.get(own, "")
    named = list(ids or ([own] if own else []))
    few = " ".join(words.split()[:6]).strip(".?!")
    match asked.kind:
        case "agenda":
            return {"text": f"Come back to: {words}", "detail": words, "section": "focus", "evidence": named}
        case "reflection":
            question = f"What was going on for you when “{few}”?"
            return {"text": question, "section": "what", "evidence": named}
        case "feedback":
            parts = {"situation": None, "behaviour": asked.draft, "impact": None, "request": None}
            return {"text": asked.draft, "section": "direct", "parts": parts, "evidence": named}
        case "progress":
            return {"text": words, "section": "learned", "evidence": named}
        case "learnings":
            return {"text": f"Pairs write about {words.split(',')[0]}.", "theme": named[0]}
        case _:
            return {"text": words, "evidence": named}


def _likely(asked: Asked) -> str:
    telling = _UNRECORDED.get(asked.kind, "")
    return next((key for key, words in asked.evidence.items() if telling in words), "")


def false_id(asked: Asked) -> str:
    """An id in form that was not offered."""
    return "T99" if asked.kind == "learnings" else "E99"


def answer_of(*lines: dict[str, Any]) -> str:
    return json.dumps({"items": list(lines)})


def in_form(asked: Asked) -> str:
    return answer_of(standing_on(asked))


def false_only(asked: Asked) -> str:
    return answer_of(standing_on(asked, false_id(asked)))


def some_false(asked: Asked) -> str:
    """A line that holds, and another that stands on an id that was never given."""
    return answer_of(standing_on(asked), standing_on(asked, false_id(asked)))


def mending(first: Callable[[Asked], str], again: Callable[[Asked], str]) -> Callable[[Asked], str]:
    """Says the one thing at first, and the other when it is told what is wrong."""
    return lambda asked: (again if asked.thrown_away else first)(asked)


def cut_off(asked: Asked) -> str:
    """An answer that stops in the middle of its line's words."""
    line = standing_on(asked)
    return answer_of({**{k: v for k, v in line.items() if k != "text"}, "text": line["text"]})[:-12]


def streamed(content: str, finish: str = "stop", pieces: int = 7) -> str:
    """The same completion as server-sent events, in some pieces, its tokens counted at the end."""
    size = max(1, len(content) // pieces)
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    deltas = [{"role": "assistant", "content": ""}, *({"content": part} for part in parts), {}]
    events = [_event([{"index": 0, "delta": d, "finish_reason": None if d else finish}]) for d in deltas]
    return "".join([*events, _event([], usage=completion("")["usage"]), "data: [DONE]\n\n"])


def said(text: str, finish: str | None = None, **delta: Any) -> bytes:
    """One piece of a streamed completion."""
    return _event([{"index": 0, "delta": {"content": text, **delta}, "finish_reason": finish}]).encode()


def _event(choices: list[dict[str, Any]], **more: Any) -> str:
    about = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    return f"data: {json.dumps({**about, 'choices': choices, **more})}\n\n"


def completion(content: str | None, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion as an OpenAI-compatible server gives it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, **message},
            }
        ],
        "usage": {
            "prompt_tokens": PROMPT_TOKENS,
            "completion_tokens": COMPLETION_TOKENS,
            "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
        },
    }
