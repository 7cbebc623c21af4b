"""Sentences as exact spans of a text."""

import re
from collections.abc import Iterator
from itertools import pairwise

import sentencex

Span = tuple[int, int]

_WRAPPED = range(55, 121)
_WRAP_SPREAD = 25
_WINDOW = 2_000
_LIST_ITEM = re.compile(r"\s*(?:[-*•–—·]|\d{1,2}[.)]|\[[ xX]?\])\s")


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at either end; empty spans stay empty."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def paragraphs(text: str) -> Iterator[Span]:
    """Spans that no sentence crosses: lines, except where a paragraph was wrapped by hand."""
    for block in _blocks(text):
        lines = list(pairwise(block))
        if _is_wrapped([text[a:b] for a, b in lines]):
            yield lines[0][0], lines[-1][1]
        else:
            yield from lines


def _blocks(text: str) -> Iterator[list[int]]:
    """Starts of the lines of each block between blank lines or list items, and the block's end."""
    starts: list[int] = []
    position = 0
    for line in text.splitlines(keepends=True):
        if starts and (not line.strip() or _LIST_ITEM.match(line)):
            yield [*starts, position]
            starts = []
        if line.strip():
            starts.append(position)
        position += len(line)
    if starts:
        yield [*starts, position]


def _is_wrapped(lines: list[str]) -> bool:
    """Several full lines of nearly the same length and a last one that is no longer."""
    full = [len(line.rstrip()) for line in lines[:-1]]
    return (
        len(full) >= 2
        and all(length in _WRAPPED for length in full)
        and max(full) - min(full) <= _WRAP_SPREAD
        and len(lines[-1]) <= max(full) + _WRAP_SPREAD
    )


def sentence_spans(text: str, language: str = "en") -> list[Span]:
    """Trimmed, ordered, non-empty spans (code points) that together hold every visible character."""
    return [
        span for a, b in paragraphs(text) for span in _segmented(text, a, b, language) if span[0] < span[1]
    ]


def _segmented(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    """The sentences of one paragraph, a window at a time: the segmenter's time grows with the square."""
    while start < end:
        window = text[start : min(end, start + _WINDOW)]
        ends = [boundary["end_index"] for boundary in sentencex.get_sentence_boundaries(language, window)]
        if start + len(window) < end and len(ends) > 1:
            ends.pop()
        for first, last in pairwise([0, *ends]):
            yield trimmed(text, start + first, start + last)
        start += ends[-1]
