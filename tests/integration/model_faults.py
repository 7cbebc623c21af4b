"""What a model's endpoint may do wrong: each fault, how the endpoint behaves, and what is said of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpcore2
import respx

from tests.integration import model_replies as replies
from tests.integration.model_endpoint import KEY
from tests.integration.model_replies import Asked

Response = respx.MockResponse
Answer = Callable[[Asked], Response | Awaitable[Response]]

_NO_WAIT = {"retry-after-ms": "1"}
_LATE, _REACHED, _FORM, _UNHELD = "seconds", "could not be reached", "form", "stood on the evidence"
_TOO_LONG, _FILTERED = "longer than it can read", "filter"
_BROKE_OFF, _LEFT_OUT = "broke off", "left out"
_PIECE = 16_384


@dataclass(frozen=True)
class Fault:
    """`told`: words of the warning, "" without one. `by_model`: what held of the model's lines is shown."""

    answer: Answer
    told: str
    by_model: bool = False


def gives(status: int, **body: Any) -> Answer:
    return lambda _: Response(status, **body)


def refuses(status: int, message: str, code: str | None = None, **headers: str) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "code": code}
    return gives(status, json={"error": error}, headers=headers)


def raises(error: Exception) -> Answer:
    def answer(_: Asked) -> Response:
        raise error

    return answer


def says(reply: Callable[[Asked], str], finish: str = "stop") -> Answer:
    """By a stream where one was asked for."""

    def answer(asked: Asked) -> Response:
        content = reply(asked)
        if asked.streams:
            return streams(replies.streamed(content, finish).encode())
        return Response(200, json=replies.completion(content, finish))

    return answer


def whole(**message: Any) -> Answer:
    """In one piece, as a server answers that does not stream."""
    return gives(200, json=replies.completion(message.pop("content", None), **message))


def streams(*pieces: bytes, then: Callable[[], Awaitable[None]] | None = None) -> Response:
    """Events that come piece by piece, as from a socket, and what happens then."""

    async def events() -> AsyncIterator[bytes]:
        for piece in pieces:
            for at in range(0, len(piece), _PIECE):
                yield piece[at : at + _PIECE]
                await asyncio.sleep(0)
        if then is not None:
            await then()

    return Response(200, headers=replies.EVENTS, content=events())


async def for_ever() -> None:
    await asyncio.Event().wait()


async def breaks() -> None:
    raise httpcore2.ReadError("connection reset by peer")


def begins(then: Callable[[], Awaitable[None]] | None, reply: Callable[[Asked], str]) -> Answer:
    """The answer without its end, and what happens then."""
    return lambda asked: streams(replies.said(""), replies.said(reply(asked)), then=then)


def drips(drop: bytes, first: bytes = b"") -> Answer:
    """The same now and then, for ever."""

    async def events() -> AsyncIterator[bytes]:
        yield first
        while True:
            yield drop
            await asyncio.sleep(0.02)

    return lambda _: Response(200, headers=replies.EVENTS, content=events())


async def _hangs(_: Asked) -> Response:
    await for_ever()
    raise AssertionError("for ever does not end")


def nothing(_: Asked) -> str:
    return ""


def prose(_: Asked) -> str:
    return "Sure! Here is your agenda: talk more."


def half_a_line(_: Asked) -> str:
    return '{"items": [{"text": "Come ba'


def first_line(asked: Asked) -> str:
    """One line in form, and the answer goes on."""
    return replies.in_form(asked).removesuffix("]}") + ","


def in_german(asked: Asked) -> str:
    told = "Du hast von der Vorführung erzählt und davon, dass sie noch einmal verschoben wurde."
    return replies.answer_of({**replies.standing_on(asked), "text": told, "detail": told, "parts": None})


def the_same_words(_: Asked) -> str:
    return '{"items": [{"text": "' + "again and " * 5_000


def the_same_line(asked: Asked) -> str:
    return '{"items": [' + f"{json.dumps(replies.standing_on(asked))}, " * 2_000


def many_lines(asked: Asked) -> str:
    line = replies.standing_on(asked)
    return replies.answer_of(*({**line, "text": f"The auditors sent invoice {n}."} for n in range(3_000)))


def a_giant_line(asked: Asked) -> str:
    text = " ".join(f"word{n}" for n in range(20_000))
    return replies.answer_of({**replies.standing_on(asked), "text": text})


def invalid_bytes(asked: Asked) -> Response:
    return streams(
        replies.said("").replace(b"scripted", b"\xff\xfe\xc3\x28"), replies.said(half_a_line(asked))
    )


def half_a_character(asked: Asked) -> Response:
    event = replies.said("").replace(b"scripted", "café".encode())
    return streams(event, event[: event.index(b"\xc3") + 1])


def half_characters(asked: Asked) -> str:
    return replies.answer_of({**replies.standing_on(asked), "text": "\ud83d \udc4d \ud800"})


def thoughts(asked: Asked) -> Response:
    """A model that thinks without end, of code, in tokens of a few characters."""
    told = (replies.said(f"w{n % 977}{{ ") for n in range(10_000))
    return streams(replies.said("<think>"), b"".join(told), then=for_ever)


def error_event(message: str) -> Answer:
    event = f"data: {json.dumps({'error': {'code': 500, 'message': message}})}\n\n".encode()
    return lambda _: streams(event)


CONNECTION: dict[str, Fault] = {
    "it refuses the connection": Fault(raises(httpcore2.ConnectError("refused")), _REACHED),
    "it hangs up before it answers": Fault(
        raises(httpcore2.RemoteProtocolError("server disconnected")), _REACHED
    ),
    "connecting takes too long": Fault(raises(httpcore2.ConnectTimeout("too slow")), _LATE),
    "reading takes too long": Fault(raises(httpcore2.ReadTimeout("too slow")), _LATE),
    "the connection breaks before the first word": Fault(lambda _: streams(then=breaks), _REACHED),
    "the connection breaks within the first line": Fault(begins(breaks, half_a_line), _REACHED),
    "the connection breaks after the first line": Fault(
        begins(breaks, first_line), _BROKE_OFF, by_model=True
    ),
}

STATUS: dict[str, Fault] = {
    "not allowed": Fault(refuses(401, f"bad key {KEY}"), "401"),
    "not paid for": Fault(refuses(402, "insufficient balance"), "402"),
    "forbidden": Fault(refuses(403, "not in your country"), "403"),
    "unknown model": Fault(refuses(404, "no such model", "model_not_found"), "404"),
    "a refused schema": Fault(refuses(400, "response_format unknown"), "400"),
    "too many requests for a moment": Fault(refuses(429, "slow down", **_NO_WAIT), "429"),
    "too many requests for an hour": Fault(refuses(429, "slow down", **{"retry-after": "3600"}), "429"),
    "an error of the server": Fault(gives(500, text="oops", headers=_NO_WAIT), "500"),
    "a bad gateway": Fault(gives(502, html="<h1>Bad Gateway</h1>", headers=_NO_WAIT), "502"),
    "overloaded": Fault(refuses(529, "overloaded", **_NO_WAIT), "529"),
}

TOO_LONG: dict[str, Fault] = {
    name: Fault(answer, _TOO_LONG)
    for name, answer in {
        "OpenAI": refuses(400, "maximum context length is 4096 tokens.", "context_length_exceeded"),
        "TGI": refuses(422, "Input validation error: `inputs` must have less than 4096 tokens. Given: 9000"),
        "llama.cpp": refuses(500, "Context size has been exceeded.", **_NO_WAIT),
        "llama.cpp, in its stream": error_event("Context size has been exceeded."),
        "a gateway": gives(413, html="<h1>413 Request Entity Too Large</h1>"),
    }.items()
}

FILTERED: dict[str, Fault] = {
    "a filter refuses the request": Fault(
        refuses(400, "The response was filtered due to our content management policy.", "content_filter"),
        _FILTERED,
    ),
    "a filter ends the answer": Fault(says(half_a_line, "content_filter"), _FILTERED),
    "a filter ends the answer after its first line": Fault(
        says(first_line, "content_filter"), _BROKE_OFF, by_model=True
    ),
    "a refusal": Fault(
        lambda _: streams(
            replies.said(""), replies.said("", refusal="I can't help"), replies.said("", "stop")
        ),
        "refused",
    ),
}

IN_ONE_PIECE: dict[str, Fault] = {
    "a filter ends the answer": Fault(whole(content=None, finish="content_filter"), _FILTERED),
    "a refusal": Fault(whole(refusal="I can't help with that."), "refused"),
    "nothing said": Fault(whole(content=None), "nothing"),
    "no choices": Fault(gives(200, json={**replies.completion(""), "choices": []}), _FORM),
    "null choices": Fault(gives(200, json={**replies.completion(""), "choices": None}), _FORM),
    "not an object": Fault(gives(200, json=[]), _FORM),
    "an error in a 200": Fault(gives(200, json={"error": {"message": "out of memory"}}), _FORM),
    "half a body": Fault(gives(200, text='{"id": "chatcmpl-1", "choices": [{"mess'), _FORM),
    "a list": Fault(whole(content="[]"), _FORM),
    "items of the wrong type": Fault(whole(content='{"items": "none"}'), _FORM),
    "lines of the wrong type": Fault(whole(content='{"items": [1, null, "x"]}'), _FORM),
    "a null text": Fault(whole(content='{"items": [{"text": null}]}'), _FORM),
    "an empty text": Fault(whole(content='{"items": [{"text": "", "evidence": []}]}'), _FORM),
}

FORM: dict[str, Fault] = {
    "a web page": Fault(gives(200, html="<html>Welcome to the proxy</html>"), _FORM),
    "no content": Fault(gives(204), _FORM),
    "a body that was not packed as it says": Fault(
        gives(200, text="not gzip", headers={"content-encoding": "gzip"}), _REACHED
    ),
    "an error in a stream": Fault(error_event("out of memory"), _FORM),
    "nothing said": Fault(says(nothing), "nothing"),
    "white space alone": Fault(says(lambda _: " \n" * 40), "nothing"),
    "prose": Fault(says(prose), _FORM),
    "truncated JSON": Fault(says(half_a_line, "length"), _FORM),
    "lines of another form": Fault(says(lambda _: '{"items": [{"title": "Polls"}]}'), _FORM),
    "bytes that are no text": Fault(invalid_bytes, _FORM),
    "half a character at the end": Fault(half_a_character, _FORM),
    "a stream cut in its first line": Fault(begins(None, half_a_line), _FORM),
    "a stream cut after its first line": Fault(begins(None, first_line), _BROKE_OFF, by_model=True),
}

WORDS: dict[str, Fault] = {
    "another language": Fault(says(in_german), "another language|stood on the evidence"),
    "half characters": Fault(says(half_characters), _FORM),
    "the same words again and again": Fault(begins(for_ever, the_same_words), _FORM),
    "the same line again and again": Fault(begins(for_ever, the_same_line), "", by_model=True),
    "thousands of lines": Fault(says(many_lines), _UNHELD),
    "a giant line": Fault(says(a_giant_line), _FORM),
}

SILENCE: dict[str, Fault] = {
    "it hangs before any byte": Fault(_hangs, _LATE),
    "it hangs after the head": Fault(lambda _: streams(then=for_ever), _LATE),
    "it hangs within the first line": Fault(begins(for_ever, half_a_line), _LATE),
    "it hangs after the first line": Fault(begins(for_ever, first_line), _BROKE_OFF, by_model=True),
    "it says now and then that it lives": Fault(drips(b": ping\n\n"), _LATE),
    "a byte comes now and then": Fault(drips(b" "), _LATE),
    "white space comes now and then": Fault(drips(replies.said(" ")), _LATE),
    "it thinks without end": Fault(thoughts, _LATE),
}

TABLES: dict[str, tuple[dict[str, Fault], float, int]] = {
    "connection": (CONNECTION, 2.0, 6),
    "status": (STATUS, 2.0, 6),
    "too long": (TOO_LONG, 2.0, 6),
    "filter": (FILTERED, 2.0, 6),
    "in one piece": (IN_ONE_PIECE, 2.0, 6),
    "form": (FORM, 2.0, 6),
    "words": (WORDS, 2.0, 6),
    "silence": (SILENCE, 0.3, 3),
}
"""Faults, seconds that a draft may take, and how many kinds are asked for at once."""
