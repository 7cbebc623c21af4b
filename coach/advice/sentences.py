"""What each sentence of a note says: its cues, its words, who says it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.domain.notes import Excerpt, Note, NoteKind, excerpt
from coach.language.commands import foreign_spans, is_command, is_machine
from coach.language.cues import Cues, cues
from coach.language.kept import Kept
from coach.language.sentences import Span, sentence_spans
from coach.language.turns import turns
from coach.language.words import content_stems

_NEGATION_REACH = 30
_KEPT = 100_000
_CUES, _DIFFICULTIES = Kept[frozenset[str]](_KEPT), Kept[frozenset[str]](_KEPT)


@dataclass(frozen=True)
class Said:
    """A sentence with its place; `session` is the position of its session in the pairing."""

    excerpt: Excerpt
    session: int
    kind: NoteKind
    language: str = "en"

    @property
    def text(self) -> str:
        return self.excerpt.text

    @cached_property
    def stems(self) -> frozenset[str]:
        return content_stems(self.text, self.language)

    @cached_property
    def cues(self) -> frozenset[str]:
        """Cues of the sentence, with what is denied or only planned not counted as done or learned."""
        return _CUES.of(f"{self.language} {self.text}", self._read_cues)

    def _read_cues(self) -> frozenset[str]:
        found = set(self._wordings.sentence_cues(self.text))
        if self.is_question:
            found -= {"promise", "postponed", "done", "learned"}
        if found & {"promise", "postponed", "learned", "open_question"} or self._denies("done"):
            found.discard("done")
        if self._denies("learned"):
            found.discard("learned")
        return frozenset(cue for cue in found if not self._denied_before(self._wordings.sentence[cue]))

    @cached_property
    def difficulties(self) -> frozenset[str]:
        return _DIFFICULTIES.of(f"{self.language} {self.text}", self._read_difficulties)

    def _read_difficulties(self) -> frozenset[str]:
        every = self._wordings.difficulty
        return frozenset(
            name for name in self._wordings.difficulties(self.text) if not self._denied_before(every[name])
        )

    @property
    def _wordings(self) -> Cues:
        return cues(self.language)

    @property
    def is_question(self) -> bool:
        return self.text.rstrip("\"'”’) ").endswith("?")

    @property
    def is_weighty(self) -> bool:
        """Enough content to stand alone."""
        return len(self.stems) >= 3

    def cue_place(self, *names: str) -> int:
        """Where the first of these cues or difficulties begins; 0 without any."""
        patterns = [{**self._wordings.sentence, **self._wordings.difficulty}[name] for name in names]
        matches = [match for pattern in patterns if (match := pattern.search(self.text))]
        return min((match.start() for match in matches), default=0)

    def _denied_before(self, wording: re.Pattern[str]) -> bool:
        """Whether each place of a wording follows a "nobody", "never" or "no" of its own clause."""
        return all(
            self._wordings.denial.search(self.text[max(0, match.start() - _NEGATION_REACH) : match.start()])
            for match in wording.finditer(self.text)
        )

    def _denies(self, cue: str) -> bool:
        match = self._wordings.sentence[cue].search(self.text)
        if match is None:
            return False
        told = self.text[max(0, match.start() - _NEGATION_REACH) : match.end()]
        return self._wordings.negation.search(told) is not None


def said_in(note: Note, author: str, session: int, language: str = "en") -> Iterator[Said]:
    """The note's sentences; in a transcript each turn's, with its speaker.

    What commands a machine is nothing that people said to each other, and is left out.
    """
    foreign = foreign_spans(note.text)
    whole = [(0, len(note.text), None)]
    for start, end, speaker in turns(note.text) if note.kind is NoteKind.TRANSCRIPT else whole:
        if speaker and is_machine(speaker):
            continue
        for first, last in _between(start, end, foreign):
            for a, b in sentence_spans(note.text[first:last], language):
                place = excerpt(note, first + a, first + b, speaker or author)
                if not is_command(place.text):
                    yield Said(place, session, note.kind, language)


def _between(start: int, end: int, spans: Sequence[Span]) -> Iterator[Span]:
    """What of a stretch lies outside of the spans."""
    for a, b in spans:
        if start < b and a < end:
            if start < a:
                yield start, a
            start = b
    if start < end:
        yield start, end
