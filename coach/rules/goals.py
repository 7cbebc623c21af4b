"""SMART goals (Doran 1981), as far as a form can tell."""

from coach.domain.work import Goal


def missing_from(goal: Goal) -> tuple[str, ...]:
    """What a goal still lacks: a measure, a date, an owner."""
    lacks = {"a measure": goal.measure, "a date": goal.due, "an owner": goal.owner_id}
    return tuple(what for what, value in lacks.items() if not value)
