"""Goals and actions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select, union_all

from coach.domain.work import Action, ActionStatus, Goal, GoalStatus
from coach.records import tables as t
from coach.records.rows import Room, Row, into


def _goal(row: Mapping[str, Any]) -> Goal:
    return into(Goal, row, status=GoalStatus)


def _action(row: Mapping[str, Any]) -> Action:
    return into(Action, row, status=ActionStatus)


class WorkRecords(Room):
    async def add_goal(self, goal: Goal) -> None:
        await self.add(t.goals, [goal])

    async def goal(self, goal_id: str) -> Goal | None:
        row = await self.one(select(t.goals).where(t.goals.c.id == goal_id))
        return _goal(row) if row else None

    async def goals_of(self, pairing_id: str) -> list[Goal]:
        return [_goal(row) for row in await self._of(t.goals, pairing_id)]

    async def save_goal(self, goal: Goal) -> None:
        await self.save(t.goals, goal)

    async def add_action(self, action: Action) -> None:
        await self.add(t.actions, [action])

    async def action(self, action_id: str) -> Action | None:
        row = await self.one(select(t.actions).where(t.actions.c.id == action_id))
        return _action(row) if row else None

    async def actions_of(self, pairing_id: str) -> list[Action]:
        return [_action(row) for row in await self._of(t.actions, pairing_id)]

    async def save_action(self, action: Action) -> None:
        await self.save(t.actions, action)

    async def titles_of(self, pairing_id: str) -> dict[str, str]:
        """Of goals and actions, by id."""
        every = (select(x.c.id, x.c.title).where(x.c.pairing_id == pairing_id) for x in (t.goals, t.actions))
        return {row["id"]: row["title"] for row in await self.many(union_all(*every))}

    async def _of(self, table: Table, pairing_id: str) -> list[Row]:
        query = select(table).where(table.c.pairing_id == pairing_id)
        return await self.many(query.order_by(table.c.created_at, table.c.id))
