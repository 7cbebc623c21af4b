"""Answering a question from the notes, or not at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from coach.advice.answers_model import learned, traits
from coach.advice.answers_signals import Floats, Heard, Question, signals
from coach.advice.briefs import AnswerBrief
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.notes import Found, excerpt
from coach.domain.visibility import Actor
from coach.language.words import words
from coach.ports import Records, Search

_PASSAGES = 10
_MOST_ANSWERS = 3
_NEAR = 8
_MOST_CHARS = 320
_BEHIND = 1.5


@dataclass(frozen=True, slots=True)
class QuestionAsk:
    pairing_id: str
    question: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sentences in the order of their notes, how they match, and how well each answers next to the others."""

    heard: Heard
    signals: dict[str, Floats]
    scores: Floats

    @property
    def ranked(self) -> list[Said]:
        """The likeliest answer first."""
        return [self.heard.said[at] for at in np.argsort(-self.scores, kind="stable")]

    @property
    def trust(self) -> float:
        """The probability that the best of them answer, 0 to 1."""
        return learned().trust.probability(traits(self.signals, self.scores))


async def answer_brief(
    records: Records, search: Search, actor: Actor, ask: QuestionAsk, now: datetime
) -> AnswerBrief:
    reading = await read_pairing(records, actor, ask.pairing_id, now)
    told = await listened(reading, search, ask.question)
    if told is None:
        return AnswerBrief(reading, ask.question, (), ())
    heard, found_signals = told
    found = Candidates(heard, found_signals, learned().ranker.scores(found_signals))
    ranked = found.ranked
    answers = answering(reading, found) if found.trust >= learned().threshold else ()
    near = [said for said in ranked if not any(_holds(answer, said) for answer in answers)]
    return AnswerBrief(reading, ask.question, answers, tuple(near[:_NEAR]))


async def listened(reading: Reading, search: Search, question: str) -> tuple[Heard, dict[str, Floats]] | None:
    """Every sentence of the passages that come into question, with its signals; None without any."""
    found = await search.search(question, reading.scope, reading.passages, _PASSAGES)
    heard = _in_order(reading, found)
    if not heard or not words(question):
        return None
    spans = [(hit.passage, said.excerpt.start, said.excerpt.end) for said, hit in heard]
    matched = await search.match(question, spans)
    scores = np.array([hit.score for _, hit in heard], dtype=np.float32)
    told = Heard(tuple(said for said, _ in heard), scores, matched)
    return told, await asyncio.to_thread(signals, Question(question, reading), told)


def _in_order(reading: Reading, found: Sequence[Found]) -> list[tuple[Said, Found]]:
    """The passages' sentences with their passage, in the order of the notes."""
    place = {(s.excerpt.note_id, s.excerpt.start): at for at, s in enumerate(reading.sentences)}
    every = [(said, hit) for hit in found for said in reading.sentences_of(hit)]
    return sorted(every, key=lambda told: place[told[0].excerpt.note_id, told[0].excerpt.start])


def answering(reading: Reading, found: Candidates) -> tuple[Said, ...]:
    """The best sentences, each with its neighbours; none far behind the best, and nothing twice."""
    said, taken = found.heard.said, set[int]()
    answers: list[Said] = []
    least = found.scores.max() - _BEHIND
    for at in np.argsort(-found.scores, kind="stable").tolist():
        if len(answers) == _MOST_ANSWERS or found.scores[at] < least:
            break
        if at in taken:
            continue
        around = [n for n in _around(said, at) if n not in taken]
        taken.update(around)
        answers.append(_joined(reading, [said[n] for n in around]))
    return tuple(answers)


def _around(said: Sequence[Said], at: int) -> list[int]:
    """The sentence with the ones before and after it, of the same note and speaker and not too long."""
    around = [at]
    for by in (1, -1):
        near = at + by
        if not 0 <= near < len(said):
            continue
        first, last = said[min(near, *around)].excerpt, said[max(near, *around)].excerpt
        if _place(said[near]) == _place(said[at]) and last.end - first.start <= _MOST_CHARS:
            around.append(near)
    return sorted(around)


def _place(said: Said) -> tuple[str, str | None]:
    return said.excerpt.note_id, said.excerpt.speaker


def _joined(reading: Reading, said: Sequence[Said]) -> Said:
    """Neighbouring sentences as one, word for word as the note has them."""
    first, last = said[0], said[-1]
    note = next(note for note in reading.notes if note.id == first.excerpt.note_id)
    whole = excerpt(note, first.excerpt.start, last.excerpt.end, first.excerpt.speaker)
    return replace(first, excerpt=whole)


def _holds(answer: Said, said: Said) -> bool:
    whole, part = answer.excerpt, said.excerpt
    return whole.note_id == part.note_id and whole.start <= part.start and part.end <= whole.end
