"""Every fault of a model's endpoint with every kind of suggestion: answered in time, and it is said."""

import asyncio
import json
import re
from collections.abc import Iterator
from inspect import isawaitable
from itertools import product
from typing import Any

import pytest

from coach.settings import Settings
from tests.integration import model_replies as replies
from tests.integration.coached_program import KINDS, Program, forget_wording
from tests.integration.model_endpoint import KEY, MODEL, Endpoint, check_by_model, check_offline, check_shown
from tests.integration.model_faults import TABLES, Answer, Fault, says

FAULTS = {name: fault for faults, *_ in TABLES.values() for name, fault in faults.items()}
PASSING = [
    "it refuses the connection",
    "too many requests for a moment",
    "an error of the server",
    "overloaded",
]
STREAMED = [
    "not allowed",
    "the connection breaks after the first line",
    "an error of the server",
    "a web page",
    "thousands of lines",
]


def behaves(endpoint: Endpoint, *answers: Answer) -> list[replies.Asked]:
    """One request after the other is answered so, the others like the last; the requests as they come."""
    asked, left = list[replies.Asked](), list(answers)

    async def answer(request: Any) -> Any:
        asked.append(replies.Asked(json.loads(request.content)))
        told = (left.pop(0) if len(left) > 1 else left[0])(asked[-1])
        return await told if isawaitable(told) else told

    endpoint.route.mock(side_effect=answer)
    return asked


def check_told(suggestion: dict[str, Any], fault: Fault) -> None:
    """By the model or by the offline coach, with a warning that says what happened."""
    told = " ".join(suggestion["warnings"])
    if fault.by_model:
        assert suggestion["drafted_by"]["model"] == MODEL
        assert suggestion["items"]
    else:
        told = check_offline(suggestion)
    assert re.search(fault.told, told)
    assert KEY not in json.dumps(suggestion)


async def load(program: Program, endpoint: Endpoint) -> None:
    """What the first questions of a process have to load does not count as an answer's time."""
    behaves(endpoint, says(replies.in_form))
    for kind in KINDS:
        await program.ask(kind)


async def asked_within(seconds: float, program: Program, kind: str) -> tuple[str, dict[str, Any]]:
    async with asyncio.timeout(seconds):
        return kind, await program.ask(kind)


@pytest.mark.parametrize(("table", "deadline"), [(name, within) for name, (_, within, _) in TABLES.items()])
async def test_each_fault_is_answered_in_time_and_said(
    program: Program,
    endpoint: Endpoint,
    settings: Settings,
    table: str,
    deadline: float,
    subtests: pytest.Subtests,
) -> None:
    await load(program, endpoint)
    faults, _, at_once = TABLES[table]
    together = [KINDS[at : at + at_once] for at in range(0, len(KINDS), at_once)]
    checked: list[Any] = []
    for (name, fault), kinds in product(faults.items(), together):
        with subtests.test(fault=name):
            await forget_wording(settings)
            asked = behaves(endpoint, fault.answer)
            told = await asyncio.gather(*(asked_within(deadline + 1, program, kind) for kind in kinds))
            assert len(asked) >= len(kinds)
            for kind, suggestion in told:
                with subtests.test(fault=name, kind=kind):
                    check_told(suggestion, fault)
                    if suggestion["items"] not in checked:
                        await check_shown(program, kind, suggestion)
                        checked.append(suggestion["items"])
    behaves(endpoint, says(replies.in_form))
    check_by_model(await program.ask("agenda"), "agenda")
    counted = (await program.world.client("GET", "/metrics", None)).text
    assert 'status="200"' in counted and 'status="5' not in counted


async def test_a_fault_that_passes_leaves_the_answer_to_the_model(
    program: Program, endpoint: Endpoint, settings: Settings, subtests: pytest.Subtests
) -> None:
    for name, kind in product(PASSING, KINDS):
        with subtests.test(fault=name, kind=kind):
            await forget_wording(settings)
            asked = behaves(endpoint, FAULTS[name].answer, says(replies.in_form))
            suggestion = await program.ask(kind)
            assert len(asked) == 2
            check_by_model(suggestion, kind)
            assert suggestion["warnings"] == []


def events(text: str) -> Iterator[tuple[str, Any]]:
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        yield lines["event"], json.loads(lines["data"])


@pytest.mark.parametrize("deadline", [2.0])
async def test_a_stream_over_a_fault_ends_with_the_whole_suggestion(
    program: Program, endpoint: Endpoint, settings: Settings, subtests: pytest.Subtests
) -> None:
    for name, kind in product(STREAMED, KINDS):
        with subtests.test(fault=name, kind=kind):
            await forget_wording(settings)
            behaves(endpoint, FAULTS[name].answer)
            path, token, body = program.call(kind)
            headers = {"Accept": "text/event-stream"}
            answer = await program.world.client("POST", path, token, body, headers=headers)
            assert answer.status_code == 200
            *before, (last, suggestion) = events(answer.text)
            assert last == "done" and {event for event, _ in before} == {"progress", "item"}
            check_told(suggestion, FAULTS[name])
            shown = [json.dumps(item) for event, item in before if event == "item"]
            assert sorted(shown) == sorted(json.dumps(item) for item in suggestion["items"])
