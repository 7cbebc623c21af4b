"""A model that lies: well-formed answers on evidence that exists, most of their lines false.

It reads the evidence out of the prompt, as any model must, and remembers each lie with its kind.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from tests.integration.model_replies import Asked
from tests.llm.lies import KINDS, PROMISE, lies_about
from tests.llm.showing import Evidence, Shown, plain, shown_in

TRUE = "true"
ANOTHER_NOTE = "cited from another note"
WRONG_SECTION = "promise filed under done"
ACTION_DONE = "open action told as done"
LIE_KINDS = (*KINDS, ANOTHER_NOTE, WRONG_SECTION, ACTION_DONE)
_MOST_OF_A_KIND, _MOST_TOPICS, _MOST_LINES, _TRUE_LINES = 4, 14, 18, 2
_MOST_WORDS_ASKED = 18
_SECTIONS = {
    "agenda": ("focus", "discussion"),
    "reflection": ("what", "so_what", "now_what"),
    "feedback": ("gentle", "direct", "question"),
    "progress": ("done", "learned", "open", "next"),
}
_QUESTIONS = {
    "what": "What was going on for you when {}?",
    "so_what": "What does it mean to you that {}?",
    "now_what": "What will you do next, now that {}?",
}


@dataclass(frozen=True)
class Told:
    """What one line tells, true or a lie, and what it was made from.

    A lie that quotes exactly is one only under `section`, or unless `true_of` is cited.
    """

    kind: str
    words: str
    made_from: str
    line: dict[str, Any]
    section: str | None = None
    true_of: str | None = None


class Liar:
    """Tells every question's lies a few at a time, for as often as the same is asked."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._left: dict[str, list[Told]] = {}
        self._true: dict[str, list[Told]] = {}
        self._open_actions: dict[str, tuple[str, ...]] = defaultdict(tuple)

    def has_more(self, asked: Asked) -> bool:
        """Whether there are lies that this question has not been answered with."""
        return bool(self._left[asked.user])

    def answer(self, asked: Asked) -> str:
        if asked.user not in self._left:
            self._prepare(asked)
        left, true = self._left[asked.user], self._true[asked.user]
        most = _MOST_TOPICS if asked.kind == "agenda" else _MOST_LINES
        now = [*left[:most], *true[:_TRUE_LINES]]
        self._left[asked.user] = left[most:]
        self._true[asked.user] = [*true[_TRUE_LINES:], *true[:_TRUE_LINES]]
        self.told += now
        return json.dumps({"items": [told.line for told in now]})

    def _prepare(self, asked: Asked) -> None:
        shown = shown_in(asked)
        if shown.open_actions:
            self._open_actions[shown.reader] = shown.open_actions
        shown = shown.knowing(self._open_actions[shown.reader])
        lies, true = (_of_themes if shown.kind == "learnings" else _of_notes)(shown)
        self._left[asked.user] = [_fitted(told, asked) for told in lies]
        self._true[asked.user] = [_fitted(told, asked) for told in true]


def _fitted(told: Told, asked: Asked) -> Told:
    """With the fields alone that the schema asks for."""
    return replace(told, line={name: told.line[name] for name in asked.line_fields})


def _of_notes(shown: Shown) -> tuple[list[Told], list[Told]]:
    """Lies about what the notes, the draft and the records say, and true lines."""
    draft = [Evidence("", "", "", shown.draft)] if shown.draft else []
    sentences = [*draft, *shown.evidence]
    by_kind: dict[str, list[tuple[Evidence, str]]] = defaultdict(list)
    for sentence in sentences:
        for kind, lie in lies_about(sentence, shown):
            by_kind[kind].append((sentence, lie))
    by_kind[ACTION_DONE] = list(_done_actions(shown))
    lies = [
        told
        for kind in (*KINDS, ACTION_DONE)
        for sentence, lie in _spread(by_kind[kind])
        for told in _lines(kind, lie, sentence, shown.kind)
    ]
    lies += chain(_misplaced(shown), _misfiled(shown))
    return lies, [t for s in sentences if _is_plain(s) for t in _lines(TRUE, s.text, s, shown.kind)]


def _is_plain(sentence: Evidence) -> bool:
    return not sentence.text.rstrip().endswith("?") and not PROMISE.search(sentence.text)


def _done_actions(shown: Shown) -> Iterator[tuple[Evidence, str]]:
    for title in shown.open_actions:
        for sentence in shown.evidence[:1]:
            yield sentence, f"Done: “{title}”"
            yield sentence, f"{title} is done"


def _spread(made: list[tuple[Evidence, str]]) -> list[tuple[Evidence, str]]:
    """Some of them, from all over the evidence."""
    step = max(1, -(-len(made) // _MOST_OF_A_KIND))
    return made[::step]


def _lines(kind: str, words: str, sentence: Evidence, asked: str) -> Iterator[Told]:
    """The words in every form and section in which this kind of advice could tell them."""
    evidence = [sentence.id] if sentence.id else []
    for section in _SECTIONS.get(asked, ("",)):
        texts = _phrased(words, sentence, asked, section)
        for text, detail in texts:
            parts = {"situation": None, "behaviour": words, "impact": None, "request": None}
            line = {"text": text, "detail": detail, "section": section, "parts": parts, "evidence": evidence}
            yield Told(kind, words, sentence.text, line)


def _phrased(words: str, sentence: Evidence, asked: str, section: str) -> list[tuple[str, str]]:
    """Text and detail."""
    if asked == "reflection":
        inner = words.strip(" -.!")
        short = len(inner.split()) <= _MOST_WORDS_ASKED
        return [(_QUESTIONS[section].format(inner), "")] if short else []
    if asked == "feedback":
        return [(f"{words.rstrip('.')}. How do you see it?", "")]
    if asked == "agenda" and section == "discussion":
        return [(f"Come back to: {sentence.text}", words)]
    return [(words, sentence.text)]


def _misplaced(shown: Shown) -> Iterator[Told]:
    """True sentences that name another note, of another day, as where they stand."""
    days = shown.evidence
    pairs = [(a, b) for a, b in zip(days, [*days[1:], *days[:1]], strict=True) if a.date != b.date]
    for sentence, other in _spread([(b, a.text) for a, b in pairs if not _overlap(a, b)]):
        for told in _lines(ANOTHER_NOTE, other, sentence, shown.kind):
            yield replace(told, true_of=other)


def _overlap(one: Evidence, other: Evidence) -> bool:
    return plain(one.text) in plain(other.text) or plain(other.text) in plain(one.text)


def _misfiled(shown: Shown) -> Iterator[Told]:
    """Promises, word for word, as what was done."""
    if shown.kind != "progress":
        return
    for sentence in shown.evidence:
        if PROMISE.search(sentence.text):
            line = {"text": sentence.text, "section": "done", "evidence": [sentence.id]}
            yield Told(WRONG_SECTION, sentence.text, sentence.text, line, section="done")


def _of_themes(shown: Shown) -> tuple[list[Told], list[Told]]:
    """Lies about what a program has learned, and true lines."""
    lies, true = [], []
    for key, words in shown.themes.items():
        others = next((other for other_key, other in shown.themes.items() if other_key != key), ["mergers"])
        listed = " and ".join(words[:2])
        for kind, lie in _about_theme(listed, " and ".join(others[:2])):
            lies.append(Told(kind, lie, listed, {"text": lie, "theme": key}))
        fair = f"What pairings write about: {', '.join(words)}"
        true.append(Told(TRUE, fair, listed, {"text": fair, "theme": key}))
    return lies, true


def _about_theme(listed: str, other: str) -> Iterable[tuple[str, str]]:
    return (
        ("roles exchanged", f"Seniors teach their juniors {listed}."),
        ("promise told as done", f"Pairings are done with {listed}."),
        ("number changed", f"Twelve pairings write about {listed}."),
        ("date changed", f"Pairings wrote about {listed} in January."),
        ("negation dropped or added", f"Pairings do not write about {listed}."),
        ("sentiment inverted", f"Pairings hate {listed}."),
        ("event invented", f"Pairings held a workshop on {listed}."),
        ("scope widened", f"All pairings write about {listed} all the time."),
        ("name changed", f"Pairings at Siemens write about {listed}."),
        (ANOTHER_NOTE, f"Pairings write about {other} here."),
    )
