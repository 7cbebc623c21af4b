"""Who lets models on other machines be used, and what was sent to them of whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coach import access
from coach.auditing import did
from coach.domain.audit import AuditAction, Concern, Place, PlaceKind
from coach.domain.disclosures import Disclosure
from coach.domain.people import Participant
from coach.domain.visibility import Actor, may_be_sent
from coach.errors import Invalid, NotFound
from coach.ports import Records


@dataclass(frozen=True, slots=True)
class Preferences:
    """`model_use`: what the person said, None for nothing; `models_are_used`: what comes of it by now."""

    model_use: bool | None
    models_are_used: bool


async def preferences(records: Records, actor: Actor) -> Preferences:
    return await _told(records, await _present(records, actor))


async def prefer(records: Records, actor: Actor, model_use: bool | None) -> Preferences:
    """By the person alone; None leaves it to the program again."""
    person = replace(await _present(records, actor), model_use=model_use)
    await records.people.save_participant(person)
    place, concerned = Place(PlaceKind.PROGRAM, person.program_id), [Concern(person.id)]
    changed = did(actor, AuditAction.CHANGED_SETTINGS, place, concerned, person.program_id)
    await records.audit.record(changed)
    return await _told(records, person)


async def disclosed(
    records: Records,
    actor: Actor,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: str | None,
) -> Sequence[Disclosure]:
    """What of the actor's own was sent, from `since` to before `until`, the latest first."""
    person = access.require_person(actor)
    if since and until and since >= until:
        raise Invalid("must be before until", "since")
    if after is not None and not await records.disclosures.is_of(after, person.id):
        raise Invalid("is not one that this list gave, or its entry is gone; start without it", "cursor")
    return await records.disclosures.of_person(person.id, since, until, limit, after)


async def _present(records: Records, actor: Actor) -> Participant:
    found = await records.people.participant(access.require_person(actor).id)
    if found is None:
        raise NotFound("there is no such participant any more")
    return found


async def _told(records: Records, person: Participant) -> Preferences:
    program = await records.people.program(person.program_id)
    return Preferences(person.model_use, program is not None and may_be_sent(person, program))
