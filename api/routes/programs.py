"""Programs, participants and pairings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from api.deps import Reading, TheActor, TheService, TheSignedOn, Writing
from api.errors import RESPONSES
from api.fields import Input, Output, sent
from api.paging import Page, ThePaging
from coach import access
from coach.domain.pairings import Pairing, PairingKind, Side
from coach.domain.people import DEFAULT_GROUP_SIZE, LEAST_GROUP_SIZE, Participant, Role
from coach.domain.tokens import TokenScope, in_order
from coach.domain.visibility import Person, is_member, may_see_program
from coach.ports import Records
from coach.setup import people
from coach.setup.fields import (
    EMAIL,
    GROUP_SIZE_MOST,
    MEMBERS_MOST,
    OBJECTIVES_MOST,
    RETENTION_MOST,
    Id,
    Line,
    Name,
    Paragraph,
    Subject,
)

router = APIRouter(prefix="/v1", tags=["setting up"], responses=RESPONSES)


class NewProgram(Input):
    name: Name = Field(examples=["Reverse mentoring 2027"])
    objectives: list[Line] = Field(
        max_length=OBJECTIVES_MOST,
        examples=[["Senior leaders use social media themselves", "Meetings work for everyone"]],
    )
    description: Paragraph | None = None
    min_group_size: int = Field(
        default=DEFAULT_GROUP_SIZE,
        ge=LEAST_GROUP_SIZE,
        le=GROUP_SIZE_MOST,
        description="Learnings are shown only where this many pairings carry them; fixed from the start.",
    )
    retention_days: int | None = Field(
        default=None,
        ge=1,
        le=RETENTION_MOST,
        description="So many days after their session transcripts are erased; null: as the service is set.",
    )


class ProgramChange(Input):
    """What is sent changes; null empties `description` and `retention_days`."""

    name: Name | None = None
    objectives: list[Line] | None = Field(default=None, max_length=OBJECTIVES_MOST)
    description: Paragraph | None = None
    retention_days: int | None = Field(default=None, ge=1, le=RETENTION_MOST)
    model_use: bool = Field(
        default=True, description="False: nothing of the program goes to a model on another machine."
    )
    model_use_by_default: bool = Field(
        default=True, description="False: only of those who say so themselves does anything go."
    )


class ProgramOut(Output):
    id: str
    name: str
    objectives: list[str]
    description: str | None
    min_group_size: int
    retention_days: int | None
    created_at: datetime
    model_use: bool = Field(description="Whether models on other machines may be used.")
    model_use_by_default: bool = Field(description="Whether they may for who has not said so themselves.")


class NewParticipant(Input):
    name: Name = Field(examples=["Maya Okafor"])
    role: Role
    email: Annotated[Line, Field(pattern=EMAIL)] | None = Field(default=None, examples=["maya@example.org"])
    department: Name | None = None
    seniority: Name | None = Field(default=None, examples=["junior", "executive"])
    subject: Subject | None = Field(
        default=None, description="The `sub` by which single sign-on knows them.", examples=["00u1a2b3c4"]
    )


class ParticipantChange(Input):
    """How someone signs on elsewhere; null takes it away."""

    email: Annotated[Line, Field(pattern=EMAIL)] | None = Field(default=None, examples=["maya@example.org"])
    subject: Subject | None = Field(default=None, examples=["00u1a2b3c4"])


class ParticipantOut(Output):
    id: str
    program_id: str
    name: str
    role: Role
    email: str | None
    department: str | None
    seniority: str | None
    subject: str | None
    created_at: datetime


class NewPairing(Input):
    mentor_ids: list[Id] = Field(max_length=MEMBERS_MOST, examples=[["57c18f8ff6b959baa944444ab49f1519"]])
    mentee_ids: list[Id] = Field(max_length=MEMBERS_MOST, examples=[["a0f2b7f8f1a44c6e8f0b6f6f0f4a9d11"]])
    kind: PairingKind = Field(
        examples=["reverse"], description="In a reverse pairing the junior is the mentor."
    )


class MemberOut(Output):
    id: str
    name: str
    side: Side


class PairingOut(Output):
    id: str
    program_id: str
    mentor_ids: list[str]
    mentee_ids: list[str]
    members: list[MemberOut]
    kind: PairingKind
    created_at: datetime
    ended: bool = Field(description="A side is empty: it can be read and takes nothing new.")

    @classmethod
    def of(cls, pairing: Pairing, names: Mapping[str, str]) -> "PairingOut":
        sides = [(i, side) for side in Side for i in pairing.ids_on(side)]
        return cls(
            id=pairing.id,
            program_id=pairing.program_id,
            mentor_ids=list(pairing.ids_on(Side.MENTOR)),
            mentee_ids=list(pairing.ids_on(Side.MENTEE)),
            members=[MemberOut(id=i, name=names[i], side=side) for i, side in sides],
            kind=pairing.kind,
            created_at=pairing.created_at,
            ended=pairing.is_ended,
        )


class MeOut(Output):
    """Who the token acts as; `participant` and `program` are null for the operator."""

    role: str
    scopes: list[TokenScope]
    expires_at: datetime | None = Field(description="When what you signed on with ends.")
    program: ProgramOut | None = None
    participant: ParticipantOut | None = None
    pairings: list[PairingOut] = Field(default_factory=list)


@router.get("/me")
async def who_am_i(records: Reading, signed_on: TheSignedOn) -> MeOut:
    actor, held, ends_at = signed_on.actor, in_order(signed_on.scopes), signed_on.ends_at
    if not isinstance(actor, Person):
        return MeOut(role="operator", scopes=held, expires_at=ends_at)
    program = await access.program(records, actor, actor.participant.program_id)
    seen = await people.pairings_seen(records, actor, program.id)
    return MeOut(
        role=actor.participant.role.value,
        scopes=held,
        expires_at=ends_at,
        program=ProgramOut.model_validate(program),
        participant=ParticipantOut.model_validate(actor.participant),
        pairings=await _shown(records, [p for p in seen if is_member(actor, p)]),
    )


@router.post("/programs", status_code=201)
async def create_program(
    records: Writing, service: TheService, actor: TheActor, body: Annotated[NewProgram, Body()]
) -> ProgramOut:
    made = await people.create_program(records, actor, service.clock(), **body.model_dump())
    return ProgramOut.model_validate(made)


@router.get("/programs")
async def list_programs(records: Reading, actor: TheActor, paging: ThePaging) -> Page[ProgramOut]:
    """For the operator all, for others their own."""
    everything = await records.people.programs()
    seen = [p for p in everything if may_see_program(actor, p.id)]
    page, following = paging.cut(seen)
    return Page(items=[ProgramOut.model_validate(p) for p in page], next_cursor=following)


@router.get("/programs/{program_id}")
async def get_program(records: Reading, actor: TheActor, program_id: str) -> ProgramOut:
    return ProgramOut.model_validate(await access.program(records, actor, program_id))


@router.patch("/programs/{program_id}")
async def change_program(
    records: Writing, actor: TheActor, program_id: str, body: ProgramChange
) -> ProgramOut:
    """By the operator. `min_group_size` is fixed from the start: who joined relied on it."""
    changed = await people.change_program(records, actor, program_id, sent(body, "name", "objectives"))
    return ProgramOut.model_validate(changed)


@router.post("/programs/{program_id}/participants", status_code=201)
async def add_participant(
    records: Writing, service: TheService, actor: TheActor, program_id: str, body: NewParticipant
) -> ParticipantOut:
    made = await people.add_participant(
        records, actor, service.clock(), program_id=program_id, **body.model_dump()
    )
    return ParticipantOut.model_validate(made)


@router.get("/programs/{program_id}/participants")
async def list_participants(
    records: Reading, actor: TheActor, program_id: str, paging: ThePaging
) -> Page[ParticipantOut]:
    """For operator and owner everyone, for others themselves."""
    page, following = paging.cut(await people.participants_seen(records, actor, program_id))
    return Page(items=[ParticipantOut.model_validate(p) for p in page], next_cursor=following)


@router.get("/participants/{participant_id}")
async def get_participant(records: Reading, actor: TheActor, participant_id: str) -> ParticipantOut:
    found: Participant = await access.participant(records, actor, participant_id)
    return ParticipantOut.model_validate(found)


@router.patch("/participants/{participant_id}")
async def change_participant(
    records: Writing, actor: TheActor, participant_id: str, body: ParticipantChange
) -> ParticipantOut:
    """By the operator: the email and subject by which someone may sign on."""
    changed = await people.change_participant(records, actor, participant_id, sent(body))
    return ParticipantOut.model_validate(changed)


@router.post("/programs/{program_id}/pairings", status_code=201)
async def create_pairing(
    records: Writing, service: TheService, actor: TheActor, program_id: str, body: NewPairing
) -> PairingOut:
    made = await people.create_pairing(
        records, actor, service.clock(), program_id=program_id, **body.model_dump()
    )
    return (await _shown(records, [made]))[0]


@router.get("/programs/{program_id}/pairings")
async def list_pairings(
    records: Reading, actor: TheActor, program_id: str, paging: ThePaging
) -> Page[PairingOut]:
    page, following = paging.cut(await people.pairings_seen(records, actor, program_id))
    return Page(items=await _shown(records, page), next_cursor=following)


@router.get("/pairings/{pairing_id}")
async def get_pairing(records: Reading, actor: TheActor, pairing_id: str) -> PairingOut:
    return (await _shown(records, [await access.pairing(records, actor, pairing_id)]))[0]


async def _shown(records: Records, pairings: Sequence[Pairing]) -> list[PairingOut]:
    names = await people.members_names(records, pairings)
    return [PairingOut.of(pairing, names) for pairing in pairings]
