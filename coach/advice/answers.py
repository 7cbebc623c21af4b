"""Answering a question from the notes, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coach.advice.briefs import AnswerBrief
from coach.advice.reading import Reading
from coach.advice.sentences import Said
from coach.domain.notes import excerpt
from coach.domain.people import first_name
from coach.domain.spoken import Spoken
from coach.language.words import content_stems, stems, words
from coach.ports import AnswerReader, Search

_PASSAGES = 20
# The reader learned from English notes; elsewhere it has to be surer. See evals/calibrate_answers.py.
_LEAST_ODDS, _LEAST_ODDS_ELSEWHERE = {"en": 1.4}, 2.6
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
    """Sentences in the order of their notes, with the log odds of each against there being no answer."""

    said: tuple[Said, ...]
    scores: NDArray[np.float32]

    @property
    def ranked(self) -> list[Said]:
        """The likeliest answer first."""
        return [self.said[at] for at in np.argsort(-self.scores, kind="stable")]

    @property
    def odds(self) -> float:
        """The log odds that any of them answers."""
        return float(np.logaddexp.reduce(self.scores))


async def answer_brief(reading: Reading, search: Search, reader: AnswerReader, question: str) -> AnswerBrief:
    """Takes a while and needs the records no more, so that no connection waits for it."""
    found = await candidates(reading, search, reader, question)
    if found is None:
        return AnswerBrief(reading, question, (), ())
    least = _LEAST_ODDS.get(reading.language, _LEAST_ODDS_ELSEWHERE)
    answers = answering(reading, found) if found.odds >= least else ()
    near = [said for said in found.ranked if not any(_holds(answer, said) for answer in answers)]
    return AnswerBrief(reading, question, answers, tuple(near[:_NEAR]))


async def candidates(
    reading: Reading, search: Search, reader: AnswerReader, question: str
) -> Candidates | None:
    """Every sentence of the passages that come into question; None without any."""
    if not _asks(question, reading):
        return None
    found = await search.search(question, reading.scope, reading.passages, _PASSAGES)
    told = [said for hit in found if (said := reading.sentences_of(hit))]
    if not told:
        return None
    asked = Spoken(reading.reader.first_name, question)
    scores = await reader.answers(asked, [[_spoken(said) for said in passage] for passage in told])
    place = {said.excerpt: at for at, said in enumerate(reading.sentences)}
    every = sorted(
        zip((said for passage in told for said in passage), np.concatenate(scores), strict=True),
        key=lambda one: place[one[0].excerpt],
    )
    return Candidates(tuple(said for said, _ in every), np.array([score for _, score in every]))


def _asks(question: str, reading: Reading) -> bool:
    """Whether there is anything to look for: more than one word, or one with meaning that the notes hold."""
    if len(set(stems(question, reading.language))) != 1:
        return bool(words(question))
    asked = content_stems(question, reading.language)
    return any(asked & content_stems(said.text, reading.language) for said in reading.sentences)


def _spoken(said: Said) -> Spoken:
    return Spoken(first_name(said.excerpt.speaker or ""), said.text)


def answering(reading: Reading, found: Candidates) -> tuple[Said, ...]:
    """The best sentences, each with its neighbours; none far behind the best, and nothing twice."""
    said, taken = found.said, set[int]()
    answers: list[Said] = []
    least = found.scores.max() - _BEHIND
    for at in np.argsort(-found.scores, kind="stable").tolist():
        if len(answers) == _MOST_ANSWERS or found.scores[at] < least:
            break
        if at in taken:
            continue
        around = [n for n in _around(reading, said, at) if n not in taken]
        taken.update(around)
        answers.append(_joined(reading, [said[n] for n in around]))
    return tuple(answers)


def _around(reading: Reading, said: Sequence[Said], at: int) -> list[int]:
    """The sentence with the ones before and after it, of the same note and speaker and not too long."""
    around = [at]
    for by in (1, -1):
        near = at + by
        if not 0 <= near < len(said):
            continue
        first, last = said[min(near, *around)].excerpt, said[max(near, *around)].excerpt
        if not _follow(reading, said[min(near, at)], said[max(near, at)]):
            continue
        if _place(said[near]) == _place(said[at]) and last.end - first.start <= _MOST_CHARS:
            around.append(near)
    return sorted(around)


def _follow(reading: Reading, one: Said, other: Said) -> bool:
    """Whether nothing stands between two sentences that is none of what was said."""
    return not reading.note(one.excerpt.note_id).text[one.excerpt.end : other.excerpt.start].strip()


def _place(said: Said) -> tuple[str, str | None]:
    return said.excerpt.note_id, said.excerpt.speaker


def _joined(reading: Reading, said: Sequence[Said]) -> Said:
    """Neighbouring sentences as one, word for word as the note has them."""
    first, last = said[0], said[-1]
    whole = excerpt(
        reading.note(first.excerpt.note_id), first.excerpt.start, last.excerpt.end, first.excerpt.speaker
    )
    return replace(first, excerpt=whole)


def _holds(answer: Said, said: Said) -> bool:
    whole, part = answer.excerpt, said.excerpt
    return whole.note_id == part.note_id and whole.start <= part.start and part.end <= whole.end
