"""The event loop that the service runs on."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Given = TypeVar("Given")


def run(job: Coroutine[Any, Any, Given]) -> Given:
    """As `asyncio.run`, on uvloop where there is one (it knows no Windows)."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.run(job)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(job)
