"""What the owners of a program are told: releases, each held until the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coach.domain.suggestions import DraftedBy, Item


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of pairings that was told, and which ones; of those erased since only the number is left."""

    number: int
    pairings: frozenset[str] = frozenset()

    @property
    def erased(self) -> int:
        return self.number - len(self.pairings)


@dataclass(frozen=True, slots=True)
class Part:
    """The pairings of a theme that tell something of it, and the others; `shown` while owners see it."""

    within: Counted
    without: Counted
    shown: bool


@dataclass(frozen=True, slots=True)
class About:
    """What a theme is, once and for all: any passage with one of `roots`, or of a difficulty or lesson.

    `words` is its label, in words that enough pairings shared when it was first told.
    """

    id: str
    words: tuple[str, ...]
    roots: frozenset[str]
    difficulty: str | None = None
    lesson: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """The pairings that write about something now; never told as it is. `authors`: with their pairing."""

    about: About
    authors: frozenset[tuple[str, str]]
    pairings: frozenset[str]
    learned: frozenset[str]
    struggling: frozenset[str]


@dataclass(frozen=True, slots=True)
class ToldTheme:
    """A theme as owners were told it; `told_at` is when they were last told anything else of it."""

    about: About
    carriers: Counted
    learned: Part | None
    struggling: Part | None
    told_at: datetime

    @property
    def numbers(self) -> tuple[int, int | None, int | None]:
        """All the counts that are told."""
        return self.carriers.number, _shown(self.learned), _shown(self.struggling)


def _shown(part: Part | None) -> int | None:
    return part.within.number if part and part.shown else None


@dataclass(frozen=True, slots=True)
class Mark:
    """Of a pairing's program notes: a hash, "" for none, and the first release that they were so in."""

    notes: str
    release: int


@dataclass(frozen=True, slots=True)
class Wording:
    """A release in words, by the themes' ids; a theme whose words did not hold is not in it."""

    drafted_by: DraftedBy
    items: Mapping[str, Item]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """`number` counts a program's releases from 1; `pairings` is how many the program had."""

    program_id: str
    number: int
    at: datetime
    pairings: int
    themes: tuple[ToldTheme, ...]
    wording: Wording | None = None
