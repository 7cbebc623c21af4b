"""Who saw or did what."""

from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from fastapi import APIRouter
from pydantic import Field

from api.deps import Reading, TheActor, TheService
from api.errors import RESPONSES
from api.fields import FirstDay, LastDay, Output
from api.paging import Page, ThePaging
from coach.domain.audit import ActorKind, AuditAction, PlaceKind
from coach.setup.audit import ProgramCounts, WhoKind, audit_of, program_counts

router = APIRouter(prefix="/v1", tags=["operating"], responses=RESPONSES)


class WhoOut(Output):
    kind: WhoKind = Field(description="erased: a participant who was erased since.")
    id: str | None
    name: str | None


class PlaceOut(Output):
    kind: PlaceKind
    id: str


class ToldOut(Output):
    id: str
    day: date
    at: datetime | None = Field(description="null where the day alone is told.")
    who: WhoOut
    action: AuditAction
    place: PlaceOut | None
    note_ids: list[str] = Field(description="Which of your notes; nobody else's.")
    participant_ids: list[str] = Field(description="For the operator: whom it concerned.")


class CountOut(Output):
    by: ActorKind
    action: AuditAction
    count: int


class DayCountsOut(Output):
    day: date
    counts: list[CountOut]


class ProgramCountsOut(Output):
    program_id: str
    since: date
    until: date
    days: list[DayCountsOut] = Field(description="UTC days with something to tell, oldest first.")

    @classmethod
    def of(cls, told: ProgramCounts) -> "ProgramCountsOut":
        days = [(day, list(counts)) for day, counts in groupby(told.counts, attrgetter("day"))]
        return cls(
            program_id=told.program_id,
            since=told.since,
            until=told.until,
            days=[
                DayCountsOut(day=day, counts=[CountOut.model_validate(count) for count in counts])
                for day, counts in days
            ],
        )


@router.get("/audit")
async def get_audit(
    service: TheService,
    actor: TheActor,
    paging: ThePaging,
    since: FirstDay = None,
    until: LastDay = None,
    action: AuditAction | None = None,
) -> Page[ToldOut]:
    """What you did and what concerned you, newest first; for the operator what the operator did.

    When others were shown your notes, you are told who and which, by the UTC day and once it is over:
    `read_note` for whole notes, `shown_passage` for passages that a search or a suggestion showed. What was
    asked for, the hour and how often stay theirs. Both days are included; without them the last thirty
    days, at most 366 at once.
    """
    await service.database.trail.settle()
    async with service.database.reading() as records:
        told = await audit_of(records, actor, service.clock().date(), since, until, action)
    page, following = paging.cut(told)
    return Page(items=[ToldOut.model_validate(one) for one in page], next_cursor=following)


@router.get("/programs/{program_id}/audit")
async def get_counts(
    records: Reading,
    service: TheService,
    actor: TheActor,
    program_id: str,
    since: FirstDay = None,
    until: LastDay = None,
) -> ProgramCountsOut:
    """For the program's owners and the operator: how often what was done, by UTC day; never by whom.

    What people did is counted for days that are over and where at least `min_group_size` of them did it;
    what the operator did always. Both days are included; without them the last thirty days, at most 366 at
    once.
    """
    told = await program_counts(records, actor, service.clock().date(), program_id, since, until)
    return ProgramCountsOut.of(told)
