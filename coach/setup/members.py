"""Who comes into a pairing later, who leaves it, and who comes back."""

from dataclasses import replace
from datetime import datetime

from coach import access
from coach.auditing import did
from coach.domain.audit import AuditAction, Concern, Place, PlaceKind
from coach.domain.pairings import Membership, Pairing, Side
from coach.domain.people import Participant, Role
from coach.domain.visibility import Actor, may_end_membership
from coach.errors import Conflict, Invalid, NotFound
from coach.ports import Records
from coach.setup.fields import MEMBERS_MOST


async def add_member(
    records: Records, actor: Actor, now: datetime, pairing_id: str, *, participant_id: str, side: Side
) -> Pairing:
    """The pairing with someone more, who reads from now on all that its members share.

    Who comes back stands where a member stands: their earlier membership goes on, on the side now told.
    """
    access.require_operator(actor)
    pairing = await access.pairing(records, actor, pairing_id)
    await _require_fit(records, pairing, participant_id)
    if pairing.side_of(participant_id) is not None:
        raise Conflict(
            "is a member already; end that membership first to have them on the other side", "participant_id"
        )
    if len(pairing.ids_on(side)) >= MEMBERS_MOST:
        raise Invalid(f"a side has at most {MEMBERS_MOST} members; make another pairing", "side")
    others = tuple(m for m in pairing.memberships if m.participant_id != participant_id)
    joined = next((m.joined_at for m in pairing.memberships if m.participant_id == participant_id), now)
    changed = replace(pairing, memberships=(*others, Membership(participant_id, side, joined)))
    await records.people.save_memberships(changed)
    await _audited(records, actor, AuditAction.ADDED_MEMBER, changed, participant_id)
    return changed


async def _require_fit(records: Records, pairing: Pairing, participant_id: str) -> Participant:
    found = await records.people.participant(participant_id)
    if found is None or found.program_id != pairing.program_id:
        raise Invalid(f"no participant {participant_id!r} in this program", "participant_id")
    if found.role is Role.OWNER:
        raise Invalid("is an owner; owners belong to no pairing", "participant_id")
    return found


async def end_membership(
    records: Records, actor: Actor, now: datetime, pairing_id: str, participant_id: str
) -> Pairing:
    """The pairing without someone, who from now on reads nothing of it but their own private notes.

    What they shared stays with those who remain, until they withdraw or erase it.
    """
    pairing = await access.working_pairing(records, actor, pairing_id)
    present = pairing.side_of(participant_id) is not None
    if not present or not may_end_membership(actor, participant_id):
        raise NotFound("no such member whose membership is yours to end; end your own, or ask the operator")
    left = tuple(
        replace(m, left_at=now) if m.participant_id == participant_id else m for m in pairing.memberships
    )
    changed = replace(pairing, memberships=left)
    await records.people.save_memberships(changed)
    await _audited(records, actor, AuditAction.ENDED_MEMBERSHIP, changed, participant_id)
    return changed


async def _audited(
    records: Records, actor: Actor, action: AuditAction, pairing: Pairing, participant_id: str
) -> None:
    place, concerned = Place(PlaceKind.PAIRING, pairing.id), [Concern(participant_id)]
    await records.audit.record(did(actor, action, place, concerned, pairing.program_id))
