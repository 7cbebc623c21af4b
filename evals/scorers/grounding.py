"""Groundedness: is every sentence borne out by what it cites, or by what is on record?

Judged without the coach's own verifier. Quoted words must stand in what is cited; of a composed sentence
numbers, names and negation must agree, and its words must be the evidence's, or the coach's fixed ones, or
near to the evidence in meaning.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from coach.domain.suggestions import Kind
from coach.language.sentences import sentence_spans
from coach.language.words import content_stems, overlap, stem, stop_words, words
from coach.rules.inert import inert
from evals.answers import NO_NOTE, Line
from evals.cases.lines import held_at
from evals.metrics import Score
from evals.scorers.matching import QUOTE, Asked, coaching_stems, quoted_in, without_quotes
from evals.scorers.nearness import Nearness

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SPEAKER = re.compile(r"^([^\W\d_][^:\n]{0,39}):", re.MULTILINE)
_RATINGS = 2
_T_SCORE = re.compile(r"\bT = \d+ \(50\b")
_BORNE_OUT = 0.6
_NEAR = 0.45
_NEGATION = re.compile(
    r"n['’]t\b|\b(?:not|never|no|none|nobody|nothing|without|nicht|kein\w*|nie|niemand|ohne|pas|jamais|aucun\w*|"
    r"sans|nunca|ningun\w*|ningún|sin)\b",
    re.IGNORECASE,
)
_QUOTE_MARK = "\ue001"


async def score_grounding(asked: Asked, nearness: Nearness) -> list[Score]:
    if asked.task.pair is None or asked.task.kind not in set(Kind):
        return []
    scores = [_exact(asked, line) for line in asked.answer.lines]
    known = _Known(asked)
    for line in asked.answer.lines:
        for sentence in _sentences(line, asked):
            scores.append(await known.judge(sentence, line, nearness))
    return scores


def _exact(asked: Asked, line: Line) -> Score:
    wrong = [
        cited.quote
        for cited in line.citations
        if cited.note == NO_NOTE or asked.readable.get(cited.note, "")[cited.start : cited.end] != cited.quote
    ]
    return Score("quotes exact", float(not wrong), f"not in the note: {'; '.join(wrong)}")


def _sentences(line: Line, asked: Asked) -> Iterator[str]:
    """Sentences of text and detail; quotations and the records' words stand as they are, uncut."""
    for told in (line.text, line.detail or ""):
        masked, held = told, list[str]()

        def mask(found: "re.Match[str]", held: list[str] = held) -> str:
            held.append(found.group())
            return f"{_QUOTE_MARK}{len(held) - 1}{_QUOTE_MARK}"

        masked = QUOTE.sub(mask, masked)
        for a, b in sentence_spans(masked, asked.language):
            yield _unmasked(masked[a:b], held)


def _unmasked(sentence: str, held: Sequence[str]) -> str:
    return re.sub(rf"{_QUOTE_MARK}(\d+){_QUOTE_MARK}", lambda mark: held[int(mark[1])], sentence)


class _Known:
    """What a line of this answer may stand on besides its citations."""

    def __init__(self, asked: Asked) -> None:
        pair, program = asked.pair, asked.case.program
        self._asked = asked
        people = " ".join(person.name for person in pair.people)
        parts = [part for line in asked.answer.lines for part in (line.parts or {}).values() if part]
        self._given = [*asked.records, *map(str, asked.task.ask.values()), *parts]
        self._text = " ".join((people, program.name, *self._given, *_speakers(asked)))
        self._numbers = _numbers_of(asked)
        self._language = asked.language
        self._vocabulary = coaching_stems(asked.language)

    async def judge(self, sentence: str, line: Line, nearness: Nearness) -> Score:
        cited = " ".join(cited.quote for cited in line.citations)
        quoted = quoted_in(sentence)
        if quoted:
            around = without_quotes(sentence)
            wrong = [words for words in quoted if not self._holds(words, cited)]
            wrong += [*self._wrong_numbers(around, cited), *self._unknown_names(around, cited)]
            return Score("grounded quoted", float(not wrong), f"{sentence} (wrong: {'; '.join(wrong)})")
        faults = [*self._wrong_numbers(sentence, cited), *self._unknown_names(sentence, cited)]
        if not faults and not await self._is_borne_out(sentence, cited, nearness):
            faults = ["its words are not in what it cites"]
        return Score("grounded composed", float(not faults), f"{sentence} ({'; '.join(faults)})")

    def _holds(self, quote: str, cited: str) -> bool:
        told = (cited, *self._given, self._text)
        return any(quote in words or quote in inert(words) for words in told)

    def _wrong_numbers(self, sentence: str, cited: str) -> list[str]:
        known = self._numbers | set(_NUMBER.findall(cited)) | set(_NUMBER.findall(self._text))
        return [number for number in _NUMBER.findall(_T_SCORE.sub("", sentence)) if number not in known]

    def _unknown_names(self, sentence: str, cited: str) -> list[str]:
        """Words with a capital inside the sentence that neither evidence, records nor phrases have."""
        if self._language == "de":
            return []
        known = {word.casefold() for word in words(f"{cited} {self._text}")}
        inner = words(sentence)[1:]
        return [
            word
            for word in inner
            if word[0].isupper()
            and word.casefold().removesuffix("'s").removesuffix("’s") not in known
            and stem(word, self._language) not in self._vocabulary
            and word.lower() not in stop_words(self._language)
        ]

    async def _is_borne_out(self, sentence: str, cited: str, nearness: Nearness) -> bool:
        """Its words are the evidence's, but for the coach's fixed ones, or it is near to what it cites."""
        evidence = content_stems(f"{cited} {self._text}", self._language)
        told = content_stems(sentence, self._language) - self._vocabulary
        claims = {word for word in told if not word[0].isdigit()}
        has_its_words = not claims or overlap(claims, evidence) >= _BORNE_OUT
        if has_its_words or (cited and (await nearness.cosines([sentence], [cited])).max() >= _NEAR):
            return self._agrees(sentence, cited)
        return False

    def _agrees(self, sentence: str, cited: str) -> bool:
        """Neither denies what the other says, where most words of the sentence come from what it cites."""
        from_cited = overlap(content_stems(sentence, self._language), content_stems(cited, self._language))
        return from_cited < _BORNE_OUT or bool(_NEGATION.search(sentence)) == bool(_NEGATION.search(cited))


def _speakers(asked: Asked) -> list[str]:
    """Names before a colon in transcripts that the reader may read."""
    return [name for text in asked.readable.values() for name in _SPEAKER.findall(text)]


def _numbers_of(asked: Asked) -> set[str]:
    """Days of sessions and dates on record, days between them, ratings, and counts of what is on record."""
    pair = asked.pair
    days = [held_at(session).date() for session in pair.sessions]
    asked_on = {asked.case.program.today, *days}
    days += [record.due for record in (*pair.goals, *pair.actions) if record.due]
    near = {day + timedelta(days=by) for day in days for by in (0, 1)} | asked_on
    numbers = {str(part) for day in near for part in _parts_of(day)}
    numbers |= {str(abs((today - day).days)) for day in near for today in asked_on}
    counted = max(len(pair.sessions), len(pair.goals) + len(pair.actions), _RATINGS)
    return numbers | {str(n) for n in range(counted + 1)}


def _parts_of(day: date) -> tuple[object, ...]:
    return day.day, day.month, day.year, f"{day:%d}", f"{day:%m}"
