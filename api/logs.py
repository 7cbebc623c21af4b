"""What is written to the log: where something went wrong, and no word of a note, no secret."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from uvicorn.config import LOGGING_CONFIG
from uvicorn.logging import DefaultFormatter

from coach.discretion import Secrets
from coach.errors import CounterpartError

_Info = tuple[type[BaseException], BaseException, TracebackType | None]
_TELL_NO_WORD = (CounterpartError, OSError, ImportError)
_MOST_CAUSES = 10


def told(error: BaseException) -> str:
    """The traceback of an error and of its causes, without values.

    Their texts may repeat what was asked, or a note: they are left out, but for kinds that hold none.
    """
    return "".join(_parts(error))


def _parts(error: BaseException) -> Iterator[str]:
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain and len(chain) < _MOST_CAUSES:
        chain.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    for cause in reversed(chain):
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(cause.__traceback__)
        text = f": {cause}" if isinstance(cause, _TELL_NO_WORD) else ""
        yield f"{type(cause).__module__}.{type(cause).__qualname__}{text}\n"


class DiscreetFormatter(DefaultFormatter):
    """uvicorn's own, with tracebacks that quote nothing and without the settings' secrets."""

    def __init__(self, *args: Any, secrets: Secrets | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._secrets = secrets or Secrets()

    def formatException(self, ei: Any) -> str:
        return told(ei[1]).removesuffix("\n") if ei and ei[1] else ""

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.out_of(super().format(record))


def logging_of(secrets: Secrets) -> dict[str, Any]:
    """uvicorn's configuration, with what the coach has to say beside it."""
    ours = {"handlers": ["default"], "level": "INFO", "propagate": False}
    format_of = LOGGING_CONFIG["formatters"]["default"]
    formatters = {"default": {**format_of, "()": DiscreetFormatter, "secrets": secrets}}
    return {
        **LOGGING_CONFIG,
        "formatters": {**LOGGING_CONFIG["formatters"], **formatters},
        "loggers": {**LOGGING_CONFIG["loggers"], "coach": ours, "api": ours},
        "root": {"handlers": ["default"], "level": "WARNING"},
    }
