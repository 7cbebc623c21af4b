"""Feedback by situation, behaviour and impact (SBI, Center for Creative Leadership; SBI-I adds intent).

A situation is a moment the receiver can recall, a behaviour is what was seen or heard and not a trait
or a guessed motive, an impact is on me, others or the work.
"""

from dataclasses import dataclass
from enum import StrEnum

from coach.language.cues import cues


class Fault(StrEnum):
    VAGUE = "vague"
    JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True)
class Flag:
    """A wording to change: `text[start:end]`."""

    fault: Fault
    words: str
    start: int
    end: int


def flags(text: str, language: str = "en") -> tuple[Flag, ...]:
    """Vague and judging words in the order of the text."""
    wordings = cues(language)
    found = [
        Flag(fault, match.group(), match.start(), match.end())
        for fault, pattern in ((Fault.VAGUE, wordings.vague), (Fault.JUDGEMENT, wordings.judgement))
        for match in pattern.finditer(text)
    ]
    return tuple(sorted(found, key=lambda flag: (flag.start, flag.end)))


def is_situation(text: str, language: str = "en") -> bool:
    """Whether it names a moment or a place that the receiver can recall."""
    wordings = cues(language)
    return wordings.parts["situation"].search(text) is not None and wordings.vague.search(text) is None


def is_behaviour(text: str, language: str = "en") -> bool:
    """Whether it holds no trait, motive or generalisation."""
    return not flags(text, language)
