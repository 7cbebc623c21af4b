"""What speaks for a sentence as the answer to a question: one column of numbers for each signal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log

import numpy as np
from numpy.typing import NDArray

from coach.advice.reading import Reading
from coach.advice.sentences import Said
from coach.language.cues import cues
from coach.language.words import stem, stop_words, words
from coach.ports import Matched

Floats = NDArray[np.float32]

_NAME_WEIGHT, _LEAST_WEIGHT = 0.3, 0.05
_LEAST_SHARE = 1e-9
KINDS = ("year", "number", "time", "person")
_HALF_LENGTH = 2.7


@dataclass(frozen=True, slots=True)
class Heard:
    """Sentences in the order of their notes, the score of each one's passage, and how they match."""

    said: tuple[Said, ...]
    scores: Floats
    matched: Matched

    @property
    def notes(self) -> NDArray[np.int_]:
        """A number for each sentence's note."""
        ids = [said.excerpt.note_id for said in self.said]
        begins = [int(a != b) for a, b in zip(ids, [ids[0], *ids], strict=False)]
        return np.array(list(accumulate(begins)), dtype=np.int_)


class Question:
    """A question against one reader's notes: its kind, whom it names, how rare each of its words is there."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text, self.reading = text, reading
        self._cues = cues(reading.language)
        self._language = reading.language
        self._rarity = Rarity(reading.stems(passage.excerpt.text) for passage in reading.passages)
        people = [person.name for person in reading.people.values()]
        self._names = frozenset(_plain(word) for name in people for word in words(name))
        self.words = frozenset(_plain(word) for word in words(text))
        self.wanted = reading.stems(text) - reading.stems(" ".join(people))
        asks = self._cues.questions
        self.kind = next((kind for kind, wording in asks.items() if wording.search(text)), None)

    @property
    def persons(self) -> frozenset[str]:
        """First names that it names; who says "I" names the reader."""
        first = {_first(person.name) for person in self.reading.people.values()}
        own = {_first(self.reading.reader.name)} if self.words & self._cues.draft.self else set()
        return frozenset(first & self.words | own)

    def weights(self, matched: Matched) -> tuple[Floats, NDArray[np.bool_]]:
        """How rare each token's word is, sum 1, and which tokens are of words that carry meaning."""
        stopped = stop_words(self._language)
        found = np.zeros(len(matched.places), dtype=np.float32)
        for at, (start, end) in enumerate(matched.places.tolist()):
            held = words(self._whole(start, end))
            if held and len(held[0]) > 1 and held[0].lower() not in stopped:
                found[at] = self._weight(held[0]) / max(1, self._pieces(matched, start, end))
        content = found > 0
        if not content.any():
            content[:] = found[:] = 1
        return found / max(found.sum(), _LEAST_SHARE), content

    def _weight(self, word: str) -> float:
        rare = self._rarity(stem(word, self._language))
        return max(_LEAST_WEIGHT, rare * (_NAME_WEIGHT if _plain(word) in self._names else 1))

    def _whole(self, start: int, end: int) -> str:
        """The word that a token is a piece of."""
        while start > 0 and _joins(self.text[start - 1]) and _joins(self.text[start]):
            start -= 1
        while end < len(self.text) and _joins(self.text[end]) and _joins(self.text[end - 1]):
            end += 1
        return self.text[start:end]

    def _pieces(self, matched: Matched, start: int, end: int) -> int:
        word = self._whole(start, end)
        return sum(self._whole(a, b) == word for a, b in matched.places.tolist())

    def covered(self, stems: Iterable[frozenset[str]]) -> Floats:
        return np.array([self._rarity.covered(self.wanted, held) for held in stems], dtype=np.float32)

    def holds(self, kind: str, said: Said) -> bool:
        """A year, a number, a time or a person that the question does not name itself."""
        if kind == "person":
            held = {_plain(word) for word in words(said.text)[1:] if word[0].isupper() and len(word) > 1}
        else:
            held = {match.group().lower() for match in self._cues.holds[kind].finditer(said.text)}
        return bool(held - self.words)


def signals(question: Question, heard: Heard) -> dict[str, Floats]:
    """Each signal by its name, shape (n,)."""
    found = {
        **_by_words(question, heard),
        **_by_meaning(heard),
        **_by_stems(question, heard),
        **_by_kind(question, heard.said),
        **_by_place(question, heard),
        **_by_person(question, heard.said),
    }
    return {name: np.asarray(values, dtype=np.float32) for name, values in found.items()}


def _by_words(question: Question, heard: Heard) -> dict[str, Floats]:
    """How each word is matched in the sentence, close by and in its note."""
    best, notes = heard.matched.best, heard.notes
    weights, content = question.weights(heard.matched)
    near, wide = _window(best, notes, -1, 1), _window(best, notes, -3, 3)
    note = np.stack([best[:, notes == at].max(axis=1) for at in range(notes[-1] + 1)], axis=1)
    return {
        "words": best.mean(axis=0),
        "content": best[content].mean(axis=0),
        "rare": weights @ best,
        "rare near": weights @ near,
        "rare wide": weights @ wide,
        "rare before": weights @ _window(best, notes, -2, 0),
        "rare note": (weights @ note)[notes],
        "least": _window(best, notes, -2, 1)[content].min(axis=0),
    }


def _by_meaning(heard: Heard) -> dict[str, Floats]:
    notes, meaning, held = heard.notes, heard.matched.meaning, heard.matched.meanings
    own = held @ meaning
    whole = np.stack([held[notes == at].sum(axis=0) for at in range(notes[-1] + 1)])
    return {
        "meaning": own,
        "meaning near": _mean(held, notes, -1, 1) @ meaning,
        "meaning wide": _mean(held, notes, -3, 3) @ meaning,
        "meaning before": _mean(held, notes, -2, 0) @ meaning,
        "meaning note": (_unit(whole) @ meaning)[notes],
        "previous": _shifted(own, notes, -1, 0),
        "next": _shifted(own, notes, 1, 0),
        "passage": np.log(heard.scores + _LEAST_SHARE),
    }


def _by_stems(question: Question, heard: Heard) -> dict[str, Floats]:
    own = [said.stems for said in heard.said]
    notes = heard.notes
    around = [
        frozenset().union(
            *(own[j] for j in range(max(0, i - 2), min(len(own), i + 2)) if notes[j] == notes[i])
        )
        for i in range(len(own))
    ]
    return {"covered": question.covered(own), "covered near": question.covered(around)}


def _by_kind(question: Question, said: Sequence[Said]) -> dict[str, NDArray[np.float64]]:
    """Whether it holds what is asked for, and what it holds when nothing of the kind is."""
    found = {}
    for kind in KINDS:
        holds = np.array([question.kind in (kind, None) and question.holds(kind, s) for s in said])
        asked = question.kind == kind
        found[f"holds {kind}"] = holds * float(asked)
        found[f"lacks {kind}"] = (1.0 - holds) * float(asked)
        if question.kind is None and kind in ("number", "person"):
            found[f"any {kind}"] = holds * 1.0
        elif kind in ("number", "person"):
            found[f"any {kind}"] = np.zeros(len(said))
    return found


def _by_place(question: Question, heard: Heard) -> dict[str, Floats]:
    """Where and how it stands: after a question, late, long, as a question itself, as something open."""
    said, notes = heard.said, heard.notes
    sessions = max(1, len(question.reading.sessions))
    asks = np.array([float(s.is_question) for s in said])
    after = _shifted(asks, notes, -1, 0)
    own = heard.matched.meanings @ heard.matched.meaning
    lengths = np.log([max(1, len(words(s.text))) for s in said])
    starts = np.array([0, *np.flatnonzero(np.diff(notes)) + 1])
    sizes = np.bincount(notes)[notes]
    return {
        "asks": asks,
        "after question": after,
        "after like question": after * _shifted(own, notes, -1, 0),
        "open": np.array([float(cues(s.language).open.search(s.text) is not None) for s in said]),
        "new": heard.matched.new,
        "length": lengths,
        "odd length": (lengths - _HALF_LENGTH) ** 2,
        "late": np.array([(s.session + 1) / sessions for s in said]),
        "down the note": (np.arange(len(said)) - starts[notes]) / np.maximum(1, sizes - 1),
    }


def _by_person(question: Question, said: Sequence[Said]) -> dict[str, Floats]:
    persons, reader = question.persons, _first(question.reading.reader.name)
    speakers = [_first(s.excerpt.speaker or "") for s in said]
    named = [{_plain(word) for word in words(s.text)} | {by} for s, by in zip(said, speakers, strict=True)]
    return {
        "persons": np.array([len(persons & held) / max(1, len(persons)) for held in named]),
        "no persons": np.full(len(said), float(not persons)),
        "speaker asked": np.array([float(by in persons) for by in speakers]),
        "speaker reads": np.array([float(by == reader) for by in speakers]),
    }


class Rarity:
    """How telling each stem is among some texts, given as stems; one that none of them has is the most."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        self._count = 0
        self._with: dict[str, int] = {}
        for text in texts:
            self._count += 1
            for held in text:
                self._with[held] = self._with.get(held, 0) + 1

    def __call__(self, stem: str) -> float:
        with_it = self._with.get(stem, 0)
        return log(1 + (self._count - with_it + 0.5) / (with_it + 0.5))

    def covered(self, wanted: frozenset[str], by: frozenset[str]) -> float:
        """The share of what is wanted, by weight, 0 to 1."""
        total = sum(map(self, wanted))
        return sum(map(self, wanted & by)) / total if total else 0.0


def _shifted(values: Floats, notes: NDArray[np.int_], by: int, empty: float) -> Floats:
    """Each sentence's neighbour's value along the last axis, `empty` where the note has none."""
    moved = np.full_like(values, empty)
    here, there = (slice(None, -by), slice(by, None)) if by > 0 else (slice(-by, None), slice(None, by))
    same = notes[here] == notes[there]
    moved[..., here] = np.where(same, values[..., there], empty)
    return moved


def _window(best: Floats, notes: NDArray[np.int_], first: int, last: int) -> Floats:
    """The best of each sentence and its neighbours in the note."""
    others = [_shifted(best, notes, by, -1) for by in range(first, last + 1) if by]
    held: Floats = np.maximum.reduce([best, *others])
    return held


def _mean(meanings: Floats, notes: NDArray[np.int_], first: int, last: int) -> Floats:
    """The unit mean of each sentence and its neighbours in the note."""
    others = [_shifted(meanings.T, notes, by, 0).T for by in range(first, last + 1) if by]
    return _unit(np.add.reduce([meanings, *others]))


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = (vectors / np.maximum(lengths, _LEAST_SHARE)).astype(np.float32)
    return scaled


def _plain(word: str) -> str:
    return word.lower().removesuffix("'s").removesuffix("’s")


def _first(name: str) -> str:
    return next(iter(words(name)), "").lower()


def _joins(char: str) -> bool:
    return char.isalnum() or char in "'’-"
