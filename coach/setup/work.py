"""What a pairing sets itself: sessions, goals and actions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from coach import access
from coach.domain.ids import new_id
from coach.domain.notes import Session, SessionFormat
from coach.domain.pairings import Pairing
from coach.domain.visibility import Actor
from coach.domain.work import Action, ActionStatus, Goal, GoalStatus
from coach.errors import Invalid, NotFound
from coach.ports import Records
from coach.rules.inert import inert

T = TypeVar("T", Goal, Action)
_WORDS = ("title", "description", "measure")


def _require_owner(pairing: Pairing, owner_id: str | None) -> None:
    if owner_id is not None and pairing.side_of(owner_id) is None:
        raise Invalid("must be a member of the pairing", "owner_id")


async def hold_session(
    records: Records,
    actor: Actor,
    now: datetime,
    *,
    pairing_id: str,
    held_at: datetime,
    format: SessionFormat,
    minutes: int | None = None,
    session_id: str | None = None,
) -> Session:
    pairing = await access.open_pairing(records, actor, pairing_id)
    made = Session(session_id or new_id(), pairing.id, held_at, format, minutes, now)
    await records.sessions.add_session(made)
    return made


async def set_goal(
    records: Records,
    actor: Actor,
    now: datetime,
    *,
    pairing_id: str,
    title: str,
    description: str | None = None,
    measure: str | None = None,
    due: date | None = None,
    owner_id: str | None = None,
    status: GoalStatus = GoalStatus.OPEN,
    attainment: int | None = None,
    goal_id: str | None = None,
) -> Goal:
    pairing = await access.open_pairing(records, actor, pairing_id)
    _require_owner(pairing, owner_id)
    made = Goal(
        goal_id or new_id(),
        pairing.id,
        title,
        description,
        measure,
        due,
        owner_id,
        status,
        attainment,
        now,
        now,
    )
    await records.work.add_goal(made)
    return made


async def take_action(
    records: Records,
    actor: Actor,
    now: datetime,
    *,
    pairing_id: str,
    title: str,
    owner_id: str | None = None,
    due: date | None = None,
    status: ActionStatus = ActionStatus.OPEN,
    action_id: str | None = None,
) -> Action:
    pairing = await access.open_pairing(records, actor, pairing_id)
    _require_owner(pairing, owner_id)
    made = Action(action_id or new_id(), pairing.id, title, owner_id, due, status, now, now)
    await records.work.add_action(made)
    return made


async def goal(records: Records, actor: Actor, goal_id: str) -> Goal:
    return await _of_pairing_seen(records, actor, await records.work.goal(goal_id), "goal")


async def action(records: Records, actor: Actor, action_id: str) -> Action:
    return await _of_pairing_seen(records, actor, await records.work.action(action_id), "action")


async def change_goal(
    records: Records, actor: Actor, now: datetime, goal_id: str, changes: Mapping[str, Any]
) -> Goal:
    """Only the fields in `changes` change; suggestions that tell words it no longer has are erased."""
    found = await goal(records, actor, goal_id)
    await _require_changed_owner(records, actor, found.pairing_id, changes)
    if replace(found, **changes) == found:
        return found
    changed = replace(found, **changes, updated_at=now)
    await records.work.save_goal(changed)
    await _take_back(records, found, changed)
    return changed


async def change_action(
    records: Records, actor: Actor, now: datetime, action_id: str, changes: Mapping[str, Any]
) -> Action:
    found = await action(records, actor, action_id)
    await _require_changed_owner(records, actor, found.pairing_id, changes)
    if replace(found, **changes) == found:
        return found
    changed = replace(found, **changes, updated_at=now)
    await records.work.save_action(changed)
    await _take_back(records, found, changed)
    return changed


async def _take_back(records: Records, before: T, after: T) -> None:
    """Words that a goal or an action no longer has are told in no suggestion any more."""
    was = {name: getattr(before, name, None) for name in _WORDS}
    words = [told for name, told in was.items() if told and told != getattr(after, name)]
    if words:
        as_told = [told for word in words for told in (word, inert(word))]
        await records.erasure.suggestions_telling(before.pairing_id, as_told)


async def _require_changed_owner(
    records: Records, actor: Actor, pairing_id: str, changes: Mapping[str, Any]
) -> None:
    if changes.get("owner_id") is not None:
        _require_owner(await access.working_pairing(records, actor, pairing_id), changes["owner_id"])


async def _of_pairing_seen(records: Records, actor: Actor, found: T | None, what: str) -> T:
    if found is None:
        raise NotFound(f"no such {what}")
    try:
        await access.working_pairing(records, actor, found.pairing_id)
    except NotFound:
        raise NotFound(f"no such {what}") from None
    return found
