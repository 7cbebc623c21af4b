"""Turns of a transcript: lines that begin with a name and a colon, perhaps a time before."""

import re
from collections.abc import Iterator
from itertools import zip_longest

_TURN = re.compile(
    r"^[ \t]*(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?[ \t]*[-–]?[ \t]*)?"
    r"(?P<speaker>[^\W\d_][^:\n]{0,39}?)[ \t]*(?:\([^)\n]{1,20}\))?:(?:[ \t]+|$)",
    re.MULTILINE,
)


def turns(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Start and end of what is said (code points) and the speaker; None for what precedes the first turn."""
    found = list(_TURN.finditer(text))
    first = found[0].start() if found else len(text)
    if first:
        yield 0, first, None
    for turn, following in zip_longest(found, found[1:]):
        yield turn.end(), following.start() if following else len(text), turn["speaker"].strip()
