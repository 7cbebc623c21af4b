"""Reading the audit: what somebody did and what concerned them, and for owners counts alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from coach import access
from coach.domain.audit import ActorKind, AuditAction, Count, Deed, Entry, Place, as_others_know_it
from coach.domain.visibility import Actor, Person, Telling, may_know_count, telling
from coach.ports import Records
from coach.setup.periods import days_asked

_ID_CHARS = 32


class WhoKind(StrEnum):
    YOU = "you"
    OPERATOR = "operator"
    PARTICIPANT = "participant"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Who:
    """`id` and `name` of a participant alone."""

    kind: WhoKind
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as one asker may know it; `at` is None where the day alone is told.

    `note_ids` are the asker's own notes, `participant_ids` whom it concerned, for the operator alone.
    """

    id: str
    day: date
    at: datetime | None
    who: Who
    action: AuditAction
    place: Place | None = None
    note_ids: tuple[str, ...] = ()
    participant_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgramCounts:
    """Both days included."""

    program_id: str
    since: date
    until: date
    counts: tuple[Count, ...]


async def audit_of(
    records: Records,
    actor: Actor,
    today: date,
    since: date | None = None,
    until: date | None = None,
    action: AuditAction | None = None,
) -> list[Told]:
    """Newest first; what others were shown on a day stands before the rest of it, once for each of them."""
    first, last = days_asked(today, since, until)
    if isinstance(actor, Person):
        entries = await records.audit.concerning(actor.id, first, last)
    else:
        entries = await records.audit.of_operator(first, last)
    known = [(entry, telling(actor, entry.deed, entry.day, today)) for entry in entries]
    names = await _names(records, (entry for entry, told in known if told is not Telling.NOTHING))
    whole = [_whole(actor, entry, names) for entry, told in known if told is Telling.ALL]
    by_day = _by_day(actor, [entry for entry, told in known if told is Telling.BY_DAY], names)
    told = sorted([*by_day, *whole], key=lambda one: one.day, reverse=True)
    return [one for one in told if action in (None, one.action)]


async def program_counts(
    records: Records, actor: Actor, today: date, program_id: str, since: date | None, until: date | None
) -> ProgramCounts:
    """For owners and the operator: how often what was done, by day, where enough people did it."""
    program = await access.counted_program(records, actor, program_id)
    first, last = days_asked(today, since, until)
    counts = await records.audit.counts(program.id, first, last)
    told = (count for count in counts if may_know_count(count, program.min_group_size, today))
    return ProgramCounts(program.id, first, last, tuple(told))


def _whole(actor: Actor, entry: Entry, names: Mapping[str, str]) -> Told:
    deed, concerns = entry.deed, entry.deed.concerns
    if isinstance(actor, Person):
        theirs = tuple(c.note_id for c in concerns if c.participant_id == actor.id and c.note_id)
        people: tuple[str, ...] = ()
    else:
        theirs, people = (), tuple(dict.fromkeys(c.participant_id for c in concerns))
    who = _who(actor, deed, names)
    return Told(entry.id, entry.day, entry.at, who, deed.action, deed.place, theirs, people)


def _by_day(actor: Actor, entries: Sequence[Entry], names: Mapping[str, str]) -> list[Told]:
    """What each of the others was shown of the asker's notes on a day, however often, as one."""
    assert isinstance(actor, Person) or not entries
    shown: dict[tuple[date, str, AuditAction], list[Entry]] = defaultdict(list)
    for entry in entries:
        known = as_others_know_it(entry.deed.action)
        shown[entry.day, entry.deed.actor_id or "", known].append(entry)
    return [
        Told(
            id=_id_of(actor, day, whom, action),
            day=day,
            at=None,
            who=_who(actor, those[0].deed, names),
            action=action,
            note_ids=tuple(sorted({c.note_id for e in those for c in e.deed.concerns if c.note_id})),
        )
        for (day, whom, action), those in sorted(shown.items())
    ]


def _id_of(actor: Actor, day: date, whom: str, action: AuditAction) -> str:
    """The same each time, and told by nothing but what is told anyway."""
    asker = actor.id if isinstance(actor, Person) else ""
    return sha256("\0".join((asker, day.isoformat(), whom, action)).encode()).hexdigest()[:_ID_CHARS]


def _who(actor: Actor, deed: Deed, names: Mapping[str, str]) -> Who:
    mine = deed.actor_id == actor.id if isinstance(actor, Person) else True
    if mine:
        return Who(WhoKind.YOU)
    if deed.by is ActorKind.OPERATOR:
        return Who(WhoKind.OPERATOR)
    if deed.actor_id is None or deed.actor_id not in names:
        return Who(WhoKind.ERASED)
    return Who(WhoKind.PARTICIPANT, deed.actor_id, names[deed.actor_id])


async def _names(records: Records, entries: Iterable[Entry]) -> dict[str, str]:
    ids = {entry.deed.actor_id for entry in entries if entry.deed.actor_id is not None}
    return {i: person.name for i, person in (await records.people.participants(ids)).items()}
