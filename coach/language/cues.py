"""What a sentence says, told by its wording: promises, postponements, questions, difficulties.

The wordings are data, one TOML file for each language beside this module.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from coach.language.words import stem

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Cues:
    """Compiled wordings of one language; tables as in the TOML file."""

    sentence: Mapping[str, Pattern]
    difficulty: Mapping[str, Pattern]
    vague: Pattern
    judgement: Pattern
    parts: Mapping[str, Pattern]
    generic: frozenset[str]
    tools: frozenset[str]
    headings: frozenset[str]
    particles: frozenset[str]
    questions: Mapping[str, Pattern]
    holds: Mapping[str, Pattern]
    open: Pattern
    broad: Pattern

    def sentence_cues(self, text: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self.sentence.items() if pattern.search(text))

    def difficulties(self, text: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self.difficulty.items() if pattern.search(text))


def _compiled(wordings: list[str]) -> Pattern:
    return re.compile(rf"(?<!\w)(?:{'|'.join(wordings)})(?!\w)", re.IGNORECASE)


@cache
def cues(language: str = "en") -> Cues:
    tables = tomllib.loads(
        resources.files("coach.language").joinpath(f"cues/{language}.toml").read_text("utf-8")
    )
    return Cues(
        sentence={name: _compiled(wordings) for name, wordings in tables["sentence"].items()},
        difficulty={name: _compiled(wordings) for name, wordings in tables["difficulty"].items()},
        vague=_compiled(tables["vague"]["words"]),
        judgement=_compiled(tables["judgement"]["words"]),
        parts={name: _compiled(wordings) for name, wordings in tables["parts"].items()},
        generic=frozenset(tables["generic"]["words"]),
        tools=frozenset(stem(word, language) for word in tables["tools"]["words"]),
        headings=frozenset(tables["headings"]["words"]),
        particles=frozenset(tables["particles"]["words"]),
        questions={name: _compiled(wordings) for name, wordings in tables["questions"].items()},
        holds={name: _compiled(wordings) for name, wordings in tables["holds"].items()},
        open=_compiled(tables["open"]["words"]),
        broad=_compiled(tables["broad"]["words"]),
    )
