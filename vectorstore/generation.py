"""The generation of the index that serves: an index and the embedder that its vectors are of."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vectorstore.embedding import Embedder
from vectorstore.index import VectorIndex


@dataclass(frozen=True, slots=True)
class Generation:
    """Vectors of queries and of passages mix within a generation only."""

    id: str
    embedder: Embedder
    index: VectorIndex


class _Used:
    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.users = 0
        self.unused = asyncio.Event()
        self.unused.set()


class Serving:
    """The generation that serves now; whoever uses one keeps it until done."""

    def __init__(self, generation: Generation) -> None:
        self._used = _Used(generation)

    @property
    def now(self) -> Generation:
        return self._used.generation

    @contextmanager
    def use(self) -> Iterator[Generation]:
        used = self._used
        used.users += 1
        used.unused.clear()
        try:
            yield used.generation
        finally:
            used.users -= 1
            if not used.users:
                used.unused.set()

    async def switch(self, to: Generation, at_last: Callable[[], Awaitable[object]] | None = None) -> None:
        """Serve another one, and close the one before when its last user is done and after `at_last`."""
        before, self._used = self._used, _Used(to)
        try:
            await before.unused.wait()
            if at_last is not None:
                await at_last()
        finally:
            await before.generation.index.close()

    async def close(self) -> None:
        await self.now.index.close()
