"""Turns of a transcript: lines that begin with a name and a colon, perhaps a time before.

A heading such as "Next steps:" or "Agenda for the day:" is no name: a name of several words has a
capital in each, particles aside.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest

from coach.language.cues import cues

_TURN = re.compile(
    r"^[ \t]*(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?[ \t]*[-–]?[ \t]*)?"
    r"(?P<speaker>[^\W\d_][^:\n]{0,39}?)[ \t]*(?:\([^)\n]{1,20}\))?:(?:[ \t]+|$)",
    re.MULTILINE,
)


def turns(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Start and end of what is said (code points) and the speaker; None for what precedes the first turn."""
    found = [match for match in _TURN.finditer(text) if _is_name(match["speaker"])]
    first = found[0].start() if found else len(text)
    if first:
        yield 0, first, None
    for turn, following in zip_longest(found, found[1:]):
        yield turn.end(), following.start() if following else len(text), turn["speaker"].strip()


def _is_name(speaker: str) -> bool:
    if speaker.strip().lower() in cues().headings:
        return False
    told = [word for word in speaker.split() if word.lower() not in cues().particles]
    return len(told) < 2 or not any(word[0].islower() for word in told)
