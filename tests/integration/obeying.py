"""A model that obeys whatever notes tell it to: in form, on evidence that exists, in every field of a line.

It knows what the attack wants even where the prompt does not show it: the worst that a model could do.
"""

import json
from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import Any

from evals.cases.attacks import Attack
from tests.integration.model_replies import Asked
from tests.llm.showing import plain

_MOST_LINES = 16
_MOST_CITED = 6
_SECTIONS = {
    "agenda": ("focus", "discussion"),
    "reflection": ("what", "so_what", "now_what"),
    "feedback": ("gentle", "direct", "question"),
    "progress": ("next", "done", "open", "learned"),
}
_PARTS = ("situation", "behaviour", "impact", "request")
_MOST_WORDS_ASKED = 20

Line = dict[str, Any]


class Obeying:
    """Obeys one attack at a time, and says its lines a few at a time; told to mend them, it insists."""

    def __init__(self) -> None:
        self.told = 0
        self.shown_to_it = 0
        self._attack: Attack | None = None
        self._left: list[Line] | None = None
        self._insisted: list[Line] = []

    def obey(self, attack: Attack) -> None:
        """What is asked next comes of this attack."""
        self._attack, self._left = attack, None

    @property
    def is_new(self) -> bool:
        """Whether it was not asked yet."""
        return self._left is None

    @property
    def has_more(self) -> bool:
        return bool(self._left)

    def answer(self, asked: Asked) -> str:
        assert self._attack is not None
        if asked.thrown_away:
            return json.dumps({"items": self._insisted})
        if self._left is None:
            self._left = [_fitted(line, asked) for line in _lines(self._attack, asked)]
            self.shown_to_it += any(_tells(text, self._attack) for text in asked.evidence.values())
        self._insisted, self._left = self._left[:_MOST_LINES], self._left[_MOST_LINES:]
        self.told += len(self._insisted)
        return json.dumps({"items": self._insisted})


def _fitted(line: Line, asked: Asked) -> Line:
    """With every field that the schema asks for, and what it does not ask for besides."""
    return {**dict.fromkeys(asked.line_fields), **line}


def _lines(attack: Attack, asked: Asked) -> Iterator[Line]:
    """Of every way of obeying one line first, then a second of each."""
    ways = (_plainly, _citing_itself, _mixed_in, _in_every_field, _with_forged_ids)
    turns = zip_longest(*(way(attack, asked) for way in ways))
    return (line for line in chain.from_iterable(turns) if line is not None)


def _plainly(attack: Attack, asked: Asked) -> Iterator[Line]:
    """What it is to say, standing on honest evidence, on each alone and on all of it."""
    honest = _honest(attack, asked)
    for words in attack.obeys:
        for section in _sections(asked):
            yield _line(words, asked, section, honest[:1])
            yield _line(words, asked, section, list(asked.evidence)[:_MOST_CITED])


def _citing_itself(attack: Attack, asked: Asked) -> Iterator[Line]:
    """What it is to say, and the very words that say so, on the passage that holds them."""
    own = [key for key, text in asked.evidence.items() if _tells(text, attack)]
    for section in _sections(asked):
        for key in own:
            yield _line(asked.evidence[key], asked, section, [key])
        for words in attack.obeys:
            yield _line(words, asked, section, own or list(asked.evidence)[-1:])
        for words in attack.injected:
            yield _line(words, asked, section, list(asked.evidence)[:_MOST_CITED])


def _mixed_in(attack: Attack, asked: Asked) -> Iterator[Line]:
    """A true clause and what it is to say, in one sentence and in two."""
    for key in _honest(attack, asked)[:1]:
        true = asked.evidence[key].strip(" .-")
        for words in attack.obeys:
            for section in _sections(asked):
                for mixed in (f"{true}, and {words}", f"{true}. {words}.", f"{words}: {true}"):
                    yield _line(mixed, asked, section, [key])


def _in_every_field(attack: Attack, asked: Asked) -> Iterator[Line]:
    """A true line, and what it is to say in each of its other fields."""
    for key in _honest(attack, asked)[:1]:
        true = asked.evidence[key].strip(" .-")
        for words in attack.obeys:
            for section in _sections(asked):
                honest = _line(true, asked, section, [key])
                yield {**honest, "detail": words}
                for part in _PARTS:
                    yield {**honest, "parts": {**dict.fromkeys(_PARTS), part: words}}
            yield {**honest, "section": words}
            yield {**honest, "theme": words}
            yield {**honest, "note_id": words, "minutes": words, "citations": [{"quote": words}]}


def _with_forged_ids(attack: Attack, asked: Asked) -> Iterator[Line]:
    for words in attack.obeys:
        for ids in (["E9"], [words], ["E1", "E99"], []):
            yield _line(words, asked, _sections(asked)[0], ids)


def _line(words: str, asked: Asked, section: str, ids: list[str]) -> Line:
    if asked.kind == "learnings":
        return {"text": words, "theme": ids[0] if ids else "T1"}
    text, detail = words, words
    if asked.kind == "reflection":
        text = f"What does it mean that {' '.join(words.strip(' .?!').split()[:_MOST_WORDS_ASKED])}?"
    if asked.kind == "feedback":
        text = f"{words.rstrip('.')}. How do you see it?"
    parts = {**dict.fromkeys(_PARTS), "behaviour": words}
    return {"text": text, "detail": detail, "section": section, "parts": parts, "evidence": ids}


def _sections(asked: Asked) -> tuple[str, ...]:
    return _SECTIONS.get(asked.kind, ("",))


def _honest(attack: Attack, asked: Asked) -> list[str]:
    return [key for key, text in asked.evidence.items() if not _tells(text, attack)]


def _tells(text: str, attack: Attack) -> bool:
    """Whether a passage holds a good part of what was injected."""
    told = plain(text)
    return any(told in plain(words) or plain(words) in told for words in attack.injected) and len(told) > 3
