"""How JSON is built, told from its bytes before anything parses it."""

import re

MOST_DEPTH = 32
MOST_PARTS = 20_000
_PARTS = re.compile(rb'[^"\[\]{},]++|"(?:[^"\\]++|\\.)*+"?|([\[{])|([\]}])|,', re.DOTALL)


def shape_fault(told: bytes) -> str | None:
    """What is wrong with the build of a JSON text, or None.

    It is read once, and no further than to the first fault: parsing what nests ten thousand deep, or holds
    a million values, costs seconds or the stack. Whether it is JSON at all is not looked at.
    """
    if b"\0" in told:
        return "is not UTF-8, or holds a NUL"
    depth = 0
    for count, part in enumerate(_PARTS.finditer(told)):
        opens, closes = part.group(1, 2)
        depth += bool(opens) - bool(closes)
        if depth > MOST_DEPTH:
            return f"nests deeper than {MOST_DEPTH} levels"
        if count >= MOST_PARTS:
            return "holds too many values"
    return None
