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
    def is_too_long(self) -> bool:
        """Longer than any answer in form: a model that does not end."""
        return len(self._text) > _MOST_CHARS

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
        if not _STRUCTURE.search(more):
            return []
        lines, ended = self._read()
        whole = (lines or []) if ended else (lines or [])[:-1]
        new, self._given = whole[self._given :], max(self._given, len(whole))
        return new

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


def _lines(told: Any) -> list[Any] | None:
    if isinstance(told, dict):
        items = told.get("items", [told] if "text" in told else None)
        return items if isinstance(items, list) else None
    return told or None if isinstance(told, list) else None
