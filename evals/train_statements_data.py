"""What the reader of statements learns from: labelled statements, and sentences of the notes themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from coach.domain.spoken import Spoken
from coach.drafting.bearing import Claim, Source
from coach.drafting.cast import Cast
from coach.language.sentences import sentence_spans
from evals.cases.schema import Split
from evals.datasets.labelled import Labelled, LabelledNote, Statement, labelled_notes, with_close_statements

_LANGUAGE = "en"
_WORDS = range(5, 41)


@dataclass(frozen=True)
class Stated:
    """A statement about a passage, with stand-ins for people; `about`: the same for all on one passage."""

    claim: Claim
    borne_out: bool
    kind: str
    about: tuple[str, str, str]

    @property
    def spoken(self) -> tuple[Spoken, tuple[Spoken, ...]]:
        return spoken(self.claim.sentence, self.claim.sources)


def spoken(sentence: str, sources: Iterable[Source]) -> tuple[Spoken, tuple[Spoken, ...]]:
    """As the reader is given it."""
    return Spoken("", sentence), tuple(source.spoken for source in sources)


def every_statement(split: Split) -> list[Stated]:
    return _stated({name: notes for name, notes in labelled_notes().items() if notes.split is split})


def close_statements(split: Split) -> list[Stated]:
    return _stated(with_close_statements(split))


def _stated(every: Mapping[str, Labelled]) -> list[Stated]:
    return [stated(name, notes, one) for name, notes in every.items() for one in notes.statements]


def stated(name: str, notes: Labelled, statement: Statement) -> Stated:
    (note,) = (note for note in notes.notes if note.key == statement.note)
    cast, writer = _cast(notes, note)
    reader = getattr(notes, statement.to) if statement.to else None
    told, source = cast.told(statement.say, to=reader), _source(cast, note, statement.quote, writer)
    claim = Claim.of(told, [source], cast, cast.called(reader) if reader else "")
    return Stated(claim, statement.borne_out, statement.kind or "", (name, statement.note, statement.quote))


def by_passage(every: Iterable[Stated]) -> list[list[Stated]]:
    """Statements about the same passage together."""
    found: dict[tuple[str, str, str], list[Stated]] = defaultdict(list)
    for one in every:
        found[one.about].append(one)
    return list(found.values())


def sentences_of(names: Iterable[str], random: Random) -> Iterator[tuple[str, Source]]:
    """Sentences of the notes themselves, each with a source that holds it, alone or with its neighbours."""
    every = labelled_notes()
    for name in names:
        notes = every[name]
        for note in notes.notes:
            cast, writer = _cast(notes, note)
            spans = sentence_spans(note.text, _LANGUAGE)
            for at, (start, end) in enumerate(spans):
                if len(note.text[start:end].split()) in _WORDS:
                    around = random.choice((0, 1))
                    first, last = spans[max(0, at - around)][0], spans[min(len(spans) - 1, at + around)][1]
                    told = cast.told(note.text[start:end], by=writer).strip(" -*")
                    yield told, _source(cast, note, note.text[first:last], writer)


def _cast(notes: Labelled, note: LabelledNote) -> tuple[Cast, str]:
    """The two with the note's writer first, and who that is."""
    writer, other = notes.writer_of(note)
    return Cast([writer, other], _LANGUAGE), writer


def _source(cast: Cast, note: LabelledNote, quote: str, writer: str) -> Source:
    day = f"{note.date.day} {note.date:%B %Y}"
    return Source(cast.told(quote, by=writer), cast.called(writer), note.date, day)
