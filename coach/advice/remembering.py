"""Suggestions served again, and what people did with them."""

from datetime import datetime

from coach import access
from coach.auditing import read_again
from coach.domain.suggestions import Response, ResponseKind, Suggestion
from coach.domain.visibility import Actor, counts_in_learnings, is_member, is_owner, may_read_note
from coach.errors import Invalid, NotFound
from coach.ports import Records


async def remembered(records: Records, actor: Actor, suggestion_id: str) -> Suggestion:
    """A suggestion of one's own, to be shown, as long as everything it was drafted from may still be seen."""
    found = await _own(records, actor, suggestion_id)
    await records.audit.record(read_again(actor, found))
    return found


async def _own(records: Records, actor: Actor, suggestion_id: str) -> Suggestion:
    person = access.require_person(actor)
    found = await records.suggestions.suggestion(suggestion_id)
    if found is None or found.asked_by != person.id or not await _is_open(records, actor, found):
        raise NotFound("no such suggestion")
    return found


async def _is_open(records: Records, actor: Actor, found: Suggestion) -> bool:
    """Whether the asker may still ask it, and every note that it rests on still is theirs to draw on."""
    sources = set(await records.suggestions.source_note_ids(found.id))
    notes = await records.notes.notes(sources)
    if len(notes) < len(sources):
        return False
    if found.pairing_id is None:
        return is_owner(actor, found.program_id) and all(map(counts_in_learnings, notes.values()))
    pairing = await records.people.pairing(found.pairing_id)
    if pairing is None or not is_member(actor, pairing):
        return False
    return all(may_read_note(actor, note, pairing) for note in notes.values())


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
    suggestion = await _own(records, actor, suggestion_id)
    if item is not None and item >= len(suggestion.items):
        raise Invalid(f"the suggestion has {len(suggestion.items)} items, counted from 0", "item")
    if response is ResponseKind.EDITED and not text:
        raise Invalid("give the words you used instead", "text")
    given = Response(suggestion.id, response, item, text, now)
    await records.suggestions.add_response(given)
    return given
