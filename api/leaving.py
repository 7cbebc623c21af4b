"""Work that nobody waits for any more ends."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

_DISCONNECT = "http.disconnect"

Given = TypeVar("Given")


async def unless_left(request: Request, work: Coroutine[Any, Any, Given]) -> Given | None:
    """What the work gives; it is cancelled, and None given, when whoever asked goes away before."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != _DISCONNECT:
        continue
