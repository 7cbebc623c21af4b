"""What the language model took for a program, day by day, and what that cost."""

from dataclasses import dataclass
from datetime import date, timedelta

from coach import access
from coach.domain.spending import Spent
from coach.domain.visibility import Actor
from coach.errors import Invalid
from coach.ports import Records

_DAYS = timedelta(days=30)
_MOST_DAYS = timedelta(days=366)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProgramUsage:
    """By day, kind and model; both days included."""

    program_id: str
    since: date
    until: date
    spent: tuple[Spent, ...]


async def program_usage(
    records: Records, actor: Actor, today: date, program_id: str, since: date | None, until: date | None
) -> ProgramUsage:
    """For owners and the operator: thirty days up to today unless told otherwise."""
    program = await access.accounted_program(records, actor, program_id)
    last = until or today
    first = since or last - _DAYS + _DAY
    if first > last:
        raise Invalid("must not be after until", "since")
    if last - first >= _MOST_DAYS:
        raise Invalid(f"at most {_MOST_DAYS.days} days at once; ask for the others apart", "since")
    return ProgramUsage(
        program.id, first, last, tuple(await records.spending.of_program(program.id, first, last))
    )
