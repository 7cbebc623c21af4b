"""Programs, participants, tokens and pairings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from api.deps import Reading, TheActor, TheService, Writing
from api.errors import RESPONSES
from api.fields import Input, Output
from api.paging import Page, ThePaging
from coach import access
from coach.domain.pairings import Pairing, PairingKind, Side
from coach.domain.people import DEFAULT_GROUP_SIZE, LEAST_GROUP_SIZE, Participant, Role
from coach.domain.visibility import Person
from coach.ports import Records
from coach.setup import erasing, people
from coach.setup.fields import (
    EMAIL,
    GROUP_SIZE_MOST,
    MEMBERS_MOST,
    OBJECTIVES_MOST,
    Id,
    Line,
    Name,
    Paragraph,
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


class ProgramOut(Output):
    id: str
    name: str
    objectives: list[str]
    description: str | None
    min_group_size: int
    created_at: datetime


class NewParticipant(Input):
    name: Name = Field(examples=["Maya Okafor"])
    role: Role
    email: Annotated[Line, Field(pattern=EMAIL)] | None = Field(default=None, examples=["maya@example.org"])
    department: Name | None = None
    seniority: Name | None = Field(default=None, examples=["junior", "executive"])


class ParticipantOut(Output):
    id: str
    program_id: str
    name: str
    role: Role
    email: str | None
    department: str | None
    seniority: str | None
    created_at: datetime


class TokenOut(Output):
    token: str = Field(description="Shown this once; only its hash is kept.")
    token_id: str


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
        )


class StoreOut(Output):
    store: str
    erased: dict[str, int]


class ReceiptOut(Output):
    participant_id: str
    erased_at: datetime
    stores: list[StoreOut]
    not_erased: list[str]


class MeOut(Output):
    """Who the token acts as; `participant` is null for the operator."""

    role: str
    participant: ParticipantOut | None = None
    pairings: list[PairingOut] = Field(default_factory=list)


@router.get("/me")
async def who_am_i(records: Reading, actor: TheActor) -> MeOut:
    if not isinstance(actor, Person):
        return MeOut(role="operator")
    seen = await people.pairings_seen(records, actor, actor.participant.program_id)
    mine = await _shown(records, [p for p in seen if p.side_of(actor.id) is not None])
    me = ParticipantOut.model_validate(actor.participant)
    return MeOut(role=actor.participant.role.value, participant=me, pairings=mine)


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
    seen = [p for p in everything if not isinstance(actor, Person) or actor.participant.program_id == p.id]
    page, following = paging.cut(seen)
    return Page(items=[ProgramOut.model_validate(p) for p in page], next_cursor=following)


@router.get("/programs/{program_id}")
async def get_program(records: Reading, actor: TheActor, program_id: str) -> ProgramOut:
    return ProgramOut.model_validate(await access.program(records, actor, program_id))


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


@router.delete("/participants/{participant_id}", tags=["erasing"])
async def erase_participant(service: TheService, actor: TheActor, participant_id: str) -> ReceiptOut:
    """Erases the person, their notes, and all that was derived from them; answers a receipt."""
    async with service.database.writing() as records:
        receipt, passages = await erasing.erase_participant(records, actor, service.clock(), participant_id)
    kept = await service.forget(passages)
    return ReceiptOut.model_validate(receipt.with_caches(kept))


@router.post("/participants/{participant_id}/tokens", status_code=201)
async def give_token(records: Writing, service: TheService, actor: TheActor, participant_id: str) -> TokenOut:
    token, token_id = await people.give_token(records, actor, service.clock(), participant_id)
    return TokenOut(token=token, token_id=token_id)


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
