"""Which words of a text are not told as facts: those of a question, of a condition, of somebody's report."""

import re
from collections.abc import Iterator, Sequence

from coach.language.claims import Wordings
from coach.language.words import folded

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_SENTENCE = frozenset(".!?\n;")
_CLAUSE = _SENTENCE | frozenset(",:")
_REACH_OF_THAT = 5


def unsettled(words: Sequence[str], of: Wordings) -> frozenset[int]:
    """Places among folded words and marks."""
    found = set[int]()
    for start, end in _sentences(words):
        if end < len(words) and words[end] == "?":
            found.update(range(start, end))
        for at in range(start, end):
            if of.unsettled["conditions"].fullmatch(words[at]):
                found.update(range(_main_clause(words, start, at, of), _next_clause(words, at, end, of)))
            elif of.unsettled["whether"].fullmatch(words[at]):
                found.update(range(at, _clause_end(words, at, end, of)))
            elif of.unsettled["reports"].fullmatch(words[at]):
                begins = _report(words, at, end, of)
                found.update(range(begins, _clause_end(words, begins, end, of)))
    return frozenset(found)


def is_open(words: Sequence[str], of: Wordings) -> bool:
    """Whether anything says that not all of it is a fact."""
    names = ("conditions", "whether", "reports", "asks")
    return any(word == "?" or any(of.unsettled[name].fullmatch(word) for name in names) for word in words)


def leads_in(word: str, of: Wordings) -> bool:
    """Whether a clause begins with it: "whether", "if", "that"."""
    return any(of.unsettled[name].fullmatch(word) for name in ("conditions", "whether", "that"))


def supposed_part(text: str, of: Wordings) -> str:
    """What a question takes for granted: "How was it when they left?" supposes that they left."""
    for found in _WORD.finditer(text):
        word = folded(found[0])
        if found.start() and (word in of.ends or of.unsettled["that"].fullmatch(word)):
            return text[found.end() :].replace("?", "").strip()
    return ""


def _sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for at, word in enumerate(words):
        if word in _SENTENCE:
            yield start, at
            start = at + 1
    yield start, len(words)


def _main_clause(words: Sequence[str], start: int, at: int, of: Wordings) -> int:
    """Where what hangs on a condition begins that stands behind it."""
    return max((place + 1 for place in range(start, at) if _parts(words, place, of)), default=start)


def _next_clause(words: Sequence[str], at: int, end: int, of: Wordings) -> int:
    return next((place for place in range(at, end) if _parts(words, place, of)), end)


def _parts(words: Sequence[str], at: int, of: Wordings) -> bool:
    """Whether a clause of its own follows: ", and", ", but"."""
    return words[at] == "," and at + 1 < len(words) and words[at + 1] in of.ends | of.joins


def _report(words: Sequence[str], at: int, end: int, of: Wordings) -> int:
    """Where what is reported begins; `end` where nothing is."""
    for place in range(at + 1, min(end, at + 1 + _REACH_OF_THAT)):
        if of.unsettled["that"].fullmatch(words[place]):
            return place
    said = of.unsettled["says"].fullmatch(words[at]) and at + 1 < end
    return at + 1 if said and words[at + 1] not in of.behind | _CLAUSE else end


def _clause_end(words: Sequence[str], at: int, end: int, of: Wordings) -> int:
    return next((place for place in range(at, end) if words[place] in _CLAUSE | of.ends), end)
