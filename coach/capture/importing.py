"""Programs, people, sessions and notes from JSON lines; importing twice changes nothing.

Each line is an object with a `type` and a `key` of the importer's own; other lines refer to it by that
key. A record's id is derived from type and key.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from coach.capture.notes import NewNote, passages_of, require_text
from coach.domain.ids import imported_id
from coach.domain.notes import IndexState, Note, NoteKind, SessionFormat, Visibility
from coach.domain.pairings import PairingKind
from coach.domain.people import DEFAULT_GROUP_SIZE, Role
from coach.domain.visibility import Operator
from coach.domain.work import ActionStatus, GoalStatus
from coach.errors import Conflict, CounterpartError, Invalid
from coach.ports import Clock, Records, Splitter, Transactions
from coach.setup import people, work


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=500)


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
    held_at: AwareDatetime
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


@dataclass
class ImportReport:
    """How many of each type came in, how many were there already, and what is wrong by line number."""

    added: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    note_ids: list[str] = field(default_factory=list)


class Importer:
    def __init__(self, transactions: Transactions, splitter: Splitter, clock: Clock) -> None:
        self._transactions = transactions
        self._splitter = splitter
        self._clock = clock
        self._actor = Operator()

    async def take(self, lines: Iterable[tuple[int, bytes]], report: ImportReport) -> None:
        """Record the numbered lines in one transaction; a bad one is reported and the others go in."""
        async with self._transactions.writing() as records:
            for number, line in lines:
                if not line.strip():
                    continue
                try:
                    await self._line(records, _LINES.validate_json(line), report)
                except ValidationError as error:
                    report.faults.append((number, _told(error)))
                except CounterpartError as error:
                    told = f"{error.field}: {error.detail}" if error.field else error.detail
                    report.faults.append((number, told))

    async def _line(self, records: Records, line: ImportLine, report: ImportReport) -> None:
        made_id = imported_id(line.type, line.key)
        if await self._is_there(records, line, made_id):
            report.unchanged += 1
            return
        now = self._clock()
        match line:
            case ProgramLine():
                given = line.model_dump(exclude={"key", "type"})
                await people.create_program(records, self._actor, now, program_id=made_id, **given)
            case ParticipantLine():
                given = line.model_dump(exclude={"key", "type", "program"})
                program = await self._ref(records, "program", line.program)
                await people.add_participant(
                    records, self._actor, now, program_id=program, participant_id=made_id, **given
                )
            case PairingLine():
                await self._pairing(records, line, made_id, now)
            case GoalLine() | ActionLine():
                await self._work(records, line, made_id, now)
            case SessionLine():
                await work.hold_session(
                    records,
                    self._actor,
                    now,
                    pairing_id=await self._ref(records, "pairing", line.pairing),
                    held_at=line.held_at.astimezone(UTC),
                    format=line.format,
                    minutes=line.minutes,
                    session_id=made_id,
                )
            case NoteLine():
                await self._note(records, line, made_id, now)
                report.note_ids.append(made_id)
        report.added[line.type] += 1

    async def _is_there(self, records: Records, line: ImportLine, made_id: str) -> bool:
        found = await _FIND[line.type](records, made_id)
        if isinstance(line, NoteLine) and found is not None and found.text != line.text:
            raise Conflict("a note with this key and another text is there; nothing was changed", "key")
        return found is not None

    async def _ref(self, records: Records, kind: str, key: str, field_name: str | None = None) -> str:
        """The id behind a key of this import, or behind an id of this installation."""
        for candidate in (imported_id(kind, key), key):
            if await _FIND[kind](records, candidate) is not None:
                return candidate
        raise Invalid(f"no {kind} with the key or id {key!r}; its line must come first", field_name or kind)

    async def _refs(self, records: Records, kind: str, keys: Sequence[str], field_name: str) -> list[str]:
        return [await self._ref(records, kind, key, field_name) for key in keys]

    async def _pairing(self, records: Records, line: PairingLine, made_id: str, now: datetime) -> None:
        await people.create_pairing(
            records,
            self._actor,
            now,
            program_id=await self._ref(records, "program", line.program),
            mentor_ids=await self._refs(records, "participant", line.mentors, "mentors"),
            mentee_ids=await self._refs(records, "participant", line.mentees, "mentees"),
            kind=line.kind,
            pairing_id=made_id,
        )

    async def _work(self, records: Records, line: GoalLine | ActionLine, made_id: str, now: datetime) -> None:
        given: dict[str, Any] = line.model_dump(exclude={"key", "type", "pairing", "owner"})
        given["pairing_id"] = await self._ref(records, "pairing", line.pairing)
        given["owner_id"] = (
            await self._ref(records, "participant", line.owner, "owner") if line.owner else None
        )
        if isinstance(line, GoalLine):
            await work.set_goal(records, self._actor, now, goal_id=made_id, **given)
        else:
            await work.take_action(records, self._actor, now, action_id=made_id, **given)

    async def _note(self, records: Records, line: NoteLine, made_id: str, now: datetime) -> None:
        require_text(line.text)
        session_id = await self._ref(records, "session", line.session)
        author_id = await self._ref(records, "participant", line.author, "author")
        session = await records.sessions.session(session_id)
        assert session is not None
        pairing = await records.people.pairing(session.pairing_id)
        if pairing is None or pairing.side_of(author_id) is None:
            raise Invalid("is no member of the session's pairing", "author")
        new = NewNote(line.text, line.visibility, line.kind)
        note = Note(
            id=made_id,
            session_id=session.id,
            pairing_id=session.pairing_id,
            author_id=author_id,
            held_at=session.held_at,
            text=new.text,
            visibility=new.visibility,
            kind=new.kind,
            index_state=IndexState.PENDING,
            created_at=now,
            updated_at=now,
        )
        passages = passages_of(made_id, new.text, new.kind, self._splitter)
        await records.notes.add_note(note, passages, self._splitter.format)


_FIND: dict[str, Any] = {
    "program": lambda records, i: records.people.program(i),
    "participant": lambda records, i: records.people.participant(i),
    "pairing": lambda records, i: records.people.pairing(i),
    "goal": lambda records, i: records.work.goal(i),
    "action": lambda records, i: records.work.action(i),
    "session": lambda records, i: records.sessions.session(i),
    "note": lambda records, i: records.notes.note(i),
}


def _told(error: ValidationError) -> str:
    """The first fault, without the input."""
    fault = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"][1:]) or "line"
    return f"{place}: {fault['msg']}"
