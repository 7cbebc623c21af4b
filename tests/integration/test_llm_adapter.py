"""The language model's adapter, with every request to it intercepted (respx by pytest-httpx2).

An answer in form is the model's; of what it says only that is shown which stands on the evidence.
"""

import json
from itertools import product
from math import ceil
from typing import Any

import pytest
import respx

from coach.settings import Settings
from prompts import prompt
from tests.integration import model_replies as replies
from tests.integration.checks import NO_USAGE, cited_in
from tests.integration.coached_program import KEPT_PRIVATE, KINDS, Program, forget_wording, open_program
from tests.integration.model_endpoint import (
    KEY,
    MODEL,
    Endpoint,
    check_by_model,
    check_offline,
    check_shown,
    drafter_with,
)

_ON_EVIDENCE = [kind for kind in KINDS if kind != "feedback"]


def the_models(suggestion: dict[str, Any], line: dict[str, Any]) -> list[dict[str, Any]]:
    """The items with the text that the model gave."""
    return [item for item in suggestion["items"] if item["text"] == line["text"]]


async def test_an_answer_in_form_is_the_models_with_its_tokens_and_prompt(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            endpoint.says(replies.in_form)
            suggestion = await program.ask(kind)
            check_by_model(suggestion, kind)
            await check_shown(program, kind, suggestion)
            said = replies.standing_on(endpoint.asked)
            (own,) = the_models(suggestion, said)
            if kind == "learnings":
                assert own["pairings"] == 3 and own["citations"] == []
            else:
                quotes = [citation["quote"] for citation in own["citations"]]
                assert quotes == [endpoint.asked.evidence[i] for i in said["evidence"]]
                assert quotes or kind == "feedback"
            assert suggestion["warnings"] == []


async def test_the_request_asks_for_the_form_and_allows_only_evidence_that_it_shows(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            endpoint.says(replies.in_form)
            before = endpoint.route.call_count
            await program.ask(kind)
            assert endpoint.route.called
            assert endpoint.route.call_count == before + 1
            asked = endpoint.asked
            assert endpoint.route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"
            assert asked.body["model"] == MODEL
            assert asked.kind == kind
            assert asked.allowed == list(asked.evidence)
            assert kind == "feedback" or asked.allowed
            assert asked.schema["additionalProperties"] is False
            assert asked.system.startswith(prompt(kind).system.splitlines()[0])
            assert KEPT_PRIVATE not in asked.user and "zebrafish" not in json.dumps(asked.body)


async def test_the_same_on_unchanged_evidence_is_not_asked_twice(
    settings: Settings, endpoint: Endpoint
) -> None:
    async with open_program(settings, drafter_with(10, kept=9)) as program:
        endpoint.says(replies.in_form)
        first, again = await program.ask("agenda"), await program.ask("agenda")
        assert endpoint.route.call_count == 1
        assert again["items"] == first["items"] and again["drafted_by"] == first["drafted_by"]
        assert again["usage"] == NO_USAGE
        world = program.world
        session = await world.session("2027-03-08T15:00:00Z")
        await world.note(session, "maya", "Ingrid asked for a second podcast, and we postponed the polls.")
        await program.ask("agenda")
        assert endpoint.route.call_count == 2


async def test_a_program_note_is_never_sent_when_learnings_are_worded(
    program: Program, endpoint: Endpoint
) -> None:
    endpoint.says(replies.in_form)
    await program.ask("learnings")
    sent = json.dumps(endpoint.asked.body)
    for word in ("ran out of time", "Maya", "Ingrid", "Aiko", "Bruno", "Chidi", "Dana"):
        assert word not in sent


async def test_false_citations_alone_are_not_shown_and_the_answer_says_so(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in _ON_EVIDENCE:
        with subtests.test(kind=kind):
            endpoint.says(replies.false_only)
            suggestion = await program.ask(kind)
            assert endpoint.asked.kind == kind
            await check_shown(program, kind, suggestion)
            assert "evidence" in check_offline(suggestion)


async def test_feedback_that_stands_on_the_draft_loses_a_false_citation_and_says_so(
    program: Program, endpoint: Endpoint
) -> None:
    endpoint.says(replies.false_only)
    suggestion = await program.ask("feedback")
    assert endpoint.route.called
    await check_shown(program, "feedback", suggestion)
    assert cited_in(suggestion) == []
    assert suggestion["warnings"], "a citation was taken away and the answer does not say so"


async def test_of_lines_some_of_which_are_false_only_the_true_ones_are_shown(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    for kind in _ON_EVIDENCE:
        with subtests.test(kind=kind):
            endpoint.says(replies.some_false)
            suggestion = await program.ask(kind)
            check_by_model(suggestion, kind, requests=2)
            await check_shown(program, kind, suggestion)
            assert len(the_models(suggestion, replies.standing_on(endpoint.asked))) == 1
            assert any("left out" in warning for warning in suggestion["warnings"])


async def test_a_line_with_a_true_and_a_false_citation_keeps_the_true_one_and_says_so(
    program: Program, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    def mixed(asked: replies.Asked) -> str:
        line = replies.standing_on(asked)
        return replies.answer_of({**line, "evidence": ["E99", *line["evidence"], "E0"]})

    endpoint.says(mixed)
    for kind in ("agenda", "reflection", "progress", "ask"):
        with subtests.test(kind=kind):
            suggestion = await program.ask(kind)
            check_by_model(suggestion, kind)
            await check_shown(program, kind, suggestion)
            (own,) = the_models(suggestion, replies.standing_on(endpoint.asked))
            assert len(own["citations"]) == 1
            assert suggestion["warnings"], "a citation was taken away and the answer does not say so"


async def test_a_model_that_writes_odd_characters_is_answered_for(
    program: Program, endpoint: Endpoint, settings: Settings, subtests: pytest.Subtests
) -> None:
    for kind, odd in product(KINDS, ("\ud800", "\0", "\u202e<script>alert(1)</script>", "\x1b[31m")):
        with subtests.test(kind=kind, odd=odd):

            def oddly(asked: replies.Asked, odd: str = odd) -> str:
                line = replies.standing_on(asked)
                return replies.answer_of({**line, "text": f"{odd}{line['text']}"})

            endpoint.says(oddly)
            await forget_wording(settings)
            before = endpoint.route.call_count
            suggestion = await program.ask(kind)
            assert endpoint.route.call_count > before
            await check_shown(program, kind, suggestion)


async def test_no_line_is_a_good_answer_to_a_question_that_the_notes_do_not_hold(
    program: Program, endpoint: Endpoint
) -> None:
    endpoint.says(lambda _: replies.answer_of())
    suggestion = await program.ask("ask")
    check_by_model(suggestion, "ask")
    assert suggestion["items"] == []
    assert suggestion["warnings"]


def _length(asked: replies.Asked) -> int:
    """Characters that the model had to read, the form of the answer among them."""
    form = {"response_format": asked.body["response_format"]}
    return len(asked.system) + len(asked.user) + len(json.dumps(form))


async def test_an_endpoint_that_does_not_count_tokens_is_used_and_they_are_estimated(
    program: Program, endpoint: Endpoint
) -> None:
    def uncounted(request: Any) -> respx.MockResponse:
        content = replies.in_form(replies.Asked(json.loads(request.content)))
        return respx.MockResponse(200, json={**replies.completion(content), "usage": None})

    endpoint.route.mock(side_effect=uncounted)
    suggestion = await program.ask("agenda")
    assert suggestion["drafted_by"]["engine"] == "llm"
    assert suggestion["usage"]["completion_tokens"] == ceil(len(replies.in_form(endpoint.asked)) / 4)
    sent = [replies.Asked(json.loads(call.request.content)) for call in endpoint.route.calls]
    assert suggestion["usage"]["prompt_tokens"] == ceil(sum(map(_length, sent)) / 4)
