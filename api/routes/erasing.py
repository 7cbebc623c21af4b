"""Erasing people, pairings and programs; notes are erased where they are captured."""

from dataclasses import fields

from fastapi import APIRouter

from api.deps import TheActor, TheService
from api.errors import RESPONSES
from api.receipts import ParticipantReceiptOut, ReceiptOut, receipt
from coach.setup import erasing
from coach.setup.erasing import What

router = APIRouter(prefix="/v1", tags=["erasing"], responses=RESPONSES)


@router.delete("/participants/{participant_id}")
async def erase_participant(
    service: TheService, actor: TheActor, participant_id: str
) -> ParticipantReceiptOut:
    """By the operator or the person: their notes, and all that was derived from them; answers a receipt."""
    async with service.database.writing() as records:
        erased = await erasing.erase_participant(records, actor, participant_id)
    told = await receipt(service, What.PARTICIPANT, participant_id, erased)
    held = {f.name: getattr(told, f.name) for f in fields(told)}
    return ParticipantReceiptOut.model_validate({**held, "participant_id": participant_id})


@router.delete("/pairings/{pairing_id}")
async def erase_pairing(service: TheService, actor: TheActor, pairing_id: str) -> ReceiptOut:
    """By the operator: its sessions, notes, goals and actions, and all that was drawn from them."""
    async with service.database.writing() as records:
        erased = await erasing.erase_pairing(records, actor, pairing_id)
    return ReceiptOut.model_validate(await receipt(service, What.PAIRING, pairing_id, erased))


@router.delete("/programs/{program_id}")
async def erase_program(service: TheService, actor: TheActor, program_id: str) -> ReceiptOut:
    """By the operator: its people, their tokens, its pairings, and everything of theirs."""
    async with service.database.writing() as records:
        erased = await erasing.erase_program(records, actor, program_id)
    return ReceiptOut.model_validate(await receipt(service, What.PROGRAM, program_id, erased))
