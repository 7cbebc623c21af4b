"""What makes a reflection question a good one.

Sources: Borton 1970 and Driscoll 1994 (What, So what, Now what), Gibbs 1988, Kolb 1984, and coaching
practice (GROW): open questions without an answer inside; "why" makes people justify themselves.
"""

import re
from collections.abc import Iterable

from coach.language.cues import cues
from coach.language.words import word_count

MOST_WORDS = 25
SECTIONS = ("what", "so_what", "now_what")

_QUOTED = re.compile(r"“[^”]*”")


def violations(question: str, section: str | None = None, language: str = "en") -> tuple[str, ...]:
    """What is wrong with a question, in words; nothing when it is a valid one.

    In the section now_what it must ask for a commitment: "What will you", not "would".
    """
    wordings = cues(language).reflection
    asked = _QUOTED.sub("“”", question).strip().lstrip("¿ ")
    opener = re.split(r"[\s,'’]", asked, maxsplit=1)[0].lower()
    faults = []
    if opener not in wordings.openers:
        faults.append(f"starts with {opener!r}; start with {', '.join(wordings.openers)}")
    if question.count("?") != 1 or not question.rstrip().endswith("?"):
        faults.append("must end with its only question mark")
    if word_count(question) > MOST_WORDS:
        faults.append(f"longer than {MOST_WORDS} words")
    if wordings.leading.search(asked):
        faults.append("leads to an answer")
    if wordings.yes_or_no.search(asked):
        faults.append("can be answered by yes or no")
    if section == "now_what" and wordings.uncommitted.search(asked):
        faults.append("asks what one would do; ask what one will")
    return tuple(faults)


def uncovered_sections(sections: Iterable[str | None]) -> tuple[str, ...]:
    """Which of what, so what and now what a set leaves out."""
    covered = set(sections)
    return tuple(section for section in SECTIONS if section not in covered)
