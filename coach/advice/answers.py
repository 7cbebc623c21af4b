"""Answering a question from the notes, or not at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, log

from coach.advice.briefs import AnswerBrief
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.notes import Found
from coach.domain.visibility import Actor
from coach.language.words import content_stems, words
from coach.ports import Records, Search

_PASSAGES = 8
_SENTENCES = 14
_MOST_ANSWERS = 2
_SECOND_WITHIN = 0.12

# Logistic weights, fitted by evals/calibrate_answers.py on one half of the demonstration questions.
_WEIGHTS = {"bias": -6.0, "likeness": 6.0, "coverage": 5.0, "nearby": 1.5, "kind": 1.0}
_THRESHOLD = 0.5

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"hundred|thousand|half|twice|once|dozen|couple|none)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:\d{1,2}[:.]\d{2}|\d{4}|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|"
    r"may|june|july|august|september|october|november|december|today|tomorrow|yesterday|tonight|morning|afternoon|evening|"
    r"night|noon|week|weeks|month|months|day|days|year|years|quarter|hour|hours|minutes|before|after|until|since|next|last|ago)\b",
    re.IGNORECASE,
)
_ASKS = (
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|often|old|far)\b|\bwhat (?:number|percentage|share)\b", re.IGNORECASE
        ),
    ),
    (
        "time",
        re.compile(
            r"\b(?:when|what (?:time|day|date)|which (?:day|week|month)|by when|how long|how often)\b",
            re.IGNORECASE,
        ),
    ),
    ("person", re.compile(r"\bwho(?:se|m)?\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class QuestionAsk:
    pairing_id: str
    question: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence and how well it answers: `probability` from 0 to 1."""

    said: Said
    features: dict[str, float]

    @property
    def probability(self) -> float:
        z = _WEIGHTS["bias"] + sum(_WEIGHTS[name] * value for name, value in self.features.items())
        return 1 / (1 + exp(-z))


async def answer_brief(
    records: Records, search: Search, actor: Actor, ask: QuestionAsk, now: datetime
) -> AnswerBrief:
    reading = await read_pairing(records, actor, ask.pairing_id, now)
    ranked = await candidates(reading, search, ask.question)
    answers = [c for c in ranked if c.probability >= _THRESHOLD]
    best = answers[0].probability if answers else 0.0
    kept = [c.said for c in answers if c.probability >= best - _SECOND_WITHIN][:_MOST_ANSWERS]
    near = [c.said for c in ranked if c.said not in kept][:_PASSAGES]
    return AnswerBrief(reading, ask.question, tuple(kept), tuple(near))


async def candidates(reading: Reading, search: Search, question: str) -> list[Candidate]:
    """Sentences of the best passages, the likeliest answer first."""
    found = await search.search(question, reading.scope, reading.passages, _PASSAGES)
    said = [(s, hit) for hit in found for s in reading.sentences_of(hit) if not s.is_question and s.stems]
    said = said[:_SENTENCES]
    if not said:
        return []
    likeness = await search.likeness(question, [f"{s.excerpt.speaker}: {s.text}" for s, _ in said])
    rarity = Rarity(reading)
    made = [
        Candidate(s, _features(question, s, hit, like, rarity, reading))
        for (s, hit), like in zip(said, likeness, strict=True)
    ]
    return sorted(made, key=lambda c: (-c.probability, c.said.excerpt.note_id, c.said.excerpt.start))


class Rarity:
    """How telling each stem is among the passages read; a stem that none of them has is the most telling."""

    def __init__(self, reading: Reading) -> None:
        self._count = len(reading.passages)
        self._with: dict[str, int] = {}
        for passage in reading.passages:
            for stem in content_stems(f"{passage.excerpt.speaker} {passage.excerpt.text}"):
                self._with[stem] = self._with.get(stem, 0) + 1

    def __call__(self, stem: str) -> float:
        return log(1 + (self._count - self._with.get(stem, 0) + 0.5) / (self._with.get(stem, 0) + 0.5))

    def covered(self, wanted: Sequence[str] | frozenset[str], by: frozenset[str]) -> float:
        """The share of what is wanted, by weight, 0 to 1."""
        total = sum(map(self, wanted))
        return sum(self(stem) for stem in wanted if stem in by) / total if total else 0.0


def _features(
    question: str, said: Said, hit: Found, likeness: float, rarity: Rarity, reading: Reading
) -> dict[str, float]:
    wanted = content_stems(question)
    speaker = content_stems(said.excerpt.speaker or "")
    coverage = rarity.covered(wanted, said.stems | speaker)
    nearby = rarity.covered(wanted, content_stems(hit.passage.excerpt.text) | speaker)
    return {
        "likeness": likeness,
        "coverage": coverage,
        "nearby": max(nearby - coverage, 0.0),
        "kind": 1.0 if _is_of_kind(question, said, reading) else 0.0,
    }


def _is_of_kind(question: str, said: Said, reading: Reading) -> bool:
    """Whether the sentence holds what is asked for: a number, a time, a person beyond those asked about."""
    for kind, pattern in _ASKS:
        if not pattern.search(question):
            continue
        if kind == "number":
            return _NUMBER.search(said.text) is not None
        if kind == "time":
            return _TIME.search(said.text) is not None
        asked = {word.lower() for word in words(question)}
        names = {p.first_name.lower() for p in reading.people.values()} | {"i", "we", "she", "he", "they"}
        others = [w for w in words(said.text)[1:] if w[:1].isupper() or w.lower() in names]
        return any(w.lower() not in asked for w in others)
    return True
