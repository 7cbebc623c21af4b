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
    lesson: Mapping[str, Pattern]
    meaning: Mapping[str, tuple[str, ...]]
    vague: Pattern
    judgement: Pattern
    parts: Mapping[str, Pattern]
    generic: frozenset[str]
    tools: frozenset[str]
    headings: frozenset[str]
    particles: frozenset[str]
    questions: Mapping[str, Pattern]
    holds: Mapping[str, Pattern]
    broad: Pattern
    machine: Pattern
    negation: Pattern
    denial: Pattern
    reflection: "ReflectionCues"
    fragment: "FragmentCues"
    draft: "DraftCues"

    def sentence_cues(self, text: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self.sentence.items() if pattern.search(text))

    def lessons(self, text: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self.lesson.items() if pattern.search(text))

    def difficulties(self, text: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self.difficulty.items() if pattern.search(text))


@dataclass(frozen=True, slots=True)
class ReflectionCues:
    """How open questions begin, and what closes one."""

    openers: tuple[str, ...]
    leading: Pattern
    yes_or_no: Pattern
    uncommitted: Pattern


@dataclass(frozen=True, slots=True)
class FragmentCues:
    """Regular expressions of what leads a sentence in, begins a clause, and can't end one."""

    lead: str
    clause: str
    dangling: str


@dataclass(frozen=True, slots=True)
class DraftCues:
    """How a draft of feedback is put together."""

    moment: str
    you: Pattern
    connective: Pattern
    goes_on: Pattern
    joint: str
    they: frozenset[str]
    self: frozenset[str]
    others: frozenset[str]
    asking: tuple[str, ...]
    lowered: tuple[str, ...]


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
        lesson={name: _compiled(wordings) for name, wordings in tables["lesson"].items()},
        meaning={name: tuple(sentences) for name, sentences in tables["meaning"].items()},
        vague=_compiled(tables["vague"]["words"]),
        judgement=_compiled(tables["judgement"]["words"]),
        parts={name: _compiled(wordings) for name, wordings in tables["parts"].items()},
        generic=frozenset(tables["generic"]["words"]),
        tools=frozenset(stem(word, language) for word in tables["tools"]["words"]),
        headings=frozenset(tables["headings"]["words"]),
        particles=frozenset(tables["particles"]["words"]),
        questions={name: _compiled(wordings) for name, wordings in tables["questions"].items()},
        holds={name: _compiled(wordings) for name, wordings in tables["holds"].items()},
        broad=_compiled(tables["broad"]["words"]),
        machine=_compiled(tables["machine"]["words"]),
        negation=_compiled(tables["negation"]["near"]),
        denial=re.compile(rf"\b(?:{'|'.join(tables['negation']['clause'])})\b[^,.;:]*$", re.IGNORECASE),
        reflection=_reflection(tables["reflection"]),
        fragment=FragmentCues(**{name: "|".join(ways) for name, ways in tables["fragment"].items()}),
        draft=_draft(tables["draft"]),
    )


def _reflection(table: Mapping[str, list[str]]) -> ReflectionCues:
    return ReflectionCues(
        openers=tuple(table["openers"]),
        leading=_compiled(table["leading"]),
        yes_or_no=re.compile("|".join(table["yes_or_no"]), re.IGNORECASE),
        uncommitted=re.compile(rf"^(?:{'|'.join(table['uncommitted'])})\b", re.IGNORECASE),
    )


def _draft(table: Mapping[str, list[str]]) -> DraftCues:
    return DraftCues(
        moment="|".join(table["moment"]),
        you=_compiled(table["you"]),
        connective=re.compile(rf"^(?:{'|'.join(table['connective'])})\b[\s,]*", re.IGNORECASE),
        goes_on=re.compile(rf"(?:{'|'.join(table['goes_on'])})\b", re.IGNORECASE),
        joint="|".join(table["joint"]),
        they=frozenset(table["they"]),
        self=frozenset(table["self"]),
        others=frozenset(table["self"]) | frozenset(table["others"]),
        asking=tuple(table["asking"]),
        lowered=tuple(f"{word} " for word in table["lowered"]),
    )
