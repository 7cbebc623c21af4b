"""Programs and the people in them."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LEAST_GROUP_SIZE = 3
DEFAULT_GROUP_SIZE = 5


class Role(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Program:
    """A mentoring program. `min_group_size` counts pairings and is fixed from the start."""

    id: str
    name: str
    objectives: tuple[str, ...]
    description: str | None
    min_group_size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Participant:
    id: str
    program_id: str
    name: str
    role: Role
    email: str | None
    department: str | None
    seniority: str | None
    created_at: datetime

    @property
    def first_name(self) -> str:
        return first_name(self.name)


_TITLES = frozenset(
    {"col", "dame", "dr", "fr", "frau", "herr", "lady", "lord", "m", "mme", "mr", "mrs", "ms", "prof", "sir"}
)


def first_name(name: str) -> str:
    """The first of a name's words that is no title."""
    return next(iter(name_words(name)[1]), name)


def name_words(name: str) -> tuple[list[str], list[str]]:
    """A name's titles, and its other words."""
    titles, others = list[str](), list[str]()
    for word in name.split():
        (titles if word.rstrip(".").lower() in _TITLES else others).append(word)
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
