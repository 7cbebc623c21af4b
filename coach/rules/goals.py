"""SMART goals (Doran 1981), as far as a form can tell."""

from coach.domain.work import Goal


def missing_from(goal: Goal) -> tuple[str, ...]:
    """What a goal still lacks of measure, date and owner."""
    lacks = {"measure": goal.measure, "date": goal.due, "owner": goal.owner_id}
    return tuple(what for what, value in lacks.items() if not value)
