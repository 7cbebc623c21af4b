"""Models on other machines: who lets them be used, and what was sent to them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.deps import Reading, TheActor, Writing
from api.errors import RESPONSES
from api.fields import Input, Output
from api.paging import Page, ThePaging
from coach.setup import models
from coach.setup.fields import Moment

router = APIRouter(prefix="/v1", tags=["models"], responses=RESPONSES)


class PreferencesBody(Input):
    model_use: bool | None = Field(
        description="False: nothing of yours goes to a model on another machine; null: as the program has it."
    )


class PreferencesOut(Output):
    model_use: bool | None
    models_are_used: bool = Field(description="What comes of it with the program's own switch.")


class SentPassageOut(Output):
    """`note.text[start:end]` as the note stood then; it may be gone by now."""

    note_id: str
    session_id: str
    start: int
    end: int


class DisclosureOut(Output):
    id: str
    at: datetime
    host: str = Field(examples=["api.openai.com"])
    model: str
    kind: str = Field(description="Of the suggestion; `search`; or `embedding` when a note was indexed.")
    names_replaced: bool = Field(description="Whether placeholders went in the place of names and addresses.")
    asked: bool = Field(description="You asked, so that the words you asked with went, too.")
    passages: list[SentPassageOut] = Field(description="Of your own notes.")
    work_ids: list[str] = Field(description="Your goals and actions whose titles went.")


@router.get("/me/preferences")
async def my_preferences(records: Reading, actor: TheActor) -> PreferencesOut:
    return PreferencesOut.model_validate(await models.preferences(records, actor))


@router.put("/me/preferences")
async def prefer(records: Writing, actor: TheActor, body: PreferencesBody) -> PreferencesOut:
    """Your own switch: when it is off, what you ask is answered offline, and nobody's request sends your
    notes."""
    return PreferencesOut.model_validate(await models.prefer(records, actor, body.model_use))


@router.get("/disclosures")
async def my_disclosures(
    records: Reading,
    actor: TheActor,
    paging: ThePaging,
    since: Annotated[Moment | None, Query(examples=["2027-03-01T00:00:00Z"])] = None,
    until: Annotated[Moment | None, Query(examples=["2027-04-01T00:00:00Z"])] = None,
) -> Page[DisclosureOut]:
    """What of yours was sent to a model on another machine, and when, the latest first; no words of it.

    Each entry was recorded before its request went out. It stays when a note is erased, for what was sent
    can't be unsent, and goes when you are.
    """
    found = await models.disclosed(records, actor, since, until, paging.limit + 1, paging.after)
    page, following = paging.of_more(found)
    return Page(items=[DisclosureOut.model_validate(each) for each in page], next_cursor=following)
