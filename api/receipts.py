"""Receipts of erasures as they go over the wire."""

from datetime import datetime

from pydantic import Field

from api.fields import Output
from coach.domain.erasing import Erased
from coach.service import Service
from coach.setup.erasing import Receipt, What, receipt_of


class StoreOut(Output):
    store: str
    erased: dict[str, int]


class ReceiptOut(Output):
    what: What
    id: str
    erased_at: datetime
    stores: list[StoreOut]
    pending: list[str] = Field(description="What the service has still to do. Nothing of it is served.")
    not_erased: list[str]


class ParticipantReceiptOut(ReceiptOut):
    participant_id: str


async def receipt(service: Service, what: What, erased_id: str, erased: Erased) -> Receipt:
    """Of what was erased from the records, once it has left memory and index too."""
    entries = await service.forget(erased.passage_ids)
    told = receipt_of(what, erased_id, service.clock(), erased)
    return told.completed(entries, service.pending, service.beyond_reach)
