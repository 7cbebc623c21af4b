"""Many questions at once, while the reader takes its time."""

import asyncio
from collections.abc import Sequence

from coach.domain.spoken import Spoken
from coach.settings import Settings
from tests.fakes import Scores, WordReader
from tests.integration.coached_program import open_program

_MANY = 60


class HeldReader(WordReader):
    """Answers when it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.everyone_waits = asyncio.Event()
        self.go = asyncio.Event()

    async def answers(self, asked: Spoken, passages: Sequence[Sequence[Spoken]]) -> list[Scores]:
        self.asked += 1
        if self.asked == _MANY:
            self.everyone_waits.set()
        await self.go.wait()
        return await super().answers(asked, passages)


async def test_others_are_answered_while_many_questions_wait_for_the_reader(settings: Settings) -> None:
    reader = HeldReader()
    async with open_program(settings, reader=reader) as program:
        waiting = [asyncio.create_task(program.ask("ask")) for _ in range(_MANY)]
        async with asyncio.timeout(20):
            await reader.everyone_waits.wait()
            assert (await program.ask("progress"))["items"]
        reader.go.set()
        assert all(suggestion["kind"] == "ask" for suggestion in await asyncio.gather(*waiting))
