"""Short exact stretches of a sentence, fit to be quoted inside another one."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from coach.language.cues import cues
from coach.language.sentences import Span

_MARK = r"[-*•–—·>]+\s*|\{[^{}\n]{1,30}\}[\s.,]*|\d{1,2}[.)]\s+|\[[ xX]?\]\s*"
_EDGE = " \t\r\n.,;:!?…-–—"
_OPENING, _CLOSING = "([{“‘«", ")]}”’»"
_PAUSE = r"[,;:.!?…](?=\s)|\s*\{[^{}\n]{1,30}\}|\s[-–—]\s|\s\(|\n"
_BREAK = re.compile(r"\n|\{[^{}\n]{1,30}\}")


@dataclass(frozen=True, slots=True)
class _Edges:
    """What leads a sentence in, where its clauses end, and what a part of it can't end with."""

    lead: re.Pattern[str]
    clause_end: re.Pattern[str]
    dangling: re.Pattern[str]


@cache
def _edges(language: str) -> _Edges:
    told = cues(language).fragment
    return _Edges(
        re.compile(rf"(?:{_MARK}|{told.lead})*", re.IGNORECASE),
        re.compile(rf"{_PAUSE}|\s(?=(?:{told.clause})\b)"),
        re.compile(rf"[\s,]+(?:{told.dangling})$", re.IGNORECASE),
    )


def without_marks(sentence: str, language: str = "en") -> str:
    """The whole sentence but for list marks, fillers and punctuation at its edges."""
    return _led(sentence, _edges(language)).strip(_EDGE)


def _led(text: str, edges: _Edges) -> str:
    """What follows list marks and fillers; the text itself when nothing does."""
    lead = edges.lead.match(text)
    return text[lead.end() :] if lead and lead.end() < len(text) else text


def fragment(sentence: str, most_words: int, around: int = 0, language: str = "en") -> str:
    """A part of `sentence` of at most `most_words` words that holds the character at `around`.

    It begins and ends with a clause where that fits; list marks, fillers and punctuation at its edges
    stay outside.
    """
    edges = _edges(language)
    start = len(sentence) - len(_led(sentence, edges))
    place = max(start, around)
    if _fits(sentence, start, len(sentence), most_words):
        return _tidy(sentence[start:])
    first, last = _clauses_around(sentence, start, place, most_words, edges)
    part = sentence[first:last]
    if len(part.split()) > most_words:
        part = _words_from(sentence, max(first, _word_start(sentence, place, first)), last, most_words, edges)
    return _tidy(_led(part.strip(), edges))


def _clauses_around(sentence: str, start: int, place: int, most_words: int, edges: _Edges) -> Span:
    """The clause at `place`, grown by later and then earlier clauses while the words allow."""
    ends = [m.end() for m in edges.clause_end.finditer(sentence, start) if m.end() > start]
    clauses = list(pairwise([start, *ends, len(sentence)]))
    at = next(n for n, (_, end) in enumerate(clauses) if place < end or n == len(clauses) - 1)
    first, last = at, at
    while last + 1 < len(clauses) and _fits(sentence, clauses[first][0], clauses[last + 1][1], most_words):
        last += 1
    while first > 0 and _fits(sentence, clauses[first - 1][0], clauses[last][1], most_words):
        first -= 1
    return clauses[first][0], clauses[last][1]


def _fits(sentence: str, start: int, end: int, most_words: int) -> bool:
    part = sentence[start:end].strip(_EDGE)
    return len(part.split()) <= most_words and not _BREAK.search(part)


def _word_start(sentence: str, place: int, least: int) -> int:
    """A few words before `place`, so that what stands there keeps its subject."""
    starts = [m.start() for m in re.finditer(r"\S+", sentence[least:place])]
    return least + starts[-4] if len(starts) >= 4 else least


def _words_from(sentence: str, start: int, end: int, most_words: int, edges: _Edges) -> str:
    words = list(re.finditer(r"\S+", sentence[start:end]))[:most_words]
    part = sentence[start : start + words[-1].end()]
    while dangling := edges.dangling.search(part):
        part = part[: dangling.start()]
    return part


def _tidy(part: str) -> str:
    """Without loose punctuation at its edges and without a bracket or quotation mark left alone."""
    part = _BREAK.split(part.strip(_EDGE))[0].strip(_EDGE)
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        if part.count(opening) > part.count(closing) and closing not in "’":
            part = _longer_side(part, part.rfind(opening))
        if part.count(closing) > part.count(opening) and closing not in "’":
            part = _longer_side(part, part.find(closing))
    if part.count('"') % 2:
        part = _longer_side(part, part.rfind('"'))
    return part


def _longer_side(part: str, at: int) -> str:
    return max(part[:at].strip(_EDGE), part[at + 1 :].strip(_EDGE), key=len)
