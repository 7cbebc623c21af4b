"""What the language model took for a program, day by day, and what that cost."""

from dataclasses import dataclass
from datetime import date

from coach import access
from coach.domain.spending import Spent
from coach.domain.visibility import Actor
from coach.ports import Records
from coach.setup.periods import days_asked


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
    """For owners and the operator."""
    program = await access.counted_program(records, actor, program_id)
    first, last = days_asked(today, since, until)
    return ProgramUsage(
        program.id, first, last, tuple(await records.spending.of_program(program.id, first, last))
    )
