"""Who is in a pairing: coming in later, leaving, coming back."""

from fastapi import APIRouter
from pydantic import Field

from api.deps import TheActor, TheService, Writing
from api.errors import RESPONSES
from api.fields import Input
from api.routes.programs import PairingOut
from coach.domain.pairings import Side
from coach.setup import members, people
from coach.setup.fields import Id

router = APIRouter(prefix="/v1", tags=["setting up"], responses=RESPONSES)


class NewMember(Input):
    participant_id: Id = Field(examples=["57c18f8ff6b959baa944444ab49f1519"])
    side: Side


@router.post("/pairings/{pairing_id}/members", status_code=201)
async def add_member(
    records: Writing, service: TheService, actor: TheActor, pairing_id: str, body: NewMember
) -> PairingOut:
    """By the operator. Who is added, or comes back, reads all that the pairing's members share."""
    changed = await members.add_member(records, actor, service.clock(), pairing_id, **body.model_dump())
    return PairingOut.of(changed, await people.members_names(records, [changed]))


@router.delete("/pairings/{pairing_id}/members/{participant_id}", status_code=204)
async def end_membership(
    records: Writing, service: TheService, actor: TheActor, pairing_id: str, participant_id: str
) -> None:
    """By the operator or the member. From then on the pairing is closed to them, but for their private notes.

    Where one side is left empty, the pairing has ended: it can be read and takes nothing new.
    """
    await members.end_membership(records, actor, service.clock(), pairing_id, participant_id)
