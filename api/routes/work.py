"""Sessions, goals and actions of a pairing."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import Field

from api.deps import Reading, TheActor, TheService, Writing
from api.errors import RESPONSES
from api.fields import Input, Output, sent
from api.paging import Page, ThePaging
from coach import access
from coach.domain.notes import SessionFormat
from coach.domain.work import ActionStatus, GoalStatus
from coach.setup import work
from coach.setup.fields import Day, Id, Line, Moment, Paragraph

router = APIRouter(prefix="/v1", tags=["setting up"], responses=RESPONSES)


class NewGoal(Input):
    title: Line = Field(examples=["Post on LinkedIn twice a month"])
    description: Paragraph | None = None
    measure: Line | None = Field(default=None, examples=["Six posts by June"])
    due: Day | None = None
    owner_id: Id | None = None


class GoalChange(Input):
    title: Line | None = None
    description: Paragraph | None = None
    measure: Line | None = None
    due: Day | None = None
    owner_id: Id | None = None
    status: GoalStatus | None = None
    attainment: int | None = Field(default=None, ge=-2, le=2, description="0 is as expected.")


class GoalOut(Output):
    id: str
    pairing_id: str
    title: str
    description: str | None
    measure: str | None
    due: date | None
    owner_id: str | None
    status: GoalStatus
    attainment: int | None
    created_at: datetime
    updated_at: datetime


class NewAction(Input):
    title: Line = Field(examples=["Send the draft post"])
    owner_id: Id | None = None
    due: Day | None = None


class ActionChange(Input):
    title: Line | None = None
    owner_id: Id | None = None
    due: Day | None = None
    status: ActionStatus | None = None


class ActionOut(Output):
    id: str
    pairing_id: str
    title: str
    owner_id: str | None
    due: date | None
    status: ActionStatus
    created_at: datetime
    updated_at: datetime


class NewSession(Input):
    held_at: Moment = Field(examples=["2027-03-04T15:00:00Z"])
    format: SessionFormat
    minutes: int | None = Field(default=None, ge=1, le=1440)


class SessionOut(Output):
    id: str
    pairing_id: str
    held_at: datetime
    format: SessionFormat
    minutes: int | None
    created_at: datetime


_NEVER_EMPTY = ("title", "status")


@router.post("/pairings/{pairing_id}/goals", status_code=201)
async def set_goal(
    records: Writing, service: TheService, actor: TheActor, pairing_id: str, body: NewGoal
) -> GoalOut:
    made = await work.set_goal(records, actor, service.clock(), pairing_id=pairing_id, **body.model_dump())
    return GoalOut.model_validate(made)


@router.get("/pairings/{pairing_id}/goals")
async def list_goals(records: Reading, actor: TheActor, pairing_id: str, paging: ThePaging) -> Page[GoalOut]:
    pairing = await access.working_pairing(records, actor, pairing_id)
    page, following = paging.cut(await records.work.goals_of(pairing.id))
    return Page(items=[GoalOut.model_validate(goal) for goal in page], next_cursor=following)


@router.get("/goals/{goal_id}")
async def get_goal(records: Reading, actor: TheActor, goal_id: str) -> GoalOut:
    return GoalOut.model_validate(await work.goal(records, actor, goal_id))


@router.patch("/goals/{goal_id}")
async def change_goal(
    records: Writing, service: TheService, actor: TheActor, goal_id: str, body: GoalChange
) -> GoalOut:
    changed = await work.change_goal(records, actor, service.clock(), goal_id, sent(body, *_NEVER_EMPTY))
    return GoalOut.model_validate(changed)


@router.post("/pairings/{pairing_id}/actions", status_code=201)
async def take_action(
    records: Writing, service: TheService, actor: TheActor, pairing_id: str, body: NewAction
) -> ActionOut:
    made = await work.take_action(records, actor, service.clock(), pairing_id=pairing_id, **body.model_dump())
    return ActionOut.model_validate(made)


@router.get("/pairings/{pairing_id}/actions")
async def list_actions(
    records: Reading, actor: TheActor, pairing_id: str, paging: ThePaging
) -> Page[ActionOut]:
    pairing = await access.working_pairing(records, actor, pairing_id)
    page, following = paging.cut(await records.work.actions_of(pairing.id))
    return Page(items=[ActionOut.model_validate(action) for action in page], next_cursor=following)


@router.get("/actions/{action_id}")
async def get_action(records: Reading, actor: TheActor, action_id: str) -> ActionOut:
    return ActionOut.model_validate(await work.action(records, actor, action_id))


@router.patch("/actions/{action_id}")
async def change_action(
    records: Writing, service: TheService, actor: TheActor, action_id: str, body: ActionChange
) -> ActionOut:
    changed = await work.change_action(records, actor, service.clock(), action_id, sent(body, *_NEVER_EMPTY))
    return ActionOut.model_validate(changed)


@router.post("/pairings/{pairing_id}/sessions", status_code=201)
async def hold_session(
    records: Writing, service: TheService, actor: TheActor, pairing_id: str, body: NewSession
) -> SessionOut:
    made = await work.hold_session(
        records, actor, service.clock(), pairing_id=pairing_id, **body.model_dump()
    )
    return SessionOut.model_validate(made)


@router.get("/pairings/{pairing_id}/sessions")
async def list_sessions(
    records: Reading, actor: TheActor, pairing_id: str, paging: ThePaging
) -> Page[SessionOut]:
    pairing = await access.working_pairing(records, actor, pairing_id)
    page, following = paging.cut(await records.sessions.sessions_of(pairing.id))
    return Page(items=[SessionOut.model_validate(session) for session in page], next_cursor=following)


@router.get("/sessions/{session_id}")
async def get_session(records: Reading, actor: TheActor, session_id: str) -> SessionOut:
    session, _ = await access.session(records, actor, session_id)
    return SessionOut.model_validate(session)
