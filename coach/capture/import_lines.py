"""The lines of an import: JSON objects with a `type` and a `key` of the importer's own."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from coach.domain.notes import NoteKind, SessionFormat, Visibility
from coach.domain.pairings import PairingKind
from coach.domain.people import DEFAULT_GROUP_SIZE, Role
from coach.domain.times import in_utc
from coach.domain.work import ActionStatus, GoalStatus
from coach.errors import Invalid


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=500)

    @field_validator("*", mode="after")
    @classmethod
    def _storable(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str) and "\0" in value and info.field_name != "text":
            raise ValueError("must not hold a NUL character")
        return value


class ProgramLine(_Line):
    type: Literal["program"]
    name: str = Field(min_length=1)
    objectives: list[str] = []
    description: str | None = None
    min_group_size: int = DEFAULT_GROUP_SIZE


class ParticipantLine(_Line):
    type: Literal["participant"]
    program: str
    name: str = Field(min_length=1)
    role: Role
    email: str | None = None
    department: str | None = None
    seniority: str | None = None


class PairingLine(_Line):
    type: Literal["pairing"]
    program: str
    mentors: list[str]
    mentees: list[str]
    kind: PairingKind


class GoalLine(_Line):
    type: Literal["goal"]
    pairing: str
    title: str = Field(min_length=1)
    description: str | None = None
    measure: str | None = None
    due: date | None = None
    owner: str | None = None
    status: GoalStatus = GoalStatus.OPEN
    attainment: int | None = Field(default=None, ge=-2, le=2)


class ActionLine(_Line):
    type: Literal["action"]
    pairing: str
    title: str = Field(min_length=1)
    owner: str | None = None
    due: date | None = None
    status: ActionStatus = ActionStatus.OPEN


class SessionLine(_Line):
    type: Literal["session"]
    pairing: str
    held_at: Annotated[datetime, AfterValidator(in_utc)]
    format: SessionFormat = SessionFormat.ONE_TO_ONE
    minutes: int | None = Field(default=None, ge=1, le=1440)


class NoteLine(_Line):
    type: Literal["note"]
    session: str
    author: str
    text: str
    visibility: Visibility = Visibility.PAIR
    kind: NoteKind = NoteKind.NOTE


ImportLine = ProgramLine | ParticipantLine | PairingLine | GoalLine | ActionLine | SessionLine | NoteLine
_LINES: TypeAdapter[ImportLine] = TypeAdapter(Annotated[ImportLine, Field(discriminator="type")])


_TYPES = "program, participant, pairing, goal, action, session, note"


def read_line(line: bytes) -> ImportLine:
    """A line in its type; Invalid names its first fault and repeats nothing of its content."""
    try:
        return _LINES.validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"][1:]) or "line"
        unknown = fault["type"] == "union_tag_invalid"
        raise Invalid(
            f"type must be one of {_TYPES}" if unknown else str(fault["msg"]).removeprefix("Value error, "),
            place,
        ) from None
