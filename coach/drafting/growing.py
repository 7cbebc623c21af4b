"""A model's answer while it grows: each line as soon as it is whole, whatever stands around it."""

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

from pydantic_core import from_json

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_OPENING = re.compile(r"[{\[]")
_DECODER = JSONDecoder(strict=False)
_STRUCTURE = re.compile(r"[{}\[\]]")
_MOST_CHARS = 60_000
_ENDS = ("]}", "]")
_CYCLES = [(length, max(8, 160 // length)) for length in range(1, 61)]


class GrowingAnswer:
    """Text as it comes, and the lines in it: members of a list that stands alone or as `items`.

    Thoughts, a fence, a preface and an afterword are no part of it. What is cut off loses its last line.
    """

    def __init__(self) -> None:
        self._text = ""
        self._given = 0

    @property
    def is_empty(self) -> bool:
        return not self._text.strip()

    @property
    def is_endless(self) -> bool:
        """Longer than any answer in form, or the same few words over and over: a model that does not end."""
        said = len(self._text)
        return said > _MOST_CHARS or any(
            said >= length * times and self._text.endswith(self._text[-length:] * times)
            for length, times in _CYCLES
        )

    @property
    def is_whole(self) -> bool:
        """Whether its JSON ended."""
        return self._read()[1]

    @property
    def has_form(self) -> bool:
        """Whether there are lines, or an empty list of them."""
        return self._read()[0] is not None

    def take(self, more: str) -> list[Any]:
        """The lines that became whole by what came."""
        self._text += more
        if not _STRUCTURE.search(more) or self._thinks:
            return []
        lines, is_whole = self._read()
        whole = (lines or []) if is_whole or self._ends_with_a_line() else (lines or [])[:-1]
        new, self._given = whole[self._given :], max(self._given, len(whole))
        return new

    @property
    def _thinks(self) -> bool:
        """Whether a thought has begun and not ended."""
        return self._text.rfind("<think>") > self._text.rfind("</think>")

    def _ends_with_a_line(self) -> bool:
        """Whether nothing is missing but the list's end, so that its last line is whole."""
        text = _THOUGHT.sub("", self._text)
        opening = _OPENING.search(text)
        begun = text[opening.start() :].rstrip(" ,\n\t") if opening else ""
        return begun.endswith("}") and any(_is_json(begun + end) for end in _ENDS)

    def _read(self) -> tuple[list[Any] | None, bool]:
        """The lines, None where there is no list of them, and whether the JSON ended."""
        text = _THOUGHT.sub("", self._text)
        opening = _OPENING.search(text)
        if opening is None:
            return None, False
        try:
            return _lines(_DECODER.raw_decode(text, opening.start())[0]), True
        except JSONDecodeError:
            pass
        try:
            return _lines(from_json(text[opening.start() :], allow_partial=True)), False
        except ValueError:
            return None, False


def _is_json(text: str) -> bool:
    try:
        _DECODER.decode(text)
    except JSONDecodeError:
        return False
    return True


def _lines(told: Any) -> list[Any] | None:
    if isinstance(told, dict):
        items = told.get("items", [told] if "text" in told else None)
        return items if isinstance(items, list) else None
    return told or None if isinstance(told, list) else None
