"""What a pairing works on: goals and actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import sqrt


class GoalStatus(StrEnum):
    OPEN = "open"
    ACHIEVED = "achieved"
    DROPPED = "dropped"


class ActionStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal; `attainment` runs from -2 to +2, 0 being what was expected (Kiresuk and Sherman 1968)."""

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


@dataclass(frozen=True, slots=True)
class Action:
    id: str
    pairing_id: str
    title: str
    owner_id: str | None
    due: date | None
    status: ActionStatus
    created_at: datetime
    updated_at: datetime

    def days_overdue(self, today: date) -> int:
        """Whole days past due; 0 when not open, not due yet or without a date."""
        if self.status is not ActionStatus.OPEN or self.due is None:
            return 0
        return max(0, (today - self.due).days)


def attainment_t_score(attainments: Sequence[int], correlation: float = 0.3) -> float | None:
    """Goal attainment scaling T with equal weights; 50 is "as expected", None without any rating.

    T = 50 + 10 * sum(x) / sqrt((1 - r) * n + r * n^2), Kiresuk and Sherman 1968.
    """
    n = len(attainments)
    if n == 0:
        return None
    return 50 + 10 * sum(attainments) / sqrt((1 - correlation) * n + correlation * n * n)
