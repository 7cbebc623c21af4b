"""The words by which a statement is held against what it cites, one TOML file for each language."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from coach.language.words import folded, stem

Pattern = re.Pattern[str]
_UNSETTLED = ("conditions", "whether", "reports", "says", "that", "asks")
_PERSONS = ("first", "first_owned", "second", "second_owned")


@dataclass(frozen=True, slots=True)
class Short:
    """Short forms and what they stand for; `units` only behind a figure."""

    units: Mapping[str, str]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wordings:
    """Tables as in the TOML file; patterns match whole words, and days are told by name and place."""

    language: str
    persons: Mapping[str, Pattern]
    behind: frozenset[str]
    single: frozenset[str]
    several: frozenset[str]
    attributed: Pattern
    numbers: Mapping[str, float]
    days: Mapping[str, str]
    also_words: frozenset[str]
    modes: Mapping[str, Pattern]
    unsettled: Mapping[str, Pattern]
    ends: frozenset[str]
    joins: frozenset[str]
    finite: frozenset[str]
    scope: Mapping[str, frozenset[str]]
    states: Pattern
    subjects: Pattern
    one_pair: frozenset[str]
    small: frozenset[str]
    free: Mapping[str, frozenset[str]]
    feeling: Mapping[str, Pattern]
    short: Short


@cache
def wordings(language: str) -> Wordings:
    """FileNotFoundError for a language that has none."""
    file = resources.files("coach.language").joinpath(f"claims/{language}.toml")
    tables = tomllib.loads(file.read_text("utf-8"))
    modes, records = tables["modes"], tables["records"]
    return Wordings(
        language=language,
        persons={name: _spoken(tables["persons"][name]) for name in _PERSONS},
        behind=frozenset(tables["persons"]["behind"]),
        single=frozenset(tables["persons"]["single"]),
        several=frozenset(tables["persons"]["several"]),
        attributed=re.compile(rf"\s+(?:{'|'.join(tables['persons']['attributed'])})\s*"),
        numbers={word: float(value) for word, value in tables["numbers"].items()},
        days=_days(tables["days"]),
        also_words=frozenset(tables["days"]["also_words"]),
        modes={name: _whole(modes[name]) for name in ("denied", "planned", "supposed")},
        unsettled={name: _whole(modes[name]) for name in _UNSETTLED},
        ends=frozenset(modes["ends"]),
        joins=frozenset(modes["joins"]),
        finite=frozenset(modes["finite"]),
        scope={name: frozenset(words) for name, words in tables["scope"].items()},
        states=_whole(records["states"]),
        subjects=_whole(records["subjects"]),
        one_pair=frozenset(records["one_pair"]),
        small=frozenset(map(folded, tables["free"].pop("small"))),
        free={
            name: frozenset(folded(stem(word, language)) for word in words)
            for name, words in tables["free"].items()
        },
        feeling={name: _whole(words) for name, words in tables["feeling"].items()},
        short=Short(**tables["short"]),
    )


def _spoken(words: list[str]) -> Pattern:
    """As words of their own, with a capital too; one that is written with a capital only so."""
    cased = "|".join(f"[{word[0]}{word[0].upper()}]{re.escape(word[1:])}" for word in words)
    return re.compile(rf"(?<![\w'’.-])(?:{cased})(?!\w|-\w|\.\w)")


def _whole(words: list[str]) -> Pattern:
    return re.compile(rf"(?:{'|'.join(words)})", re.IGNORECASE)


def _days(table: Mapping[str, list[str]]) -> dict[str, str]:
    """Every spelling of a month or weekday, as "month 1" or "weekday 1"."""
    return {
        spelling: f"{unit} {at}"
        for unit, names in (("month", table["months"]), ("weekday", table["weekdays"]))
        for at, name in enumerate(names, start=1)
        for spelling in name.split()
    }
