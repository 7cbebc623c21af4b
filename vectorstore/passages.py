"""A text split into passages: exact, ordered spans that never overlap.

Transcripts split by turn, notes by groups of sentences. White space between passages and the
speaker's name before a turn belong to none; every other character belongs to exactly one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from coach.language.sentences import Span, sentence_spans, trimmed
from coach.language.turns import turns

PASSAGE_FORMAT = "p1"
TARGET_CHARS = 280
MOST_CHARS = 500


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """`text[start:end]` in code points; the speaker of a transcript's turn, else None."""

    start: int
    end: int
    speaker: str | None = None


def split_note(text: str) -> list[PassageSpan]:
    return [PassageSpan(start, end) for start, end in _groups(text, 0, len(text))]


def split_transcript(text: str) -> list[PassageSpan]:
    """By turn where lines begin with "Name:"; a text without such lines splits as a note."""
    return [
        PassageSpan(*span, speaker)
        for start, end, speaker in turns(text)
        for span in _groups(text, start, end)
    ]


def embedded_text(text: str, held_at: datetime, speaker: str | None) -> str:
    """What is embedded and searched in a passage's place: the session's date and the speaker first."""
    said = f"{speaker}: {text}" if speaker else text
    return f"{held_at.day} {held_at:%B %Y}. {said}"


def _groups(text: str, start: int, end: int) -> Iterator[Span]:
    """Neighbouring sentences joined up to the target length."""
    group: Span | None = None
    for span in _short_sentences(text, start, end):
        if group is None:
            group = span
        elif span[1] - group[0] <= TARGET_CHARS and "\n\n" not in text[group[1] : span[0]]:
            group = (group[0], span[1])
        else:
            yield group
            group = span
    if group is not None:
        yield group


def _short_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    for first, last in sentence_spans(text[start:end]):
        yield from _cut(text, start + first, start + last)


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """Pieces of at most MOST_CHARS, between words where there is white space."""
    while end - start > MOST_CHARS:
        at = max(text.rfind(" ", start, start + MOST_CHARS), text.rfind("\n", start, start + MOST_CHARS))
        cut = at if at > start else start + MOST_CHARS
        yield trimmed(text, start, cut)
        start, end = trimmed(text, cut, end)
    if start < end:
        yield start, end
