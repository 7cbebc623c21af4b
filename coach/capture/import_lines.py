"""The lines of an import: JSON objects with a `type` and a `key` of the importer's own."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from coach.domain.notes import NoteKind, SessionFormat, Visibility
from coach.domain.pairings import PairingKind
from coach.domain.people import DEFAULT_GROUP_SIZE, LEAST_GROUP_SIZE, Role
from coach.domain.work import ActionStatus, GoalStatus
from coach.errors import Invalid
from coach.setup.fields import (
    EMAIL,
    GROUP_SIZE_MOST,
    MEMBERS_MOST,
    OBJECTIVES_MOST,
    RETENTION_MOST,
    Day,
    Key,
    Line,
    Moment,
    Name,
    NoteText,
    Paragraph,
    Subject,
)
from coach.setup.json_shape import shape_fault


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Key


class ProgramLine(_Line):
    type: Literal["program"]
    name: Name
    objectives: list[Line] = Field(default=[], max_length=OBJECTIVES_MOST)
    description: Paragraph | None = None
    min_group_size: int = Field(default=DEFAULT_GROUP_SIZE, ge=LEAST_GROUP_SIZE, le=GROUP_SIZE_MOST)
    retention_days: int | None = Field(default=None, ge=1, le=RETENTION_MOST)


class ParticipantLine(_Line):
    type: Literal["participant"]
    program: Key
    name: Name
    role: Role
    email: Annotated[Line, Field(pattern=EMAIL)] | None = None
    department: Name | None = None
    seniority: Name | None = None
    subject: Subject | None = None


class PairingLine(_Line):
    type: Literal["pairing"]
    program: Key
    mentors: list[Key] = Field(max_length=MEMBERS_MOST)
    mentees: list[Key] = Field(max_length=MEMBERS_MOST)
    kind: PairingKind


class GoalLine(_Line):
    type: Literal["goal"]
    pairing: Key
    title: Line
    description: Paragraph | None = None
    measure: Line | None = None
    due: Day | None = None
    owner: Key | None = None
    status: GoalStatus = GoalStatus.OPEN
    attainment: int | None = Field(default=None, ge=-2, le=2)


class ActionLine(_Line):
    type: Literal["action"]
    pairing: Key
    title: Line
    owner: Key | None = None
    due: Day | None = None
    status: ActionStatus = ActionStatus.OPEN


class SessionLine(_Line):
    type: Literal["session"]
    pairing: Key
    held_at: Moment
    format: SessionFormat = SessionFormat.ONE_TO_ONE
    minutes: int | None = Field(default=None, ge=1, le=1440)


class NoteLine(_Line):
    type: Literal["note"]
    session: Key
    author: Key
    text: NoteText
    visibility: Visibility = Visibility.PAIR
    kind: NoteKind = NoteKind.NOTE


ImportLine = ProgramLine | ParticipantLine | PairingLine | GoalLine | ActionLine | SessionLine | NoteLine
_LINES: TypeAdapter[ImportLine] = TypeAdapter(Annotated[ImportLine, Field(discriminator="type")])


_LONGEST_PLACE = 100
_TYPES = "program, participant, pairing, goal, action, session, note"


def line_of(kind: str, /, **fields: object) -> bytes:
    """A line of this type as `read_line` reads it; nothing is checked."""
    return json.dumps({"type": kind, **fields}, ensure_ascii=False).encode()


def read_line(line: bytes) -> ImportLine:
    """A line in its type; Invalid names its first fault and repeats nothing of its content."""
    if fault_of_shape := shape_fault(line):
        raise Invalid(fault_of_shape, "line")
    try:
        return _LINES.validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"][1:]) or "line"
        unknown = fault["type"] == "union_tag_invalid"
        raise Invalid(
            f"type must be one of {_TYPES}" if unknown else str(fault["msg"]).removeprefix("Value error, "),
            place[:_LONGEST_PLACE],
        ) from None
