"""A model's lines while it still speaks: each is shown as soon as it is verified against the records."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import respx

from coach.advice.agenda import AgendaAsk
from coach.advice.answers import QuestionAsk
from coach.advice.coach import Ask, Done, Event, Stage, Verified
from coach.advice.progress import ProgressAsk
from coach.advice.reflection import ReflectionAsk
from coach.domain.suggestions import Engine, Suggestion
from coach.service import Service
from coach.settings import Settings
from tests.integration import model_replies as replies
from tests.integration.advising import person
from tests.integration.coached_program import Program, coached_program, open_service_at
from tests.integration.model_endpoint import Endpoint, drafter_with

_FLAMINGO = "We ran out of time for the flamingo demo, and Ingrid promised to show the flamingo again."
_QUESTION = "Which demo was postponed or ran out of time?"
_CHUNK = 40


@dataclass
class Held:
    """An endpoint that says its first part, and the rest when it is let go.

    One that never `ends` holds its end back; `left` when whoever asked hung up before the end.
    """

    ends: bool = True
    go: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, first: str, rest: str = "") -> AsyncIterator[bytes]:
        try:
            yield replies.said(first)
            await self.go.wait()
            for at in range(0, len(rest), _CHUNK):
                yield replies.said(rest[at : at + _CHUNK])
                await asyncio.sleep(0)
            if not self.ends:
                await asyncio.Event().wait()
            yield replies.said("", "stop") + b"data: [DONE]\n\n"
        except (GeneratorExit, asyncio.CancelledError):
            self.left.set()
            raise


def streams(endpoint: Endpoint, held: Held, parts: Callable[[replies.Asked], tuple[str, str]]) -> None:
    """Every request is answered by a stream that is held back until it is let go."""

    def answer(request: Any) -> respx.MockResponse:
        asked = replies.Asked(json.loads(request.content))
        first, rest = parts(asked)
        return respx.MockResponse(200, headers=replies.EVENTS, content=held.stream(first, rest))

    endpoint.route.mock(side_effect=answer)


def in_two(*lines: dict[str, Any]) -> tuple[str, str]:
    """An answer cut after its first line."""
    whole = replies.answer_of(*lines)
    cut = len(replies.answer_of(lines[0])) - 2
    return whole[: cut + 1], whole[cut + 1 :]


def line(asked: replies.Asked, words: str, **more: Any) -> dict[str, Any]:
    """The sentence of the evidence that holds these words, word for word."""
    key, told = next((key, told) for key, told in asked.evidence.items() if words in told)
    text = next(sentence for sentence in told.split(". ") if words in sentence).rstrip(".")
    return {"text": f"{text}.", "evidence": [key], **more}


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[tuple[Service, Program]]:
    async with open_service_at(settings, drafter_with(30)) as (service, client):
        yield service, await coached_program(client)


@asynccontextmanager
async def asking(service: Service, program: Program, ask: Ask) -> AsyncIterator[AsyncIterator[Event]]:
    """What Maya is told as it comes."""
    maya = await person(service, program.world.ids["maya"])
    advised = cast(AsyncGenerator[Event], service.coach.advise(maya, ask, early=True))
    async with asyncio.timeout(30), aclosing(advised) as events:
        yield events


def done(events: list[Event]) -> Suggestion:
    (whole,) = [event.suggestion for event in events if isinstance(event, Done)]
    return whole


def shown(events: list[Event]) -> list[str]:
    return [event.item.text for event in events if isinstance(event, Verified)]


def stages(events: list[Event]) -> list[str]:
    return [event.name for event in events if isinstance(event, Stage)]


async def test_an_item_is_shown_before_the_model_has_ended(
    opened: tuple[Service, Program], endpoint: Endpoint
) -> None:
    service, program = opened
    held, events = Held(), list[Event]()
    streams(endpoint, held, lambda a: in_two(line(a, "postponed"), line(a, "follow a podcast")))
    async with asking(service, program, QuestionAsk(program.world.pairing, _QUESTION)) as told:
        async for event in told:
            events.append(event)
            if isinstance(event, Verified):
                held.go.set()
            assert held.go.is_set() or not isinstance(event, Done)
    assert shown(events) == [
        "We postponed the dashboard demo again.",
        "Ingrid learned how to follow a podcast.",
    ]
    assert stages(events) == ["evidence", "drafting", "verifying"]
    assert [item.text for item in done(events).items] == shown(events)
    assert done(events).drafted_by.engine is Engine.LLM


@pytest.mark.parametrize(
    ("kind", "sections"),
    [(AgendaAsk, {"check_in"}), (ReflectionAsk, set()), (ProgressAsk, {"goals", "open"})],
)
async def test_what_needs_no_model_is_shown_before_it_has_said_a_line(
    opened: tuple[Service, Program], endpoint: Endpoint, kind: Callable[[str], Ask], sections: set[str]
) -> None:
    service, program = opened
    held, events = Held(), list[Event]()
    streams(endpoint, held, lambda _: ("", '{"items": []}'))
    async with asking(service, program, kind(program.world.pairing)) as told:
        async for event in told:
            if event == Stage("verifying"):
                break
            events.append(event)
            held.go.set()
    assert {event.item.section for event in events if isinstance(event, Verified)} == sections


async def flamingo(program: Program) -> str:
    session = await program.world.session("2027-03-08T15:00:00Z")
    return str((await program.world.note(session, "ingrid", _FLAMINGO))["id"])


@pytest.mark.parametrize("change", ["erased", "hidden"])
@pytest.mark.parametrize("cited", ["before", "after"])
async def test_a_note_that_goes_between_two_items_is_shown_no_more_and_all_starts_anew(
    opened: tuple[Service, Program], endpoint: Endpoint, change: str, cited: str
) -> None:
    service, program = opened
    path = f"/v1/notes/{await flamingo(program)}"

    async def goes() -> None:
        token, client = program.world.tokens["ingrid"], program.world.client
        if change == "erased":
            assert (await client("DELETE", path, token)).status_code in (200, 204)
        else:
            body = {"text": _FLAMINGO, "visibility": "private"}
            assert (await client("PUT", path, token, body)).status_code == 200

    def parts(asked: replies.Asked) -> tuple[str, str]:
        others = [line(asked, "postponed"), line(asked, "follow a podcast")]
        if not any("flamingo" in told for told in asked.evidence.values()):
            return in_two(*others)
        own = line(asked, "flamingo")
        return in_two(own, *others) if cited == "before" else in_two(*others, own)

    held, events = Held(), list[Event]()
    streams(endpoint, held, parts)
    async with asking(service, program, QuestionAsk(program.world.pairing, _QUESTION)) as told:
        async for event in told:
            events.append(event)
            if isinstance(event, Verified) and not held.go.is_set():
                assert ("flamingo" in event.item.text) is (cited == "before")
                await goes()
                held.go.set()
                events.clear()
    assert "flamingo" not in repr(events)
    assert stages(events) == ["evidence", "drafting", "verifying"]
    assert shown(events) == [
        "We postponed the dashboard demo again.",
        "Ingrid learned how to follow a podcast.",
    ]
    assert [item.text for item in done(events).items] == shown(events)
    assert endpoint.route.call_count == 2


async def test_the_endpoint_is_left_when_evidence_went_while_it_spoke(
    opened: tuple[Service, Program], endpoint: Endpoint
) -> None:
    service, program = opened
    path, token = f"/v1/notes/{await flamingo(program)}", program.world.tokens["ingrid"]
    gone, held = False, Held(ends=False)
    streams(endpoint, held, lambda a: in_two(line(a, "postponed"), line(a, "follow a podcast")))
    async with asking(service, program, QuestionAsk(program.world.pairing, _QUESTION)) as told:
        async for event in told:
            if isinstance(event, Verified) and not held.go.is_set():
                await program.world.client("DELETE", path, token)
                held.go.set()
                gone = True
            elif gone and event == Stage("evidence"):
                break
    async with asyncio.timeout(10):
        await held.left.wait()


async def test_a_reader_who_goes_away_leaves_the_endpoint(
    opened: tuple[Service, Program], endpoint: Endpoint
) -> None:
    service, program = opened
    held = Held()
    streams(endpoint, held, lambda a: in_two(line(a, "postponed"), line(a, "follow a podcast")))
    async with asking(service, program, QuestionAsk(program.world.pairing, _QUESTION)) as told:
        async for event in told:
            if isinstance(event, Verified):
                break
    async with asyncio.timeout(10):
        await held.left.wait()
    assert not held.go.is_set()


async def test_a_model_that_says_the_same_for_ever_is_left_and_what_held_is_kept(
    opened: tuple[Service, Program], endpoint: Endpoint
) -> None:
    service, program = opened
    held = Held(ends=False)
    held.go.set()

    def parts(asked: replies.Asked) -> tuple[str, str]:
        first, _ = in_two(line(asked, "postponed"), line(asked, "postponed"))
        return first, ', {"text": "' + "again and " * 40

    streams(endpoint, held, parts)
    async with asking(service, program, QuestionAsk(program.world.pairing, _QUESTION)) as told:
        events = [event async for event in told]
    assert held.left.is_set()
    assert shown(events) == ["We postponed the dashboard demo again."]
    assert any("broke off" in warning for warning in done(events).warnings)


async def test_a_model_that_says_nothing_but_the_same_for_ever_is_not_used(
    opened: tuple[Service, Program], endpoint: Endpoint
) -> None:
    service, program = opened
    held = Held(ends=False)
    held.go.set()
    streams(endpoint, held, lambda _: ('{"items": [{"text": "', "again and " * 40))
    async with asking(service, program, QuestionAsk(program.world.pairing, _QUESTION)) as told:
        events = [event async for event in told]
    assert held.left.is_set()
    assert done(events).drafted_by.engine is Engine.OFFLINE
    assert "was not used" in done(events).warnings[0]


async def test_of_more_lines_than_asked_for_no_more_are_taken_and_the_endpoint_is_left(
    opened: tuple[Service, Program], endpoint: Endpoint
) -> None:
    service, program = opened
    held = Held(ends=False)
    held.go.set()

    def parts(asked: replies.Asked) -> tuple[str, str]:
        return in_two(*(line(asked, "postponed") for _ in range(24)))

    streams(endpoint, held, parts)
    async with asking(service, program, QuestionAsk(program.world.pairing, _QUESTION)) as told:
        events = [event async for event in told]
    assert held.left.is_set()
    assert shown(events) == ["We postponed the dashboard demo again."]


async def test_of_more_questions_than_asked_for_the_limit_holds(
    opened: tuple[Service, Program], endpoint: Endpoint
) -> None:
    service, program = opened
    held = Held()
    held.go.set()

    def parts(asked: replies.Asked) -> tuple[str, str]:
        every = [
            f"What did you notice about {what}?" for what in ("polls", "the demo", "rude comments", "time")
        ]
        keys = list(asked.evidence)
        return in_two(*({"text": text, "section": "what", "evidence": keys} for text in every))

    streams(endpoint, held, parts)
    async with asking(service, program, ReflectionAsk(program.world.pairing, limit=3)) as told:
        events = [event async for event in told]
    assert [item.section for item in done(events).items] == ["what", "so_what", "now_what"]
    assert done(events).items[0].text == "What did you notice about polls?"
    assert sorted(shown(events)) == sorted(item.text for item in done(events).items)
