"""Setting a program up: the program, its people and pairings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from coach import access
from coach.auditing import did
from coach.domain.audit import AuditAction, Concern, Place, PlaceKind
from coach.domain.ids import new_id
from coach.domain.pairings import Membership, Pairing, PairingKind, Side
from coach.domain.people import LEAST_GROUP_SIZE, Participant, Program, Role
from coach.domain.visibility import Actor, may_see_pairing, may_see_participant
from coach.errors import Invalid
from coach.ports import Records


async def create_program(
    records: Records,
    actor: Actor,
    now: datetime,
    *,
    name: str,
    objectives: Sequence[str],
    description: str | None,
    min_group_size: int,
    retention_days: int | None = None,
    program_id: str | None = None,
) -> Program:
    access.require_operator(actor)
    if min_group_size < LEAST_GROUP_SIZE:
        raise Invalid(f"must be {LEAST_GROUP_SIZE} or more", "min_group_size")
    made = Program(
        program_id or new_id(),
        name,
        tuple(objectives),
        description,
        min_group_size,
        now,
        retention_days=retention_days,
    )
    await records.people.add_program(made)
    place = Place(PlaceKind.PROGRAM, made.id)
    await records.audit.record(did(actor, AuditAction.ADDED_PROGRAM, place, program_id=made.id))
    return made


async def change_program(
    records: Records, actor: Actor, program_id: str, changes: Mapping[str, Any]
) -> Program:
    """By the operator: the fields in `changes`, any but `min_group_size`; everyone's audit tells them so."""
    access.require_operator(actor)
    found = await access.program(records, actor, program_id)
    changed = replace(found, **changes)
    changed = replace(changed, objectives=tuple(changed.objectives))
    if changed == found:
        return found
    await records.people.save_program(changed)
    place = Place(PlaceKind.PROGRAM, found.id)
    concerned = [Concern(person.id) for person in await records.people.participants_of(found.id)]
    await records.audit.record(did(actor, AuditAction.CHANGED_SETTINGS, place, concerned, found.id))
    return changed


async def add_participant(
    records: Records,
    actor: Actor,
    now: datetime,
    *,
    program_id: str,
    name: str,
    role: Role,
    email: str | None = None,
    department: str | None = None,
    seniority: str | None = None,
    subject: str | None = None,
    participant_id: str | None = None,
) -> Participant:
    access.require_operator(actor)
    program = await access.program(records, actor, program_id)
    made = Participant(
        participant_id or new_id(), program.id, name, role, email, department, seniority, now, subject
    )
    await records.people.add_participant(made)
    place, concerned = Place(PlaceKind.PROGRAM, program.id), [Concern(made.id)]
    added = did(actor, AuditAction.ADDED_PARTICIPANT, place, concerned, program.id)
    await records.audit.record(added)
    return made


async def change_participant(
    records: Records, actor: Actor, participant_id: str, changes: Mapping[str, Any]
) -> Participant:
    """By the operator: `subject` and `email`, by which a person may sign on."""
    access.require_operator(actor)
    found = await access.participant(records, actor, participant_id)
    changed = replace(found, **{name: changes[name] for name in ("subject", "email") if name in changes})
    await records.people.save_participant(changed)
    place, concerned = Place(PlaceKind.PROGRAM, found.program_id), [Concern(found.id)]
    await records.audit.record(did(actor, AuditAction.CHANGED_SETTINGS, place, concerned, found.program_id))
    return changed


async def create_pairing(
    records: Records,
    actor: Actor,
    now: datetime,
    *,
    program_id: str,
    mentor_ids: Sequence[str],
    mentee_ids: Sequence[str],
    kind: PairingKind,
    pairing_id: str | None = None,
) -> Pairing:
    access.require_operator(actor)
    program = await access.program(records, actor, program_id)
    await _require_members(records, program, mentor_ids, mentee_ids)
    sides = [(p, Side.MENTOR) for p in mentor_ids] + [(p, Side.MENTEE) for p in mentee_ids]
    members = tuple(Membership(participant_id, side, now) for participant_id, side in sides)
    made = Pairing(pairing_id or new_id(), program.id, kind, members, now)
    await records.people.add_pairing(made)
    place, concerned = Place(PlaceKind.PAIRING, made.id), map(Concern, made.member_ids)
    added = did(actor, AuditAction.ADDED_PAIRING, place, concerned, made.program_id)
    await records.audit.record(added)
    return made


async def _require_members(
    records: Records, program: Program, mentor_ids: Sequence[str], mentee_ids: Sequence[str]
) -> None:
    ids = [*mentor_ids, *mentee_ids]
    if not mentor_ids:
        raise Invalid("name at least one mentor", "mentor_ids")
    if not mentee_ids:
        raise Invalid("name at least one mentee", "mentee_ids")
    if len(set(ids)) != len(ids):
        raise Invalid("nobody may stand twice in one pairing", "mentee_ids")
    known = await records.people.participants(ids)
    for field, named in (("mentor_ids", mentor_ids), ("mentee_ids", mentee_ids)):
        for participant_id in named:
            member = known.get(participant_id)
            if member is None or member.program_id != program.id:
                raise Invalid(f"no participant {participant_id!r} in this program", field)
            if member.role is Role.OWNER:
                raise Invalid(f"{participant_id!r} is an owner; owners belong to no pairing", field)


async def pairings_seen(records: Records, actor: Actor, program_id: str) -> list[Pairing]:
    """For operator and owner all of the program's, for others those they are in."""
    program = await access.program(records, actor, program_id)
    return [p for p in await records.people.pairings_of(program.id) if may_see_pairing(actor, p)]


async def members_names(records: Records, pairings: Iterable[Pairing]) -> dict[str, str]:
    """The names of everyone in these pairings, by id: whoever may see a pairing may know who is in it."""
    ids = {member for pairing in pairings for member in pairing.member_ids}
    return {i: person.name for i, person in (await records.people.participants(ids)).items()}


async def participants_seen(records: Records, actor: Actor, program_id: str) -> list[Participant]:
    program = await access.program(records, actor, program_id)
    everyone = await records.people.participants_of(program.id)
    return [p for p in everyone if may_see_participant(actor, p)]
