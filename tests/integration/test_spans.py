"""The spans that an operator's OpenTelemetry SDK is given: stages, kinds and counts, no word of a note."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.integration import model_replies as replies
from tests.integration.coached_program import KINDS, Program
from tests.integration.model_endpoint import KEY, MODEL, Endpoint, check_offline

_WORDS = ["demo", "podcast", "nervous", "polls", "comments", "phone", "Maya", "Ingrid", "zebrafish", KEY]
_REFUSED = {"error": {"message": "no demo, no podcast, no polls"}}


@pytest.fixture(scope="module")
def provided() -> Iterator[InMemorySpanExporter]:
    """An operator's SDK. A process has one provider for ever: after these tests it exports no more."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_SDK_DISABLED", "false")
        exporter, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        yield exporter
        provider.shutdown()


@pytest.fixture
def exporter(provided: InMemorySpanExporter, program: Program) -> InMemorySpanExporter:
    """Empty, the program's people and notes being there."""
    provided.clear()
    return provided


def attributes_of(spans: Sequence[ReadableSpan], stage: str) -> list[dict[str, Any]]:
    """Of each span of a stage, by the names that follow `counterpart.`."""
    return [
        {name.removeprefix("counterpart."): value for name, value in (span.attributes or {}).items()}
        for span in spans
        if span.name == f"counterpart.{stage}"
    ]


def check_silent(spans: Sequence[ReadableSpan]) -> None:
    """Nothing of a span, the framework's among them, tells a word of a note, a question or an error."""
    told = json.dumps([json.loads(span.to_json()) for span in spans])
    assert [word for word in _WORDS if word in told] == []


async def test_a_suggestion_has_its_stages_with_their_kinds_and_counts(
    program: Program, endpoint: Endpoint, exporter: InMemorySpanExporter, subtests: pytest.Subtests
) -> None:
    endpoint.says(replies.in_form)
    for kind in KINDS:
        with subtests.test(kind=kind):
            exporter.clear()
            await program.ask(kind)
            spans = exporter.get_finished_spans()
            ours = [span.name for span in spans if span.name.startswith("counterpart.")]
            assert ours == ["counterpart.retrieve", "counterpart.verify", "counterpart.draft"]
            (retrieved,) = attributes_of(spans, "retrieve")
            assert retrieved == {"kind": kind, "evidence": retrieved["evidence"]}
            assert retrieved["evidence"] > 0 or kind == "learnings"
            assert attributes_of(spans, "draft") == [{"kind": kind, "model": MODEL}]
            assert attributes_of(spans, "verify") == [{"kind": kind}]
            assert all(span.status.is_ok or span.status.is_unset for span in spans)
            check_silent(spans)


async def test_a_rejected_line_has_its_reason_and_the_repair_its_count(
    program: Program, endpoint: Endpoint, exporter: InMemorySpanExporter
) -> None:
    endpoint.says(replies.mending(replies.some_false, replies.in_form))
    await program.ask("ask")
    spans = exporter.get_finished_spans()
    assert attributes_of(spans, "verify") == [
        {"kind": "ask"},
        {"kind": "ask", "objection": "evidence"},
        {"kind": "ask"},
    ]
    assert attributes_of(spans, "repair") == [{"kind": "ask", "lines": 1}]
    check_silent(spans)


async def test_a_model_that_fails_is_told_by_the_errors_type_alone(
    program: Program, endpoint: Endpoint, exporter: InMemorySpanExporter
) -> None:
    endpoint.gives(401, json=_REFUSED)
    check_offline(await program.ask("ask"))
    spans = exporter.get_finished_spans()
    (failed,) = [span for span in spans if span.name == "counterpart.draft"]
    assert (failed.status.is_ok, failed.status.description) == (False, "DraftingFailed")
    assert failed.events == ()
    check_silent(spans)
