"""Suggestions as server-sent events: progress, item, done, or error."""

import json
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from api.errors import problem, problem_of
from api.suggestions import ItemOut, SuggestionOut
from coach.advice.coach import Done, Event, Stage, Verified
from coach.errors import CounterpartError

_log = logging.getLogger(__name__)
MEDIA_TYPE = "text/event-stream"
EVENT_SCHEMA = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["progress", "item", "done", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}


async def stream(events: AsyncIterator[Event]) -> StreamingResponse:
    """The response; what goes wrong before drafting begins is raised, and so keeps its status."""
    begun: list[Event] = []
    async for event in events:
        begun.append(event)
        if isinstance(event, Stage) and event.name == "drafting":
            break
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(begun, events), media_type=MEDIA_TYPE, headers=headers)


async def _told(begun: list[Event], events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    for event in begun:
        yield _sse(event)
    try:
        async for event in events:
            yield _sse(event)
    except CounterpartError as error:
        yield format_sse_event(event="error", data_str=bytes(problem_of(error).body).decode())
    except Exception:
        _log.exception("unforeseen error in a stream")
        failed = problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; it is in the service's log"
        )
        yield format_sse_event(event="error", data_str=bytes(failed.body).decode())


def _sse(event: Event) -> bytes:
    match event:
        case Stage(name):
            return format_sse_event(event="progress", data_str=json.dumps({"stage": name}))
        case Verified(item):
            return format_sse_event(event="item", data_str=ItemOut.of(item).model_dump_json())
        case Done(suggestion):
            return format_sse_event(event="done", data_str=SuggestionOut.of(suggestion).model_dump_json())
