"""Fairness among many that are ready at once."""

import asyncio


class Turns:
    """Lets a few go on in each turn of the event loop, so that what else is ready is not kept waiting."""

    def __init__(self, at_once: int = 8) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def take(self) -> None:
        async with self._places:
            await asyncio.sleep(0)
