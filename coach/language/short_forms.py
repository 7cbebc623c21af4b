"""Short forms of hurried notes in full: "30 yrs w/ 3 ppl" is "30 years with 3 people"."""

import re
from collections.abc import Mapping
from functools import cache

from coach.language.claims import wordings

# A dot behind a short form that ends no sentence is part of it.
_DOT = r"(?:\.(?=\s+[^\WA-ZÀ-ÖØ-Þ_]))?"
_ENDS = rf"(?![\w'’/-]){_DOT}"


def in_full(text: str, language: str) -> str:
    """The text with its short forms written out; those of units alone behind a figure."""
    units, words = _patterns(language)
    table = wordings(language).short
    text = units.sub(lambda found: f" {table.units[found[1]]}", text)
    return words.sub(lambda found: table.words[found[1]], text)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = wordings(language).short
    return (
        re.compile(rf"(?<=\d)\s?({_any(table.units)}){_ENDS}"),
        re.compile(rf"(?<![\w'’/.-])({_any(table.words)}){_ENDS}"),
    )


def _any(forms: Mapping[str, str]) -> str:
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
