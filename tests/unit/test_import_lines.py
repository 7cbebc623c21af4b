"""Lines of an import, one by one and together."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.capture.import_lines import NoteLine, SessionLine, line_of, read_line
from coach.capture.importing import Importer, ImportReport, NoteLimits
from coach.domain.audit import ActorKind, AuditAction, Concern, Deed
from coach.domain.ids import imported_id
from coach.domain.notes import Note, NoteKind, Passage, Session, SessionFormat, Visibility
from coach.errors import Invalid
from coach.ports import Records
from tests.fakes import NOW
from vectorstore.passage_index import PassageSplitter

PROGRAM = {"type": "program", "key": "p", "name": "Reverse"}
MAYA = {"type": "participant", "key": "maya", "program": "p", "name": "Maya", "role": "mentor"}
INGRID = {**MAYA, "key": "ingrid", "name": "Ingrid", "role": "mentee"}
PAIR = {
    "type": "pairing",
    "key": "pair",
    "program": "p",
    "mentors": ["maya"],
    "mentees": ["ingrid"],
    "kind": "reverse",
}
GOAL = {"type": "goal", "key": "g", "pairing": "pair", "title": "Post"}
ACTION = {"type": "action", "key": "a", "pairing": "pair", "title": "Send it", "owner": "ingrid"}
SESSION = {"type": "session", "key": "s", "pairing": "pair", "held_at": "2027-03-04T16:00:00+01:00"}
NOTE = {"type": "note", "key": "n", "session": "s", "author": "maya", "text": "We tried it. It worked."}
ALL: list[dict[str, Any]] = [PROGRAM, MAYA, INGRID, PAIR, GOAL, ACTION, SESSION, NOTE]

LIMITS = NoteLimits(1000)


def raw(line: object) -> bytes:
    return json.dumps(line).encode()


@pytest.mark.parametrize("line", ALL, ids=lambda line: str(line["type"]))
def test_a_whole_line_is_read_in_its_type(line: dict[str, Any]) -> None:
    assert read_line(raw(line)).type == line["type"]


@pytest.mark.parametrize("line", ALL, ids=lambda line: str(line["type"]))
def test_a_line_that_we_write_is_read_as_it_was_meant(line: dict[str, Any]) -> None:
    fields = {name: value for name, value in line.items() if name != "type"}
    assert read_line(line_of(line["type"], **fields)) == read_line(raw(line))


def test_a_line_that_we_write_keeps_a_field_kind_and_letters_as_they_are() -> None:
    written = line_of("note", kind="transcript", text="Ça va, Müller?\nJa.")
    assert json.loads(written) == {"type": "note", "kind": "transcript", "text": "Ça va, Müller?\nJa."}
    assert "Ça va, Müller?".encode() in written
    assert b"\n" not in written


def test_what_a_line_leaves_out_has_its_default() -> None:
    session, note = read_line(raw(SESSION)), read_line(raw(NOTE))
    assert isinstance(session, SessionLine)
    assert (session.format, session.minutes) == (SessionFormat.ONE_TO_ONE, None)
    assert isinstance(note, NoteLine)
    assert (note.visibility, note.kind) == (Visibility.PAIR, NoteKind.NOTE)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({**PROGRAM, "name": ""}, "name"),
        ({**PROGRAM, "key": ""}, "key"),
        ({**PROGRAM, "key": "k" * 501}, "key"),
        ({**PROGRAM, "colour": "red"}, "colour"),
        ({**PROGRAM, "min_group_size": "many"}, "min_group_size"),
        ({"type": "program", "key": "p"}, "name"),
        ({**MAYA, "role": "boss"}, "role"),
        ({**PAIR, "mentors": "maya"}, "mentors"),
        ({**PAIR, "kind": "secret"}, "kind"),
        ({**GOAL, "attainment": 3}, "attainment"),
        ({**GOAL, "due": "soon"}, "due"),
        ({**GOAL, "status": "late"}, "status"),
        ({**ACTION, "status": "late"}, "status"),
        ({**SESSION, "held_at": "2027-03-04T16:00:00"}, "held_at"),
        ({**SESSION, "minutes": 0}, "minutes"),
        ({**SESSION, "minutes": 1441}, "minutes"),
        ({**NOTE, "text": None}, "text"),
        ({**NOTE, "visibility": "public"}, "visibility"),
        ({"key": "p", "name": "x"}, "line"),
        ({**PROGRAM, "type": "planet"}, "line"),
        ([1, 2], "line"),
        ("program", "line"),
    ],
)
def test_a_faulty_line_is_refused_with_the_field_at_fault(line: object, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_line(raw(line))
    assert refused.value.field == field
    assert refused.value.detail


@pytest.mark.parametrize("line", [b"{", b"nothing", b"\xff\xfe", b'{"type": "note"', b"\0"])
def test_what_is_no_json_is_refused(line: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_line(line)
    assert refused.value.field == "line"


@pytest.mark.parametrize("field", ["type", "text", "visibility", "kind", "session", "key"])
def test_a_refusal_repeats_nothing_of_what_the_line_holds(field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_line(raw({**NOTE, "text": 7, field: ["Ingrid cried"] if field != "type" else "Ingrid cried"}))
    assert "cried" not in f"{refused.value.field} {refused.value.detail}"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(line: bytes) -> None:
    try:
        assert read_line(line).key
    except Invalid as refused:
        assert refused.field


class Store:
    """Records that keep what is added, by id."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.formats: set[str] = set()
        self.deeds: list[Deed] = []
        self.people = self.work = self.sessions = self.notes = self.audit = _Kept(self)


class _Kept:
    """Every call that an import makes, on one dictionary."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def one(self, record_id: str) -> Any:
        return self._store.kept.get(record_id)

    program = participant = pairing = goal = action = session = one

    async def several(self, ids: Iterable[str]) -> dict[str, Any]:
        return {i: self._store.kept[i] for i in ids if i in self._store.kept}

    participants = sessions = notes = several

    async def add(self, record: Any) -> None:
        assert record.id not in self._store.kept
        self._store.kept[record.id] = record

    async def record(self, deed: Deed) -> None:
        self._store.deeds.append(deed)

    async def erased_notes_of(self, author_id: str) -> frozenset[str]:
        concerns = [
            c
            for d in self._store.deeds
            if d.action is AuditAction.ERASED_NOTE
            for c in d.concerns
            if c.note_id
        ]
        return frozenset(c.note_id for c in concerns if c.note_id and c.participant_id == author_id)

    add_program = add_participant = add_pairing = add_goal = add_action = add

    async def add_sessions(self, sessions: Sequence[Session]) -> None:
        for session in sessions:
            await self.add(session)

    async def add_notes(self, notes: Sequence[tuple[Note, Sequence[Passage]]], passage_format: str) -> None:
        for note, _ in notes:
            await self.add(note)
        self._store.formats.add(passage_format)


class Transactions:
    def __init__(self) -> None:
        self.store = Store()

    def reading(self) -> AbstractAsyncContextManager[Records]:
        return self.writing()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Records]:
        yield cast(Records, self.store)


async def imported(
    *lines: object, into: Transactions | None = None, limits: NoteLimits = LIMITS
) -> tuple[ImportReport, dict[str, Any]]:
    """The report on these lines, numbered from 1, and what is recorded afterwards."""
    transactions, report = into or Transactions(), ImportReport()
    numbered = [(n, line if isinstance(line, bytes) else raw(line)) for n, line in enumerate(lines, start=1)]
    await Importer(transactions, PassageSplitter(), lambda: NOW, limits).take(numbered, report)
    return report, transactions.store.kept


async def test_lines_refer_to_each_other_by_key() -> None:
    report, kept = await imported(*ALL)
    assert report.faults == []
    assert report.added.total() == len(kept) == len(ALL)
    assert report.note_ids == [imported_id("note", "n")]
    written = kept[imported_id("note", "n")]
    assert (written.text, written.author_id) == (NOTE["text"], imported_id("participant", "maya"))
    assert written.held_at == datetime(2027, 3, 4, 15, 0, tzinfo=UTC)
    assert kept[imported_id("action", "a")].owner_id == imported_id("participant", "ingrid")


async def test_importing_twice_changes_nothing() -> None:
    transactions = Transactions()
    _, kept = await imported(*ALL, into=transactions)
    before = dict(kept)
    told = len(transactions.store.deeds)
    report, after = await imported(*ALL, into=transactions)
    assert (report.unchanged, report.added.total(), report.faults) == (len(ALL), 0, [])
    assert after == before
    assert len(transactions.store.deeds) == told


async def test_what_a_line_would_change_is_told_and_stays_as_it_is() -> None:
    transactions = Transactions()
    _, kept = await imported(*ALL, into=transactions)
    before = dict(kept)
    other = [
        {**PROGRAM, "name": "Renamed", "retention_days": 30},
        {**MAYA, "role": "mentee"},
        {**SESSION, "held_at": "2027-03-05T15:00:00Z"},
        {**GOAL, "title": "Another"},
        {**NOTE, "visibility": "private"},
    ]
    report, after = await imported(*other, into=transactions)
    assert (report.unchanged, report.faults, after) == (len(other), [], before)
    assert report.kept == [
        (1, "program 'p' is there with another name, retention_days"),
        (2, "participant 'maya' is there with another role"),
        (3, "session 's' is there with another held_at"),
    ]


async def test_a_note_that_its_author_erased_does_not_come_back() -> None:
    transactions = Transactions()
    _, kept = await imported(*ALL, into=transactions)
    erased, author = imported_id("note", "n"), imported_id("participant", "maya")
    del kept[erased]
    deed = Deed(AuditAction.ERASED_NOTE, ActorKind.PERSON, author, None, None, (Concern(author, erased),))
    transactions.store.deeds.append(deed)
    report, after = await imported(*ALL, {**NOTE, "key": "n2"}, into=transactions)
    assert [(line, told.split(";")[0]) for line, told in report.faults] == [
        (len(ALL), "key: was erased here by its author and stays so")
    ]
    assert erased not in after and imported_id("note", "n2") in after


@pytest.mark.parametrize(("own", "given"), [(7, None), (None, 7), (7, 9_000)])
async def test_a_transcript_that_would_be_erased_at_once_is_refused(
    own: int | None, given: int | None
) -> None:
    old = {**NOTE, "key": "old", "kind": "transcript", "session": "then"}
    held = {**SESSION, "key": "then", "held_at": (NOW - timedelta(days=8)).isoformat()}
    program = {**PROGRAM, "retention_days": own}
    report, kept = await imported(program, *ALL[1:], held, old, limits=NoteLimits(1000, given))
    ((line, told),) = report.faults
    assert line == len(ALL) + 2 and "kept no more" in told
    assert imported_id("note", "old") not in kept
    written = {**NOTE, "key": "written", "session": "then"}
    report, kept = await imported(program, *ALL[1:], held, written, limits=NoteLimits(1000, given))
    assert report.faults == [] and imported_id("note", "written") in kept


async def test_whose_notes_came_in_is_audited_once_for_a_batch() -> None:
    transactions = Transactions()
    second = {**NOTE, "key": "n2", "author": "ingrid"}
    await imported(*ALL, second, into=transactions)
    (imports,) = [d for d in transactions.store.deeds if d.action is AuditAction.IMPORTED]
    assert (imports.by, imports.program_id) == (ActorKind.OPERATOR, imported_id("program", "p"))
    assert imports.concerns == (
        Concern(imported_id("participant", "maya"), imported_id("note", "n")),
        Concern(imported_id("participant", "ingrid"), imported_id("note", "n2")),
    )


async def test_the_same_line_twice_in_one_import_counts_once() -> None:
    report, kept = await imported(*ALL, NOTE, SESSION)
    assert (report.unchanged, report.faults, len(kept)) == (2, [], len(ALL))


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"{", "line: "),
        ({**PROGRAM, "key": "small", "min_group_size": 2}, "min_group_size: "),
        ({**NOTE, "key": "n2", "session": "unheard"}, "session: no session with the key or id 'unheard'"),
        ({**NOTE, "key": "n3", "author": "unheard"}, "author: no participant with the key or id 'unheard'"),
        ({**NOTE, "key": "n4", "text": "  \n"}, "text: must hold more than white space"),
        ({**NOTE, "key": "n5", "text": "a\0b"}, "text: holds a NUL character"),
        ({**PAIR, "key": "p2", "mentors": []}, "mentor_ids: name at least one mentor"),
        ({**PAIR, "key": "p3", "mentees": ["maya"]}, "mentee_ids: nobody may stand twice"),
        ({**ACTION, "key": "a2", "owner": "unheard"}, "owner: no participant"),
        ({**SESSION, "key": "s2", "pairing": "unheard"}, "pairing: no pairing"),
        ({**SESSION, "key": "s3", "held_at": "9999-12-31T23:59:59-12:00"}, "held_at: "),
        ({**NOTE, "text": "Another text."}, "key: a note with this key and another text is there"),
    ],
)
async def test_a_bad_line_is_reported_by_its_number_and_the_others_go_in(bad: object, told: str) -> None:
    report, kept = await imported(*ALL, bad, {**NOTE, "key": "last"})
    ((number, why),) = report.faults
    assert number == len(ALL) + 1
    assert why.startswith(told)
    assert len(kept) == len(ALL) + 1
    assert imported_id("note", "last") in kept


async def test_an_author_who_is_no_member_is_refused() -> None:
    tom = {**MAYA, "key": "tom", "name": "Tom"}
    report, _ = await imported(*ALL, tom, {**NOTE, "key": "n2", "author": "tom"})
    assert report.faults == [(len(ALL) + 2, "author: is no member of the session's pairing")]


async def test_blank_lines_are_passed_over() -> None:
    report, kept = await imported(b"", b"  \n", PROGRAM, b"\t")
    assert (report.faults, len(kept)) == ([], 1)


async def test_a_line_may_refer_to_an_id_of_this_installation() -> None:
    transactions = Transactions()
    await imported(*ALL[:-1], into=transactions)
    here = {**NOTE, "session": imported_id("session", "s"), "author": imported_id("participant", "maya")}
    report, kept = await imported(here, into=transactions)
    assert report.faults == []
    assert imported_id("note", "n") in kept
