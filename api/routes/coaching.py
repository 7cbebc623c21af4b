"""Asking the coach."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.deps import Reading, TheActor, TheService, Writing
from api.errors import RESPONSES
from api.fields import Input, Output
from api.leaving import unless_left
from api.middleware import Metrics
from api.streaming import EVENT_SCHEMA, MEDIA_TYPE, stream
from api.suggestions import SuggestionOut
from coach.advice import remembering
from coach.advice.agenda import AgendaAsk
from coach.advice.answers import QuestionAsk
from coach.advice.coach import Ask, Done, Event
from coach.advice.feedback import FeedbackAsk
from coach.advice.finding import Stretch, Wanted, find
from coach.advice.learnings import LearningsAsk
from coach.advice.progress import ProgressAsk
from coach.advice.reflection import ReflectionAsk
from coach.domain.suggestions import ResponseKind, Suggestion
from coach.domain.visibility import Actor
from coach.drafting.phrases import phrases
from coach.language.detection import language_of
from coach.service import Service
from coach.setup.fields import Id, Line, Moment, Paragraph

router = APIRouter(prefix="/v1", tags=["asking the coach"], responses=RESPONSES)
_NOBODY_WAITS = 499
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A suggestion; with Accept: text/event-stream as events.",
        "content": {MEDIA_TYPE: {"itemSchema": EVENT_SCHEMA}},
    }
}


class AgendaBody(Input):
    minutes: int = Field(default=60, ge=5, le=480, examples=[45])
    limit: int = Field(default=5, ge=1, le=20)
    focus: Line | None = Field(
        default=None,
        examples=["the dashboard"],
        description="What the session should be about, in your words.",
    )


class ReflectionBody(Input):
    session_id: Id | None = Field(default=None, description="The latest with notes unless named.")
    limit: int = Field(default=5, ge=1, le=20)


class FeedbackBody(Input):
    draft: Paragraph = Field(examples=["You are always on your phone when I show you something."])
    to: Id = Field(
        examples=["a0f2b7f8f1a44c6e8f0b6f6f0f4a9d11"],
        description="The member of the pairing who should hear it.",
    )
    situation: Line | None = Field(default=None, examples=["In our session on Tuesday"])


class PeriodBody(Input):
    since: Moment | None = Field(default=None, examples=["2027-01-01T00:00:00Z"])
    until: Moment | None = Field(default=None, examples=["2027-06-30T23:59:59Z"])


class LearningsBody(PeriodBody):
    limit: int = Field(default=10, ge=1, le=50, examples=[5])


class QuestionBody(Input):
    question: Line = Field(examples=["What did we agree about the dashboard?"])


class SearchBody(Input):
    query: Line = Field(examples=["what she said about the dashboard"])
    limit: int = Field(default=10, ge=1, le=100)
    max_chars: int | None = Field(
        default=None,
        ge=100,
        le=100_000,
        examples=[2000],
        description="As many of the best passages as fit into so many characters, instead of `limit`.",
    )


class FoundOut(Output):
    note_id: str
    session_id: str
    held_at: datetime
    author_id: str
    text: str
    start: int
    end: int
    score: float

    @classmethod
    def of(cls, found: Stretch) -> "FoundOut":
        place = found.excerpt
        return cls(
            note_id=place.note_id,
            session_id=place.session_id,
            held_at=place.held_at,
            author_id=place.author_id,
            text=place.text,
            start=place.start,
            end=place.end,
            score=found.score,
        )


class FoundList(Output):
    items: list[FoundOut]
    warnings: list[str] = Field(description="When it was searched by words alone.")


class ResponseBody(Input):
    response: ResponseKind = Field(examples=["edited"])
    item: int | None = Field(
        default=None, examples=[0], ge=0, le=1000, description="Which item, counted from 0; all without it."
    )
    text: Paragraph | None = Field(
        default=None, examples=["Ask how the post went"], description="Your own words, for edited."
    )


class ResponseOut(Output):
    suggestion_id: str
    response: ResponseKind
    item: int | None
    text: str | None
    created_at: datetime


async def _answer(request: Request, service: Service, actor: Actor, ask: Ask) -> Any:
    streams = MEDIA_TYPE in request.headers.get("accept", "")
    events = _counted(service.coach.advise(actor, ask, early=streams), request.app.state.metrics)
    if streams:
        return await stream(events)
    told = await unless_left(request, _told(events))
    return SuggestionOut.of(told) if told else Response(status_code=_NOBODY_WAITS)


async def _told(events: AsyncIterator[Event]) -> Suggestion:
    async for event in events:
        if isinstance(event, Done):
            return event.suggestion
    raise AssertionError("advice ends with Done")


async def _counted(events: AsyncIterator[Event], metrics: Metrics) -> AsyncIterator[Event]:
    async for event in events:
        if isinstance(event, Done):
            told = event.suggestion
            metrics.suggestions.labels(told.kind.value, told.drafted_by.engine.value).inc()
        yield event


@router.post("/pairings/{pairing_id}/agenda", response_model=SuggestionOut, responses=_STREAM)
async def agenda(
    request: Request, service: TheService, actor: TheActor, pairing_id: str, body: AgendaBody | None = None
) -> Any:
    """What the next session should be about; minutes add up to what was asked."""
    return await _answer(
        request, service, actor, AgendaAsk(pairing_id, **(body or AgendaBody()).model_dump())
    )


@router.post("/pairings/{pairing_id}/reflection", response_model=SuggestionOut, responses=_STREAM)
async def reflection(
    request: Request,
    service: TheService,
    actor: TheActor,
    pairing_id: str,
    body: ReflectionBody | None = None,
) -> Any:
    """Open questions on a session: what, so what, now what."""
    ask = ReflectionAsk(pairing_id, **(body or ReflectionBody()).model_dump())
    return await _answer(request, service, actor, ask)


@router.post("/pairings/{pairing_id}/feedback", response_model=SuggestionOut, responses=_STREAM)
async def feedback(
    request: Request, service: TheService, actor: TheActor, pairing_id: str, body: FeedbackBody
) -> Any:
    """Three phrasings of what you want to say, with blanks where no fact is known."""
    return await _answer(request, service, actor, FeedbackAsk(pairing_id, **body.model_dump()))


@router.post("/pairings/{pairing_id}/progress", response_model=SuggestionOut, responses=_STREAM)
async def progress(
    request: Request, service: TheService, actor: TheActor, pairing_id: str, body: PeriodBody | None = None
) -> Any:
    """Goals, what was done and learned, what is open and next."""
    ask = ProgressAsk(pairing_id, **(body or PeriodBody()).model_dump())
    return await _answer(request, service, actor, ask)


@router.post("/pairings/{pairing_id}/ask", response_model=SuggestionOut, responses=_STREAM)
async def ask_notes(
    request: Request, service: TheService, actor: TheActor, pairing_id: str, body: QuestionBody
) -> Any:
    """Sentences that answer, or none and a warning."""
    return await _answer(request, service, actor, QuestionAsk(pairing_id, body.question))


@router.post("/programs/{program_id}/learnings", response_model=SuggestionOut, responses=_STREAM)
async def learnings(
    request: Request, service: TheService, actor: TheActor, program_id: str, body: LearningsBody | None = None
) -> Any:
    """Themes that enough pairings share; no note, no name, no sentence.

    What is told is a release, held for a reporting period whatever happens to the notes meanwhile. `until`
    chooses the last one made by then, `since` the themes of which anything else was told after it.
    """
    ask = LearningsAsk(program_id, **(body or LearningsBody()).model_dump())
    return await _answer(request, service, actor, ask)


@router.post("/pairings/{pairing_id}/search")
async def search(service: TheService, actor: TheActor, pairing_id: str, body: SearchBody) -> FoundList:
    """Passages you may read, best first; with `max_chars` neighbours come joined.

    `text` is exactly `note.text[start:end]`.
    """
    wanted, searching = Wanted(**body.model_dump()), await service.searching(actor)
    async with service.database.reading() as records:
        hits = await find(records, searching, actor, pairing_id, wanted, service.clock())
    told = [phrases(language_of(body.query))["warnings.by_words"]] if searching.by_words_alone else []
    return FoundList(items=[FoundOut.of(hit) for hit in hits], warnings=told)


@router.get("/suggestions/{suggestion_id}")
async def get_suggestion(records: Reading, actor: TheActor, suggestion_id: str) -> SuggestionOut:
    """One of your own, as long as what it was drawn from is yours to see."""
    return SuggestionOut.of(await remembering.remembered(records, actor, suggestion_id))


@router.post("/suggestions/{suggestion_id}/response")
async def respond(
    records: Writing, service: TheService, actor: TheActor, suggestion_id: str, body: ResponseBody
) -> ResponseOut:
    """What you did with a suggestion."""
    given = await remembering.respond(records, actor, service.clock(), suggestion_id, **body.model_dump())
    return ResponseOut.model_validate(given)
