"""Answering a question from the notes, or not at all."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import exp, log

from coach.advice.briefs import AnswerBrief
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.notes import Found
from coach.domain.visibility import Actor
from coach.language.cues import cues
from coach.language.words import words
from coach.ports import Records, Search

_PASSAGES = 10
_SENTENCES = 26
_CONTEXT = (-2, -1, 0, 1)
_MOST_ANSWERS = 2
_SECOND_WITHIN = 0.1
_NEAR = 8
_LEAST_SHARE = 1e-6

# Logistic weights and threshold, fitted by `python -m evals.calibrate_answers`.
_WEIGHTS = {
    "likeness": 1.15,
    "coverage": 2.84,
    "context": 3.19,
    "missing": 0.63,
    "score": 0.67,
    "kind": 3.21,
    "open": -1.71,
}
_BIAS = -3.92
_THRESHOLD = 0.82


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
        z = _BIAS + sum(_WEIGHTS[name] * value for name, value in self.features.items())
        return 1 / (1 + exp(-z))


async def answer_brief(
    records: Records, search: Search, actor: Actor, ask: QuestionAsk, now: datetime
) -> AnswerBrief:
    reading = await read_pairing(records, actor, ask.pairing_id, now)
    ranked = await candidates(reading, search, ask.question)
    answers = [c for c in ranked if c.probability >= _THRESHOLD]
    best = answers[0].probability if answers else 0.0
    kept = [c.said for c in answers if c.probability >= best - _SECOND_WITHIN][:_MOST_ANSWERS]
    near = [c.said for c in ranked if c.said not in kept][:_NEAR]
    return AnswerBrief(reading, ask.question, tuple(kept), tuple(near))


async def candidates(reading: Reading, search: Search, question: str) -> list[Candidate]:
    """Sentences of the best passages, the likeliest answer first."""
    found = await search.search(question, reading.scope, reading.passages, _PASSAGES)
    said = [(s, hit) for hit in found for s in reading.sentences_of(hit) if not s.is_question and s.stems]
    said = said[:_SENTENCES]
    if not said:
        return []
    likeness = await search.likeness(question, [f"{s.excerpt.speaker}: {s.text}" for s, _ in said])
    asked = await asyncio.to_thread(Question, question, reading)
    made = [
        Candidate(s, {"likeness": like, **asked.features(s, hit)})
        for (s, hit), like in zip(said, likeness, strict=True)
    ]
    return sorted(made, key=lambda c: (-c.probability, c.said.excerpt.note_id, c.said.excerpt.start))


class Question:
    """A question against one reader's notes: what it wants and how rare each of its words is there."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self._sentences = reading.sentences
        self._place = {(s.excerpt.note_id, s.excerpt.start): at for at, s in enumerate(reading.sentences)}
        self._rarity = Rarity(reading.stems(passage.excerpt.text) for passage in reading.passages)
        names = reading.stems(" ".join(person.name for person in reading.people.values()))
        self._wanted = reading.stems(text) - names
        self._cues = cues(reading.language)
        asks = self._cues.questions
        self._kind = next((kind for kind, wording in asks.items() if wording.search(text)), None)

    def features(self, said: Said, hit: Found) -> dict[str, float]:
        context = frozenset().union(*(s.stems for s in self._around(said)))
        return {
            "coverage": self._rarity.covered(self._wanted, said.stems),
            "context": self._rarity.covered(self._wanted, context),
            "missing": self._rarity.greatest(self._wanted - context),
            "score": log(hit.score + _LEAST_SHARE),
            "kind": float(self._holds_what_is_asked(said)),
            "open": float(self._cues.open.search(said.text) is not None),
        }

    def _around(self, said: Said) -> list[Said]:
        """The sentence with its neighbours in the note."""
        at = self._place[said.excerpt.note_id, said.excerpt.start]
        near = [self._sentences[at + by] for by in _CONTEXT if 0 <= at + by < len(self._sentences)]
        return [s for s in near if s.excerpt.note_id == said.excerpt.note_id]

    def _holds_what_is_asked(self, said: Said) -> bool:
        """A year, a number, a time or a person that the question does not name itself."""
        if self._kind is None:
            return True
        held = [match.group().lower() for match in self._cues.holds[self._kind].finditer(said.text)]
        if self._kind == "person":
            held += [word.lower() for word in words(said.text)[1:] if word[0].isupper()]
        asked = {word.lower() for word in words(self.text)}
        return any(what not in asked for what in held)


class Rarity:
    """How telling each stem is among some texts, given as stems; one that none of them has is the most."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        self._count = 0
        self._with: dict[str, int] = {}
        for text in texts:
            self._count += 1
            for stem in text:
                self._with[stem] = self._with.get(stem, 0) + 1

    def __call__(self, stem: str) -> float:
        with_it = self._with.get(stem, 0)
        return log(1 + (self._count - with_it + 0.5) / (with_it + 0.5))

    def covered(self, wanted: frozenset[str], by: frozenset[str]) -> float:
        """The share of what is wanted, by weight, 0 to 1."""
        total = sum(map(self, wanted))
        return sum(map(self, wanted & by)) / total if total else 0.0

    def greatest(self, stems: frozenset[str]) -> float:
        """The rarest of the stems, 0 to 1; 0 without any."""
        return max(map(self, stems), default=0.0) / log(1 + (self._count + 0.5) / 0.5)
