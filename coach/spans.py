"""OpenTelemetry spans of a suggestion: its stages with their kinds and counts, never a word of a note.

Only the API is used: without an SDK that the operator sets up, nothing is recorded and nothing leaves.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode

_tracer = trace.get_tracer("counterpart")


@contextmanager
def span(stage: str, **attributes: str | int | float) -> Iterator[Span]:
    """A span named `counterpart.STAGE`; an error is told by its type alone, since its text may quote."""
    told = {f"counterpart.{name}": value for name, value in attributes.items()}
    begun = _tracer.start_span(f"counterpart.{stage}", attributes=told)
    try:
        yield begun
    except BaseException as error:
        begun.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        begun.end()
