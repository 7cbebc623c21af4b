"""Suggestions served again, and what people did with them."""

from datetime import datetime

from coach import access
from coach.advice.coach import readable_now
from coach.domain.suggestions import Response, ResponseKind, Suggestion
from coach.domain.visibility import Actor
from coach.errors import Invalid, NotFound
from coach.ports import Records


async def remembered(records: Records, actor: Actor, suggestion_id: str) -> Suggestion:
    """A suggestion of one's own, as long as everything it was drafted from may still be seen."""
    person = access.require_person(actor)
    found = await records.suggestions.suggestion(suggestion_id)
    if found is None or found.asked_by != person.id:
        raise NotFound("no such suggestion")
    sources = await records.suggestions.source_note_ids(suggestion_id)
    if found.pairing_id is not None:
        await _still_member(records, actor, found.pairing_id)
        if len(await readable_now(records, actor, set(sources))) < len(sources):
            raise NotFound("no such suggestion; what it was drawn from is no longer yours to see")
    return found


async def _still_member(records: Records, actor: Actor, pairing_id: str) -> None:
    try:
        await access.member_pairing(records, actor, pairing_id)
    except NotFound:
        raise NotFound("no such suggestion") from None


async def respond(
    records: Records,
    actor: Actor,
    now: datetime,
    suggestion_id: str,
    *,
    response: ResponseKind,
    item: int | None = None,
    text: str | None = None,
) -> Response:
    suggestion = await remembered(records, actor, suggestion_id)
    if item is not None and item >= len(suggestion.items):
        raise Invalid(f"the suggestion has {len(suggestion.items)} items, counted from 0", "item")
    if response is ResponseKind.EDITED and not text:
        raise Invalid("give the words you used instead", "text")
    given = Response(suggestion.id, response, item, text, now)
    await records.suggestions.add_response(given)
    return given
