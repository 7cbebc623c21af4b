"""Capturing: notes and transcripts of sessions."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse
from pydantic import Field

from api.deps import Reading, TheActor, TheService
from api.errors import RESPONSES
from api.fields import Input, Output
from api.paging import Page, ThePaging
from api.receipts import ReceiptOut, receipt
from coach.capture import notes
from coach.domain.notes import IndexState, Note, NoteKind, Visibility
from coach.service import Service
from coach.setup.erasing import What
from coach.setup.fields import NoteText

router = APIRouter(prefix="/v1", tags=["capturing"], responses=RESPONSES)


class NewNote(Input):
    text: NoteText = Field(
        examples=["Ran out of time for the dashboard demo. Ingrid will send her draft by Friday."]
    )
    visibility: Visibility = Field(
        default=Visibility.PAIR,
        description="private: you alone; pair: the pairing; program: also counts in the program's learnings.",
    )
    kind: NoteKind = NoteKind.NOTE


class NoteChange(Input):
    text: NoteText
    visibility: Visibility | None = None


class VisibilityChange(Input):
    visibility: Visibility


class RecordedNote(Output):
    id: str
    session_id: str
    author_id: str
    visibility: Visibility
    created_at: datetime
    index_state: IndexState = Field(description="pending: durable, and found by meaning a little later.")
    passages: int


class NoteOut(Output):
    id: str
    session_id: str
    author_id: str
    text: str
    visibility: Visibility
    kind: NoteKind
    index_state: IndexState
    created_at: datetime
    updated_at: datetime


Prefer = Annotated[
    str | None, Header(description="return=representation answers 200 with a receipt.", max_length=255)
]
_WHOLE = "return=representation"
_RECEIPT: dict[int | str, dict[str, Any]] = {
    200: {"model": ReceiptOut, "description": "The receipt, with Prefer: return=representation."}
}
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)]


@router.post("/sessions/{session_id}/notes", status_code=201)
async def record_note(
    service: TheService, actor: TheActor, session_id: str, body: NewNote, idempotency_key: Key = None
) -> RecordedNote:
    """Durable when this answers. The same Idempotency-Key and body answer the first note again."""
    notes.require_size(body.text, service.settings.max_note_chars)
    async with service.database.writing() as records:
        note, passages = await notes.record_note(
            records,
            actor,
            service.clock(),
            service.splitter,
            session_id=session_id,
            new=notes.NewNote(body.text, body.visibility, body.kind),
            idempotency_key=idempotency_key,
            retention_days=service.settings.retention_days,
        )
    return await _indexed(service, note, passages)


@router.get("/sessions/{session_id}/notes")
async def list_notes(records: Reading, actor: TheActor, session_id: str, paging: ThePaging) -> Page[NoteOut]:
    """Those you may read."""
    page, following = await notes.notes_of_session(records, actor, session_id, paging.cut)
    return Page(items=[NoteOut.model_validate(note) for note in page], next_cursor=following)


@router.get("/me/notes")
async def list_own_notes(records: Reading, actor: TheActor, paging: ThePaging) -> Page[NoteOut]:
    """Your own in every pairing; of one that you have left, those that are private."""
    page, following = paging.cut(await notes.own_notes(records, actor))
    return Page(items=[NoteOut.model_validate(note) for note in page], next_cursor=following)


@router.get("/notes/{note_id}")
async def get_note(records: Reading, actor: TheActor, note_id: str) -> NoteOut:
    return NoteOut.model_validate(await notes.read_note(records, actor, note_id))


@router.put("/notes/{note_id}")
async def replace_note(service: TheService, actor: TheActor, note_id: str, body: NoteChange) -> RecordedNote:
    """By its author. Suggestions that were drawn from the old text are erased."""
    notes.require_size(body.text, service.settings.max_note_chars)
    async with service.database.writing() as records:
        note, passages, gone = await notes.replace_note(
            records,
            actor,
            service.clock(),
            service.splitter,
            note_id,
            text=body.text,
            visibility=body.visibility,
        )
    await service.forget(gone)
    return await _indexed(service, note, len(passages))


@router.patch("/notes/{note_id}")
async def change_visibility(
    service: TheService, actor: TheActor, note_id: str, body: VisibilityChange
) -> RecordedNote:
    """By its author, who may withdraw it (`private`) also after leaving the pairing.

    Suggestions that were drawn from it are erased.
    """
    async with service.database.writing() as records:
        note, passages, gone = await notes.change_visibility(
            records, actor, service.clock(), service.splitter, note_id, body.visibility
        )
    await service.forget(gone)
    return await _indexed(service, note, len(passages))


@router.delete("/notes/{note_id}", status_code=204, response_model=None, responses=_RECEIPT)
async def erase_note(
    service: TheService, actor: TheActor, note_id: str, prefer: Prefer = None
) -> JSONResponse | None:
    """By its author; with its passages and what was drawn from it."""
    async with service.database.writing() as records:
        erased = await notes.erase_note(records, actor, note_id)
    told = await receipt(service, What.NOTE, note_id, erased)
    if _WHOLE not in (prefer or "").lower().replace(" ", ""):
        return None
    shown = ReceiptOut.model_validate(told)
    return JSONResponse(shown.model_dump(mode="json"), headers={"Preference-Applied": _WHOLE})


async def _indexed(service: Service, note: Note, passages: int) -> RecordedNote:
    indexed = note.index_state is IndexState.INDEXED or await service.index_soon([note.id])
    return RecordedNote(
        id=note.id,
        session_id=note.session_id,
        author_id=note.author_id,
        visibility=note.visibility,
        created_at=note.created_at,
        index_state=IndexState.INDEXED if indexed else IndexState.PENDING,
        passages=passages,
    )
