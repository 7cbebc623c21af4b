"""What makes a reflection question a good one.

Sources: Borton 1970 and Driscoll 1994 (What, So what, Now what), Gibbs 1988, Kolb 1984, and coaching
practice (GROW): open questions without an answer inside; "why" makes people justify themselves.
"""

import re
from collections.abc import Iterable

from coach.language.words import word_count

MOST_WORDS = 25
OPENERS = ("what", "how", "when", "who", "where")
SECTIONS = ("what", "so_what", "now_what")

_QUOTED = re.compile(r"“[^”]*”")
_LEADING = re.compile(
    r"\b(?:do(?:n['’]t| not) you|would(?:n['’]t| not) you|should(?:n['’]t)? (?:you|we)|is(?:n['’]t| not) it|"
    r"are(?:n['’]t| not) you|could(?:n['’]t| not) you|don['’]t you think|right\?|obviously|surely)",
    re.IGNORECASE,
)


def violations(question: str) -> tuple[str, ...]:
    """What is wrong with a question, in words; nothing when it is a valid one."""
    asked = _QUOTED.sub("“”", question).strip()
    opener = asked.split(maxsplit=1)[0].lower().rstrip(",") if asked else ""
    faults = []
    if opener not in OPENERS:
        faults.append(f"starts with {opener!r}; start with {', '.join(OPENERS)}")
    if question.count("?") != 1 or not question.rstrip().endswith("?"):
        faults.append("must end with its only question mark")
    if word_count(question) > MOST_WORDS:
        faults.append(f"longer than {MOST_WORDS} words")
    if _LEADING.search(asked):
        faults.append("leads to an answer")
    return tuple(faults)


def uncovered_sections(sections: Iterable[str | None]) -> tuple[str, ...]:
    """Which of what, so what and now what a set leaves out."""
    covered = set(sections)
    return tuple(section for section in SECTIONS if section not in covered)
