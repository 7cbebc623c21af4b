"""Searching a pairing's notes."""

from datetime import datetime

from coach.advice.reading import read_pairing
from coach.domain.notes import Found
from coach.domain.visibility import Actor
from coach.ports import Records, Search


async def find(
    records: Records, search: Search, actor: Actor, pairing_id: str, query: str, limit: int, now: datetime
) -> list[Found]:
    """The passages that the actor may read and that fit best, best first."""
    reading = await read_pairing(records, actor, pairing_id, now)
    return await search.search(query, reading.scope, reading.passages, limit)
