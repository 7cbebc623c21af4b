"""What the language model took for a program."""

from datetime import date
from itertools import groupby
from operator import attrgetter

from fastapi import APIRouter
from pydantic import Field

from api.deps import Reading, TheActor, TheService
from api.errors import RESPONSES
from api.fields import FirstDay, LastDay, Money, Output
from coach.domain.spending import total
from coach.domain.suggestions import Kind
from coach.setup.usage import ProgramUsage, program_usage

router = APIRouter(prefix="/v1", tags=["operating"], responses=RESPONSES)


class TakenOut(Output):
    requests: int = Field(description="To the model, those that failed included.")
    prompt_tokens: int
    completion_tokens: int
    kept_answers: int = Field(description="Given from memory, without a request.")
    cost: Money = Field(description="At the prices that were set at the time.")


class KindTakenOut(TakenOut):
    kind: Kind
    model: str


class DayTakenOut(Output):
    day: date
    kinds: list[KindTakenOut]
    total: TakenOut


class ProgramUsageOut(Output):
    program_id: str
    since: date
    until: date
    currency: str
    days: list[DayTakenOut] = Field(description="UTC days on which the model was asked, oldest first.")
    total: TakenOut

    @classmethod
    def of(cls, usage: ProgramUsage, currency: str) -> "ProgramUsageOut":
        days = [(day, list(spent)) for day, spent in groupby(usage.spent, attrgetter("day"))]
        return cls(
            program_id=usage.program_id,
            since=usage.since,
            until=usage.until,
            currency=currency,
            days=[
                DayTakenOut(
                    day=day,
                    kinds=[KindTakenOut.model_validate(each) for each in spent],
                    total=TakenOut.model_validate(total(spent)),
                )
                for day, spent in days
            ],
            total=TakenOut.model_validate(total(usage.spent)),
        )


@router.get("/programs/{program_id}/usage")
async def get_usage(
    records: Reading,
    service: TheService,
    actor: TheActor,
    program_id: str,
    since: FirstDay = None,
    until: LastDay = None,
) -> ProgramUsageOut:
    """For the program's owners and the operator: tokens and cost by UTC day, kind and model; no person.

    Both days are included; without them the last thirty days, at most 366 at once. Where a server counts
    no tokens, four characters are reckoned as one.
    """
    usage = await program_usage(records, actor, service.clock().date(), program_id, since, until)
    return ProgramUsageOut.of(usage, service.spending.prices.currency)
