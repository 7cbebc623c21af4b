"""A program as lines of the import format, and the ids that its records get."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from coach.capture.import_lines import line_of
from coach.domain.ids import imported_id
from coach.domain.people import Role
from evals.cases.loading import Case
from evals.cases.schema import Pair, Person, Session

_ASKED_AT = time(9, 0)


def record_id(case: Case, kind: str, *keys: str) -> str:
    """The id of a record by its kind and keys: a note's are its pair's and its own."""
    return imported_id(kind, _key(case, *keys))


def now_of(case: Case) -> datetime:
    """When the coach is asked."""
    return datetime.combine(case.program.today, _ASKED_AT, UTC)


def held_at(session: Session) -> datetime:
    """A time without a zone is UTC."""
    return session.held_at.replace(tzinfo=session.held_at.tzinfo or UTC)


def case_lines(case: Case) -> Iterator[bytes]:
    """The whole program, but for the last session of each pair with several: that comes in `later_lines`."""
    program = case.program
    about = program.model_dump(mode="json", include={"name", "description", "objectives", "min_group_size"})
    yield line_of("program", key=_key(case, "program"), **about)
    for owner in program.owners:
        yield _person(case, owner, Role.OWNER)
    for pair in case.pairs:
        yield from _pair_lines(case, pair)
        yield from _session_lines(case, pair, _earlier(pair))


def later_lines(case: Case) -> Iterator[bytes]:
    for pair in case.pairs:
        last = last_session(pair)
        yield from _session_lines(case, pair, [last] if last else [])


def last_session(pair: Pair) -> Session | None:
    """The latest of several sessions."""
    return max(pair.sessions, key=held_at) if len(pair.sessions) > 1 else None


def _earlier(pair: Pair) -> list[Session]:
    last = last_session(pair)
    return [session for session in pair.sessions if session is not last]


def _pair_lines(case: Case, pair: Pair) -> Iterator[bytes]:
    for role, people in ((Role.MENTOR, pair.mentors), (Role.MENTEE, pair.mentees)):
        yield from (_person(case, person, role) for person in people)
    yield line_of(
        "pairing",
        key=_key(case, pair.key),
        program=_key(case, "program"),
        kind=pair.kind.value,
        mentors=[_key(case, person.key) for person in pair.mentors],
        mentees=[_key(case, person.key) for person in pair.mentees],
    )
    for kind, records in (("goal", pair.goals), ("action", pair.actions)):
        for record in records:
            told = record.model_dump(mode="json", exclude={"key", "owner"}, exclude_none=True)
            if record.owner:
                told["owner"] = _key(case, record.owner)
            yield line_of(kind, key=_key(case, pair.key, record.key), pairing=_key(case, pair.key), **told)


def _session_lines(case: Case, pair: Pair, sessions: list[Session]) -> Iterator[bytes]:
    for session in sessions:
        key = _key(case, pair.key, session.key)
        yield line_of(
            "session",
            key=key,
            pairing=_key(case, pair.key),
            held_at=held_at(session).isoformat(),
            format=session.format.value,
            minutes=session.minutes,
        )
        for note in session.notes:
            about = note.model_dump(mode="json", include={"visibility", "kind", "text"})
            author = _key(case, note.author)
            yield line_of("note", key=_key(case, pair.key, note.key), session=key, author=author, **about)


def _person(case: Case, person: Person, role: Role) -> bytes:
    about = person.model_dump(mode="json", exclude={"key"}, exclude_none=True)
    return line_of(
        "participant",
        key=_key(case, person.key),
        program=_key(case, "program"),
        role=role.value,
        **about,
    )


def _key(case: Case, *keys: str) -> str:
    return "/".join((case.program.key, *keys))
