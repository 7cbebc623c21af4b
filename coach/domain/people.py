"""Programs and the people in them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEAST_GROUP_SIZE = 3
DEFAULT_GROUP_SIZE = 5


class Role(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Program:
    """A mentoring program. `min_group_size` counts pairings and is fixed from the start.

    `retention_days`: so long after their sessions transcripts are kept; None leaves it to the settings.
    `model_use`: whether anything may go to a model on another machine; `model_use_by_default`: whether it
    may of those who have not said so themselves.
    """

    id: str
    name: str
    objectives: tuple[str, ...]
    description: str | None
    min_group_size: int
    created_at: datetime
    retention_days: int | None = None
    model_use: bool = True
    model_use_by_default: bool = True

    def kept_since(self, now: datetime, default_days: int | None) -> datetime | None:
        """Transcripts of sessions held before this are erased; None where all are kept."""
        days = default_days if self.retention_days is None else self.retention_days
        return None if days is None else now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Participant:
    """`model_use`: what they said to having theirs go to a model on another machine; None for nothing."""

    id: str
    program_id: str
    name: str
    role: Role
    email: str | None
    department: str | None
    seniority: str | None
    created_at: datetime
    subject: str | None = None
    model_use: bool | None = None

    @property
    def first_name(self) -> str:
        return first_name(self.name)


def same_email(one: str | None, other: str | None) -> bool:
    """Whatever the case of ASCII letters; others count as they are, for some fold onto an ASCII letter."""
    return one is not None and other is not None and one.encode().lower() == other.encode().lower()


TITLES = frozenset(
    {"col", "dame", "dr", "fr", "frau", "herr", "lady", "lord", "m", "mme", "mr", "mrs", "ms", "prof", "sir"}
)


_NO_NAME = re.compile(r"[\n\r:;<>{}\[\]|=\\]")


def first_name(name: str) -> str:
    """The first of a name's words that is no title."""
    return next(iter(name_words(name)[1]), name)


def name_words(name: str) -> tuple[list[str], list[str]]:
    """A name's titles, and its other words; what no name holds ends it, a line's end or a tag for one."""
    titles, others = list[str](), list[str]()
    for word in _NO_NAME.split(name)[0].split():
        (titles if word.rstrip(".").lower() in TITLES else others).append(word)
    return titles, others


SENIORITY_LADDER: tuple[frozenset[str], ...] = (
    frozenset({"intern", "trainee", "apprentice", "student", "graduate"}),
    frozenset({"junior", "associate", "analyst", "assistant", "entry", "early"}),
    frozenset({"mid", "specialist", "professional", "engineer", "consultant", "intermediate"}),
    frozenset({"senior", "lead", "principal", "expert", "supervisor", "manager"}),
    frozenset({"head", "director", "partner"}),
    frozenset({"vp", "svp", "evp", "vice", "executive", "chief", "president", "board", "c-level"}),
    frozenset({"ceo", "chair", "chairman", "chairwoman", "founder"}),
)


def seniority_rank(seniority: str | None) -> int | None:
    """Height on the ladder, 0 the lowest; None when the words say nothing about it."""
    told = (seniority or "").lower()
    words = [*re.split(r"[\s/,]+", told), *re.split(r"[^\w]+", told)]
    ranks = [rank for rank, rung in enumerate(SENIORITY_LADDER) for word in words if word in rung]
    return max(ranks, default=None)
