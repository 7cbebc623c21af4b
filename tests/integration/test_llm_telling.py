"""What the operator is told of the language model, by counters and by logs: what happened, and no words."""

import logging
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from coach.settings import Settings
from tests.integration import model_replies as replies
from tests.integration.coached_program import KINDS, Program, forget_wording
from tests.integration.model_endpoint import KEY, Endpoint, check_offline, open_with_model

_WORDS = ["demo", "podcast", "nervous", "polls", "comments", "phone", "Maya", "Ingrid", "zebrafish", KEY]


async def counted(program: Program) -> dict[tuple[str, ...], float]:
    """What is counted of the model and of suggestions: by name, kind and other labels."""
    told = (await program.world.client("GET", "/metrics", None)).text
    samples = [sample for family in text_string_to_metric_families(told) for sample in family.samples]
    return {
        (
            sample.name.removeprefix("counterpart_"),
            sample.labels.pop("kind"),
            *sample.labels.values(),
        ): sample.value
        for sample in samples
        if re.fullmatch(r"counterpart_(model|suggestions)\w*_total", sample.name)
    }


async def risen(program: Program, kind: str) -> dict[str, float]:
    """What a suggestion added to the counters of its kind, by name and labels."""
    before = await counted(program)
    await program.ask(kind)
    rises = {key: value - before.get(key, 0) for key, value in (await counted(program)).items()}
    assert {of for (_, of, *_), rise in rises.items() if rise} == {kind}
    return {" ".join([name, *labels]).strip(): rise for (name, _, *labels), rise in rises.items() if rise}


def taken(requests: int) -> dict[str, float]:
    return {
        "model_requests_total": requests,
        "model_tokens_total prompt": requests * replies.PROMPT_TOKENS,
        "model_tokens_total completion": requests * replies.COMPLETION_TOKENS,
    }


def fell_back(reason: str) -> dict[str, float]:
    return {f"model_fallbacks_total {reason}": 1, "suggestions_total offline": 1}


_BY_MODEL = {"suggestions_total llm": 1}
_REJECTED = {"model_lines_total rejected evidence": 1}
_MENDED = {"model_lines_total mended": 1}


async def test_counters_rise_by_what_became_of_the_models_lines(
    settings: Settings, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    false, mended = replies.false_only, replies.mending(replies.false_only, replies.in_form)
    async with open_with_model(settings) as program:
        for kind in ("agenda", "reflection", "progress", "ask", "learnings"):
            for reply, rise in (
                (replies.in_form, {**taken(1), **_BY_MODEL}),
                (replies.some_false, {**taken(2), **_REJECTED, **_BY_MODEL}),
                (mended, {**taken(2), **_REJECTED, **_MENDED, **_BY_MODEL}),
                (false, {**taken(2), **_REJECTED, **fell_back("unheld")}),
            ):
                with subtests.test(kind=kind, rise=sorted(rise)):
                    endpoint.says(reply)
                    await forget_wording(settings)
                    assert await risen(program, kind) == rise


async def test_a_fault_counts_as_a_fallback_with_its_reason_for_every_kind(
    settings: Settings, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    async with open_with_model(settings) as program:
        for kind in KINDS:
            with subtests.test(kind=kind):
                endpoint.says(lambda _: "Sure! Here is your agenda.")
                assert await risen(program, kind) == {**taken(1), **fell_back("form")}
                endpoint.gives(401, json={"error": {"message": "bad key"}})
                assert await risen(program, kind) == {"model_requests_total": 1, **fell_back("status")}


async def test_logs_tell_the_fault_and_no_word_of_a_note_nor_of_an_answer_nor_the_key(
    program: Program, endpoint: Endpoint, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint.says(replies.some_false)
    for kind in KINDS:
        await program.ask(kind)
    await forget_wording(settings)
    for status in (400, 401, 500):
        quoting = {"error": {"message": f"no {KEY}, no podcast, no demo"}}
        endpoint.gives(status, json=quoting, headers={"retry-after-ms": "1"})
        for kind in KINDS:
            check_offline(await program.ask(kind))
    endpoint.says(lambda asked: f"Sure! {asked.user}")
    for kind in KINDS:
        check_offline(await program.ask(kind))
    told = [f"{r.getMessage()} {r.exc_text or ''} {r.exc_info or ''}" for r in caplog.records]
    assert sum("the model failed (status" in line for line in told) == 3 * len(KINDS)
    assert sum("the model failed" in line for line in told) == 3 * len(KINDS)
    assert [line for line in told if any(word in line for word in _WORDS)] == []
