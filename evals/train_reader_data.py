"""What the reader learns from: questions with passages, and statements with what they cite."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from coach.domain.people import first_name
from coach.domain.spoken import Spoken
from coach.language.sentences import sentence_spans
from coach.language.turns import turns
from evals.cases.schema import Split
from evals.datasets.conversations import Conversation, dialogues
from evals.datasets.labelled import Answerable, Labelled, Statement, Unanswerable, labelled_notes
from evals.scorers.matching import meets, places
from vectorstore.passages import split_note, split_transcript

_LANGUAGE = "en"
_TURNS = 4
_OF_A_DIALOGUE = 16

Gold = frozenset[int]


@dataclass(frozen=True)
class Passage:
    """A passage's sentences with their places among all of the pairing's sentences."""

    lines: tuple[Spoken, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Asked:
    """A question about passages; `gold`: the numbers of the sentences that answer it, none if none does."""

    question: Spoken
    passages: tuple[Passage, ...]
    gold: Gold


@dataclass(frozen=True)
class Stated:
    """A statement with the passage it cites; `kind`: what is wrong with it."""

    stated: Spoken
    passage: tuple[Spoken, ...]
    borne_out: bool
    kind: str


@dataclass(frozen=True)
class _Sentence:
    note: int
    start: int
    end: int
    line: Spoken


def every_question(seed: int = 0) -> list[Asked]:
    """Those about labelled notes, and some about each dialogue."""
    found = [asked for notes in labelled_notes().values() for asked in _about_notes(notes)]
    chosen = Random(seed)
    for conversation in dialogues():
        asked = list(_about_dialogue(conversation))
        found += chosen.sample(asked, min(len(asked), _OF_A_DIALOGUE))
    return found


def every_statement(split: Split) -> list[Stated]:
    return [
        stated(notes, statement)
        for notes in labelled_notes().values()
        if notes.split is split
        for statement in notes.statements
    ]


def stated(notes: Labelled, statement: Statement) -> Stated:
    """As the reader is given it: to whom it is said, who wrote the passage, and with whom they met."""
    (note,) = (note for note in notes.notes if note.key == statement.note)
    writer, other = notes.writer_of(note)
    said = Spoken(f"to {first_name(getattr(notes, statement.to))}" if statement.to else "", statement.say)
    passage = Spoken(f"{first_name(writer)}, with {first_name(other)}", statement.quote)
    return Stated(said, (passage,), statement.borne_out, statement.kind or "")


def _about_notes(notes: Labelled) -> Iterator[Asked]:
    texts = [note.text for note in notes.notes]
    authors = [first_name(notes.writer_of(note)[0]) for note in notes.notes]
    sentences, passages = _read(texts, authors)
    place = {note.key: at for at, note in enumerate(notes.notes)}
    every: list[Answerable | Unanswerable] = [*notes.answerable, *notes.unanswerable]
    for asked in every:
        gold: Gold = frozenset()
        if isinstance(asked, Answerable):
            at = place[asked.note]
            spans = [(at, *span) for span in places(texts[at], asked.quote)]
            gold = _held(sentences, spans)
        yield Asked(Spoken(first_name(getattr(notes, asked.reader)), asked.ask), passages, gold)


def _about_dialogue(conversation: Conversation) -> Iterator[Asked]:
    sentences, passages = _read(conversation.texts, [""] * len(conversation.texts))
    for asked in conversation.questions:
        if gold := _held(sentences, asked.gold):
            yield Asked(Spoken("", asked.query), passages, gold)


def _read(
    texts: "tuple[str, ...] | list[str]", authors: list[str]
) -> tuple[list[_Sentence], tuple[Passage, ...]]:
    sentences: list[_Sentence] = []
    passages: list[Passage] = []
    for note, (text, author) in enumerate(zip(texts, authors, strict=True)):
        is_transcript = len(list(turns(text))) >= _TURNS
        for span in (split_transcript if is_transcript else split_note)(text):
            told = [
                _Sentence(
                    note,
                    span.start + a,
                    span.start + b,
                    Spoken(first_name(span.speaker or author), text[span.start + a : span.start + b]),
                )
                for a, b in sentence_spans(text[span.start : span.end], _LANGUAGE)
            ]
            numbers = range(len(sentences), len(sentences) + len(told))
            passages.append(Passage(tuple(one.line for one in told), tuple(numbers)))
            sentences += told
    return sentences, tuple(passage for passage in passages if passage.lines)


def _held(
    sentences: list[_Sentence], spans: "list[tuple[int, int, int]] | tuple[tuple[int, int, int], ...]"
) -> Gold:
    return frozenset(
        number
        for number, one in enumerate(sentences)
        if any(one.note == note and meets((one.start, one.end), (start, end)) for note, start, end in spans)
    )


def without_gold(asked: Asked) -> Asked:
    """The same question of notes that do not answer it."""
    kept = tuple(p for p in asked.passages if asked.gold.isdisjoint(p.numbers))
    return replace(asked, passages=kept, gold=frozenset())
