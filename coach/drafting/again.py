"""When an endpoint that failed is asked again, and when it is left alone."""

import asyncio
import logging

from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    UnprocessableEntityError,
)
from tenacity import RetryCallState, wait_random_exponential

from coach.drafting.complaints import is_too_long

_FIRST_WAIT, _LONGEST_WAIT = 0.25, 4.0
_AGAIN = {408, 409, 425, 429}
_SERVER_ERRORS = 500

FAILURES_TO_REST = 3


def hush_clients() -> None:
    """The clients may log no more than warnings: what they log below holds what was sent, and addresses."""
    for name in ("openai", "httpx", "httpx2", "httpcore", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def is_worth_again(error: BaseException) -> bool:
    if isinstance(error, APIStatusError):
        if is_too_long(error):
            return False
        return error.status_code in _AGAIN or error.status_code >= _SERVER_ERRORS
    return isinstance(error, APIConnectionError) and not isinstance(error, APITimeoutError)


def is_down(_: type[BaseException], error: BaseException) -> bool:
    """Whether an error says that the next request will fail, too."""
    if isinstance(error, APIStatusError):
        return not (isinstance(error, BadRequestError | UnprocessableEntityError) or is_too_long(error))
    return isinstance(error, APIConnectionError | TimeoutError)


def wait(state: RetryCallState, deadline: float) -> float:
    """Seconds: as the server asks, else longer each time with jitter; past the deadline there is no again."""
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error)
    waits = asked if asked is not None else wait_random_exponential(_FIRST_WAIT, _LONGEST_WAIT)(state)
    if error is not None and asyncio.get_running_loop().time() + waits >= deadline:
        raise error
    return waits


def _retry_after(error: BaseException | None) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    return None
