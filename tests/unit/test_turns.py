"""Many that are ready at once."""

import asyncio

from coach.drafting.turns import Turns


async def test_a_few_go_on_in_each_turn_of_the_event_loop() -> None:
    turns, went, counts = Turns(at_once=4), list[int](), list[int]()

    async def goes(n: int) -> None:
        await turns.take()
        went.append(n)

    going = [asyncio.create_task(goes(n)) for n in range(40)]
    while len(went) < len(going):
        before = len(went)
        await asyncio.sleep(0)
        counts.append(len(went) - before)
    assert went == list(range(40))
    assert max(counts) == 4
