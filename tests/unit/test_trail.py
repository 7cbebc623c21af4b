"""What was seen on its way into the audit."""

import asyncio
from collections.abc import Sequence

import pytest

from coach.domain.audit import ActorKind, AuditAction, Deed
from coach.errors import NotReady
from coach.records.audit import Done
from coach.records.trail import Trail
from tests.fakes import NOW

_SEEN: Done = (NOW, Deed(AuditAction.READ_NOTE, ActorKind.PERSON, "maya", "p"))


class Written:
    def __init__(self) -> None:
        self.batches: list[int] = []
        self.broken = False
        self.tried = asyncio.Event()

    async def __call__(self, seen: Sequence[Done]) -> None:
        await asyncio.sleep(0)
        self.tried.set()
        if self.broken:
            raise NotReady("the database is busy, as this test asked")
        self.batches.append(len(seen))


async def test_what_is_seen_soon_after_each_other_is_written_together() -> None:
    written = Written()
    trail = Trail(written, seconds=0.01)
    for _ in range(5):
        trail.take([_SEEN])
    await written.tried.wait()
    await trail.stop()
    assert written.batches == [5]


async def test_a_stop_writes_what_waits() -> None:
    written = Written()
    trail = Trail(written, seconds=3600)
    trail.take([_SEEN, _SEEN])
    await trail.stop()
    assert written.batches == [2]


async def test_what_could_not_be_written_is_tried_again() -> None:
    written = Written()
    written.broken = True
    trail = Trail(written, seconds=0.01)
    trail.take([_SEEN])
    await written.tried.wait()
    written.broken = False
    written.tried.clear()
    await written.tried.wait()
    await trail.stop()
    assert written.batches == [1]


async def test_nothing_is_shown_when_too_much_waits() -> None:
    written = Written()
    trail = Trail(written, seconds=3600, most=3)
    trail.take([_SEEN, _SEEN])
    with pytest.raises(NotReady):
        trail.take([_SEEN, _SEEN])
    await trail.stop()
    assert written.batches == [2]


async def test_settling_from_many_places_writes_everything_once() -> None:
    written = Written()
    trail = Trail(written, seconds=3600)
    trail.take([_SEEN] * 7)
    await asyncio.gather(*(trail.settle() for _ in range(5)))
    await trail.stop()
    assert sum(written.batches) == 7
