"""A real endpoint on loopback, configured through the settings alone: the promises hold over the wire."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from itertools import product
from typing import Any

import pytest

from coach.settings import Settings
from prompts import prompt
from tests.drafting import NO_REST
from tests.e2e.model_server import ModelServer
from tests.e2e.serving import Sent, served_program, streamed, streaming
from tests.integration import model_replies as replies
from tests.integration.checks import cited_in
from tests.integration.coached_program import KINDS, Program, forget_wording
from tests.integration.model_endpoint import MODEL, check_by_model, check_offline, check_shown

_PERSON = re.compile(r"Person\d+")
_STAGES = ["evidence", "drafting", "verifying"]


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def patience() -> float:
    """The setting: seconds that one draft may take."""
    return 10.0


@pytest.fixture
async def program(settings: Settings, model: ModelServer, patience: float) -> AsyncIterator[Program]:
    about = {
        "llm_base_url": model.base_url,
        "llm_model": MODEL,
        "llm_timeout": patience,
        "llm_rest": NO_REST,
        "llm_kept": 0,
    }
    async with served_program(settings.model_copy(update=about)) as opened:
        yield opened
        model.released.set()


async def test_an_answer_in_form_is_the_models(
    program: Program, model: ModelServer, subtests: pytest.Subtests
) -> None:
    model.says(replies.in_form)
    for kind in KINDS:
        with subtests.test(kind=kind):
            suggestion = await program.ask(kind)
            check_by_model(suggestion, kind)
            await check_shown(program, kind, suggestion)
            said = replies.standing_on(model.asked[-1])
            assert model.asked[-1].kind == kind
            told = re.compile(_PERSON.sub(r"\\w+", re.escape(said["text"])))
            assert any(told.fullmatch(item["text"]) for item in suggestion["items"])
    assert len(model.asked) == len(KINDS)


async def test_false_citations_are_not_shown(
    program: Program, model: ModelServer, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind, answer="false alone"):
            model.says(replies.false_only)
            suggestion = await program.ask(kind)
            await check_shown(program, kind, suggestion)
            if kind != "feedback":
                check_offline(suggestion)
        with subtests.test(kind=kind, answer="some false"):
            model.says(replies.some_false)
            suggestion = await program.ask(kind)
            await check_shown(program, kind, suggestion)
            assert suggestion["drafted_by"]["engine"] == "llm"


_FAULTS: dict[str, Callable[[ModelServer], None]] = {
    "an error": lambda model: model.gives(500, b'{"error": {"message": "out of memory"}}'),
    "an error without JSON": lambda model: model.gives(502, b"<html>Bad gateway</html>", "text/html"),
    "not allowed": lambda model: model.gives(401, b'{"error": {"message": "bad key"}}'),
    "too many requests": lambda model: model.gives(429, b'{"error": {"message": "slow down"}}'),
    "garbage": lambda model: model.gives(200, b"\xff\xfe\x00garbage"),
    "a web page": lambda model: model.gives(200, b"<html>Welcome</html>", "text/html"),
    "prose": lambda model: model.says(lambda _: "Sure! Talk more."),
    "half an answer": lambda model: model.says(replies.cut_off),
    "half a body": ModelServer.hangs_up,
}


async def check_answered_offline(program: Program, model: ModelServer, kind: str) -> None:
    before = len(model.asked)
    suggestion = await program.ask(kind)
    assert len(model.asked) > before
    check_offline(suggestion)
    await check_shown(program, kind, suggestion)
    assert kind in ("learnings", "feedback") or cited_in(suggestion)


async def test_a_fault_is_answered_offline(
    program: Program, model: ModelServer, subtests: pytest.Subtests
) -> None:
    for (fault, comes), kind in product(_FAULTS.items(), KINDS):
        with subtests.test(fault=fault, kind=kind):
            comes(model)
            await check_answered_offline(program, model, kind)


@pytest.mark.parametrize("patience", [0.5])
@pytest.mark.parametrize("fault", [ModelServer.hangs, ModelServer.dribbles])
async def test_a_model_that_does_not_come_to_an_end_is_given_up_in_good_time(
    program: Program, model: ModelServer, fault: Callable[[ModelServer], None], subtests: pytest.Subtests
) -> None:
    fault(model)
    for kind in KINDS:
        with subtests.test(kind=kind):
            async with asyncio.timeout(4):
                await check_answered_offline(program, model, kind)


async def test_where_nobody_listens_the_offline_coach_answers(
    program: Program, model: ModelServer, subtests: pytest.Subtests
) -> None:
    model.close()
    for kind in KINDS:
        with subtests.test(kind=kind):
            suggestion = await program.ask(kind)
            assert "reached" in check_offline(suggestion)
            await check_shown(program, kind, suggestion)


async def test_others_are_answered_while_the_model_keeps_one_waiting(
    program: Program, model: ModelServer
) -> None:
    model.says_when_released(replies.in_form)
    waiting = asyncio.create_task(program.ask("agenda"))
    world = program.world
    async with asyncio.timeout(5):
        session = await world.session("2027-03-09T15:00:00Z")
        note = await world.note(session, "maya", "We met in the canteen.")
    assert note["index_state"] == "indexed"
    assert not waiting.done()
    model.released.set()
    check_by_model(await waiting, "agenda")


def check_events(events: list[Sent], kind: str) -> dict[str, Any]:
    """Stages in order, each item once and none before the drafting, then the whole suggestion.

    Items come as soon as each is verified, so not always in the order of the whole.
    """
    names = [sent.event for sent in events]
    items = [sent.data for sent in events if sent.event == "item"]
    assert [sent.data for sent in events if sent.event == "progress"] == [{"stage": s} for s in _STAGES]
    assert names[:2] == ["progress"] * 2 and names[-1] == "done"
    assert len(names) == len(_STAGES) + len(items) + 1
    done: dict[str, Any] = events[-1].data
    assert done["kind"] == kind
    assert sorted(map(json.dumps, items)) == sorted(map(json.dumps, done["items"]))
    return done


async def test_a_stream_tells_the_same_as_the_plain_answer(
    program: Program, model: ModelServer, settings: Settings, subtests: pytest.Subtests
) -> None:
    model.says(replies.in_form)
    for kind in KINDS:
        with subtests.test(kind=kind):
            plain = await program.ask(kind)
            await forget_wording(settings)
            done = check_events(await streamed(program, kind), kind)
            check_by_model(done, kind)
            await check_shown(program, kind, done)
            assert {**done, "id": plain["id"]} == plain
            _, token, _ = program.call(kind)
            again = await program.world.client("GET", f"/v1/suggestions/{done['id']}", token)
            assert again.json() == done


async def test_a_stream_over_a_fault_ends_with_the_offline_answer(
    program: Program, model: ModelServer, subtests: pytest.Subtests
) -> None:
    for fault, kind in product(("an error", "garbage", "half a body", "half an answer"), KINDS):
        with subtests.test(fault=fault, kind=kind):
            _FAULTS[fault](model)
            done = check_events(await streamed(program, kind), kind)
            check_offline(done)
            await check_shown(program, kind, done)


@pytest.mark.parametrize("patience", [0.5])
async def test_a_stream_over_a_model_that_hangs_ends_with_the_offline_answer(
    program: Program, model: ModelServer
) -> None:
    model.hangs()
    check_offline(check_events(await streamed(program, "agenda"), "agenda"))


async def test_progress_is_told_before_the_model_has_answered(program: Program, model: ModelServer) -> None:
    model.says_when_released(replies.in_form)
    seen = []
    async for sent in streaming(program, "agenda"):
        seen.append(sent)
        if sent == Sent("progress", {"stage": "drafting"}):
            assert not model.released.is_set()
            model.released.set()
    assert check_events(seen, "agenda")["drafted_by"]["engine"] == "llm"


async def test_a_reader_who_goes_away_leaves_the_service_whole(program: Program, model: ModelServer) -> None:
    model.hangs()
    async with aclosing(streaming(program, "agenda")) as events:
        async for sent in events:
            if sent.data == {"stage": "drafting"}:
                break
    model.says(replies.in_form)
    check_by_model(await program.ask("agenda"), "agenda")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_the_call_to_the_model_ends_and_is_booked_when_nobody_waits_for_it_any_more(
    program: Program, model: ModelServer, accept: str
) -> None:
    model.hangs_until_left()
    path, token, body = program.call("agenda")
    headers = {"Accept": accept, "Authorization": f"Bearer {token}"}
    asking = asyncio.create_task(program.world.client.http.post(path, json=body, headers=headers))
    assert await asyncio.to_thread(model.began.wait, 5)
    asking.cancel()
    assert await asyncio.to_thread(model.left.wait, 5)
    async with asyncio.timeout(5):
        while not (taken := await _taken(program))["requests"]:
            continue
    assert taken["requests"] == 1 and taken["prompt_tokens"] > 100 and taken["completion_tokens"] == 0


async def _taken(program: Program) -> dict[str, int]:
    """What the program's account says in all."""
    path = f"/v1/programs/{program.world.program}/usage"
    token = program.world.tokens["olga"]
    account = await program.world.client("GET", path, token)
    total: dict[str, int] = account.json()["total"]
    return total


async def test_the_model_is_told_its_prompt_and_no_secret(program: Program, model: ModelServer) -> None:
    model.says(replies.in_form)
    await program.ask("reflection")
    (asked,) = model.asked
    assert asked.body["model"] == MODEL
    assert asked.system.startswith(prompt("reflection").system.splitlines()[0])
    assert asked.allowed == list(asked.evidence) != []
    assert "zebrafish" not in json.dumps(asked.body)
