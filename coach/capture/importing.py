"""Programs, people, sessions and notes from JSON lines; importing twice changes nothing.

Lines refer to each other by their keys. A record's id is derived from its type and key.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from coach.auditing import did
from coach.capture.import_lines import (
    ActionLine,
    GoalLine,
    ImportLine,
    NoteLine,
    PairingLine,
    ParticipantLine,
    ProgramLine,
    SessionLine,
    read_line,
)
from coach.capture.notes import NewNote, make_note, passages_of, require_kept, require_size, require_text
from coach.domain.audit import AuditAction, Place, PlaceKind, of_notes
from coach.domain.ids import imported_id
from coach.domain.notes import Note, Passage, Session
from coach.domain.visibility import Operator
from coach.errors import Conflict, CounterpartError, Invalid
from coach.ports import Clock, Records, Splitter, Transactions
from coach.setup import people, work


@dataclass(frozen=True, slots=True)
class NoteLimits:
    """Characters of a note at most, and days for which programs that name none keep transcripts."""

    max_chars: int
    retention_days: int | None = None


@dataclass
class ImportReport:
    """How many of each type came in, how many were there already, and what is wrong by line number.

    `kept`: by line number, what is there with other contents than the line says, and stays as it is.
    """

    added: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    kept: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    note_ids: list[str] = field(default_factory=list)


class Importer:
    """Takes batches of one import; what it has seen it does not look up again."""

    def __init__(
        self, transactions: Transactions, splitter: Splitter, clock: Clock, limits: NoteLimits
    ) -> None:
        self._transactions = transactions
        self._splitter = splitter
        self._clock = clock
        self._limits = limits
        self._seen: dict[tuple[str, str], Any] = {}

    async def take(self, lines: Iterable[tuple[int, bytes | None]], report: ImportReport) -> None:
        """Record the numbered lines in one transaction; a bad one is reported and the others go in.

        None stands for a line that was too long to be read.
        """
        told = [(number, line) for number, raw in lines if (line := _read(number, raw, report)) is not None]
        async with self._transactions.writing() as records:
            batch = _Batch(records, self._seen, self._splitter, self._clock, self._limits)
            await batch.look_up(line for _, line in told)
            for number, line in told:
                try:
                    await batch.take(number, line, report)
                except CounterpartError as error:
                    report.faults.append((number, _told(error)))
            await batch.write()
        self._seen = {named: found for named, found in self._seen.items() if named[0] != "note"}


class _Batch:
    """One transaction's worth of lines: sessions and notes are looked up and written in bulk."""

    def __init__(
        self,
        records: Records,
        seen: dict[tuple[str, str], Any],
        splitter: Splitter,
        clock: Clock,
        limits: NoteLimits,
    ) -> None:
        self._records = records
        self._seen = seen
        self._splitter = splitter
        self._now = clock()
        self._limits = limits
        self._actor = Operator()
        self._erased: dict[str, frozenset[str]] = {}
        self._sessions: list[Session] = []
        self._notes: list[tuple[Note, Sequence[Passage]]] = []

    async def look_up(self, lines: Iterable[ImportLine]) -> None:
        """Which of the sessions and notes are there already."""
        named = [(line.type, imported_id(line.type, line.key)) for line in lines]
        sessions = await self._records.sessions.sessions(i for kind, i in named if kind == "session")
        notes = await self._records.notes.notes(i for kind, i in named if kind == "note")
        self._seen |= {("session", i): found for i, found in sessions.items()}
        self._seen |= {("note", i): found for i, found in notes.items()}

    async def take(self, number: int, line: ImportLine, report: ImportReport) -> None:
        made_id = imported_id(line.type, line.key)
        found = await self._find(line.type, made_id)
        if isinstance(line, NoteLine) and found is not None and found.text != line.text:
            raise Conflict("a note with this key and another text is there; nothing was changed", "key")
        if found is not None:
            report.unchanged += 1
            if other := _other(line, found):
                report.kept.append((number, f"{line.type} {line.key!r} is there with another {other}"))
            return
        self._seen[line.type, made_id] = await self._add(line, made_id)
        report.added[line.type] += 1
        if isinstance(line, NoteLine):
            report.note_ids.append(made_id)

    async def write(self) -> None:
        await self._records.sessions.add_sessions(self._sessions)
        await self._records.notes.add_notes(self._notes, self._splitter.format)
        await self._audit()

    async def _audit(self) -> None:
        """For each program: whose notes came in."""
        written: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for note, _ in self._notes:
            home = await self._find("pairing", note.pairing_id)
            written[home.program_id].append((note.author_id, note.id))
        for program_id, notes in written.items():
            place = Place(PlaceKind.PROGRAM, program_id)
            imported = did(self._actor, AuditAction.IMPORTED, place, of_notes(notes), program_id)
            await self._records.audit.record(imported)

    async def _add(self, line: ImportLine, made_id: str) -> Any:
        match line:
            case ProgramLine():
                given = line.model_dump(exclude={"key", "type"})
                return await people.create_program(
                    self._records, self._actor, self._now, program_id=made_id, **given
                )
            case ParticipantLine():
                given = line.model_dump(exclude={"key", "type", "program"})
                given["program_id"] = await self._ref("program", line.program)
                return await people.add_participant(
                    self._records, self._actor, self._now, participant_id=made_id, **given
                )
            case PairingLine():
                return await self._pairing(line, made_id)
            case GoalLine() | ActionLine():
                return await self._work(line, made_id)
            case SessionLine():
                return await self._session(line, made_id)
            case NoteLine():
                return await self._note(line, made_id)

    async def _find(self, kind: str, made_id: str) -> Any:
        """A record of an earlier line or of the database; sessions and notes were looked up before."""
        if (kind, made_id) not in self._seen and kind in _FIND:
            self._seen[kind, made_id] = await _FIND[kind](self._records, made_id)
        return self._seen.get((kind, made_id))

    async def _ref(self, kind: str, key: str, field_name: str | None = None) -> str:
        """The id behind a key of an import, or behind an id of this installation."""
        for candidate in (imported_id(kind, key), key):
            if await self._find(kind, candidate) is not None:
                return candidate
            if kind == "session" and (found := await self._records.sessions.session(candidate)) is not None:
                self._seen["session", candidate] = found
                return candidate
        raise Invalid(f"no {kind} with the key or id {key!r}; its line must come first", field_name or kind)

    async def _refs(self, kind: str, keys: Sequence[str], field_name: str) -> list[str]:
        return [await self._ref(kind, key, field_name) for key in keys]

    async def _pairing(self, line: PairingLine, made_id: str) -> Any:
        return await people.create_pairing(
            self._records,
            self._actor,
            self._now,
            program_id=await self._ref("program", line.program),
            mentor_ids=await self._refs("participant", line.mentors, "mentors"),
            mentee_ids=await self._refs("participant", line.mentees, "mentees"),
            kind=line.kind,
            pairing_id=made_id,
        )

    async def _work(self, line: GoalLine | ActionLine, made_id: str) -> Any:
        given: dict[str, Any] = line.model_dump(exclude={"key", "type", "pairing", "owner"})
        given["pairing_id"] = await self._ref("pairing", line.pairing)
        given["owner_id"] = await self._ref("participant", line.owner, "owner") if line.owner else None
        if isinstance(line, GoalLine):
            return await work.set_goal(self._records, self._actor, self._now, goal_id=made_id, **given)
        return await work.take_action(self._records, self._actor, self._now, action_id=made_id, **given)

    async def _session(self, line: SessionLine, made_id: str) -> Session:
        made = Session(
            made_id,
            await self._ref("pairing", line.pairing),
            line.held_at,
            line.format,
            line.minutes,
            self._now,
        )
        self._sessions.append(made)
        return made

    async def _note(self, line: NoteLine, made_id: str) -> Note:
        require_text(line.text)
        require_size(line.text, self._limits.max_chars)
        session: Session = self._seen["session", await self._ref("session", line.session)]
        author_id = await self._ref("participant", line.author, "author")
        pairing = await self._find("pairing", session.pairing_id)
        if pairing is None or pairing.side_of(author_id) is None:
            raise Invalid("is no member of the session's pairing", "author")
        if made_id in await self._erased_by(author_id):
            raise Conflict("was erased here by its author and stays so; take its line out of the file", "key")
        program = await self._find("program", pairing.program_id)
        require_kept(session, line.kind, program.kept_since(self._now, self._limits.retention_days))
        note = make_note(
            session, author_id, NewNote(line.text, line.visibility, line.kind), self._now, made_id
        )
        self._notes.append((note, passages_of(made_id, line.text, line.kind, self._splitter)))
        return note

    async def _erased_by(self, author_id: str) -> frozenset[str]:
        if author_id not in self._erased:
            self._erased[author_id] = await self._records.audit.erased_notes_of(author_id)
        return self._erased[author_id]


_FIND: dict[str, Callable[[Records, str], Awaitable[Any]]] = {
    "program": lambda records, i: records.people.program(i),
    "participant": lambda records, i: records.people.participant(i),
    "pairing": lambda records, i: records.people.pairing(i),
    "goal": lambda records, i: records.work.goal(i),
    "action": lambda records, i: records.work.action(i),
}


def _other(line: ImportLine, found: Any) -> str:
    """The fields that a line of the operator's own records tells otherwise, those that refer to others aside.

    What members have made of their notes, goals and actions since is not told to whoever imports.
    """
    if isinstance(line, NoteLine | GoalLine | ActionLine):
        return ""
    told = [
        name for name in type(line).model_fields if name in line.model_fields_set and hasattr(found, name)
    ]
    return ", ".join(name for name in told if _plain(getattr(found, name)) != getattr(line, name))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(number: int, raw: bytes | None, report: ImportReport) -> ImportLine | None:
    if raw is None:
        report.faults.append((number, "line: is longer than any note may be; split the note"))
        return None
    if not raw.strip():
        return None
    try:
        return read_line(raw)
    except Invalid as error:
        report.faults.append((number, _told(error)))
        return None


def _told(error: CounterpartError) -> str:
    return f"{error.field}: {error.detail}" if error.field else error.detail
