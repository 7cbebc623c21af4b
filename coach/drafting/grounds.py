"""What a line of one brief may stand on: what it cites, the records' titles, the asker's own words."""

from collections.abc import Iterator

from coach.advice.briefs import AgendaBrief, Brief, FeedbackBrief, LearningsBrief
from coach.advice.reading import Reading
from coach.domain.notes import Excerpt
from coach.drafting.bearing import Claim, Source
from coach.drafting.cast import Cast
from coach.drafting.phrases import phrases
from coach.language.commands import foreign_spans, is_command
from coach.language.facts import facts
from coach.language.sentences import sentence_spans


class Grounds:
    """Of one item: `cited` with stand-ins for people, and sentences made claims about it."""

    def __init__(self, brief: Brief, cited: tuple[Excerpt, ...]) -> None:
        assert not isinstance(brief, LearningsBrief)
        self.reading: Reading = brief.reading
        self.language = brief.reading.language
        self._brief = brief
        writers = [self._name(excerpt) for excerpt in cited]
        members = [
            self.reading.people[i].name for i in self.reading.pairing.member_ids if i in self.reading.people
        ]
        ordered = sorted(members, key=lambda name: writers.index(name) if name in writers else len(writers))
        self.cast = Cast(ordered, self.language)
        self._writer = writers[0] if len(set(writers)) == 1 else None
        self.cited = tuple(map(self._source, cited, writers))
        self._known = (*self.cited, *self._own())
        self._as_written = (*(excerpt.text for excerpt in cited), *self._asked())

    @property
    def stems(self) -> frozenset[str]:
        """Content stems of what is cited, without the asker's own words."""
        return facts("\n".join(source.text for source in self.cited), self.language, self.cast.people).stems

    def claim(self, sentence: str) -> Claim:
        """A sentence said to the reader, or, for feedback, by the reader to the receiver."""
        reader = self.cast.called(self.reading.reader.name)
        return Claim.of(self._told(sentence), self._known, self.cast, reader)

    def statement(self, sentence: str) -> Claim:
        """The same, standing on what is cited alone."""
        reader = self.cast.called(self.reading.reader.name)
        return Claim.of(self._told(sentence), self.cited, self.cast, reader)

    def holds_letter_by_letter(self, words: str) -> bool:
        """Whether what is cited, the records or the asker's own words have exactly this."""
        return any(words in told for told in self._as_written)

    def _told(self, words: str) -> str:
        """Of the reader as "you"; "I" is whoever wrote what is cited, in whose words the line then is."""
        reader = self.reading.reader.name
        if isinstance(self._brief, FeedbackBrief):
            return self.cast.told(words, by=reader, to=self._brief.receiver.name)
        return self.cast.told(words, by=self._writer, to=reader)

    def _own(self) -> Iterator[Source]:
        tell = self._told if isinstance(self._brief, FeedbackBrief) else self.cast.told
        yield from (Source(tell(words)) for words in self._asked())

    def _asked(self) -> Iterator[str]:
        """The sentences of what was asked that command no machine, up to the first forged mark of one."""
        for given in self._given():
            marks = foreign_spans(given)
            words = given[: marks[0][0]] if marks else given
            said = [words[a:b] for a, b in sentence_spans(words, self.language)]
            yield " ".join(sentence for sentence in said if not is_command(sentence))

    def _given(self) -> Iterator[str]:
        """What the reader asked with, and for an agenda what is on record; neither is a passage of a note."""
        match self._brief:
            case FeedbackBrief():
                yield from filter(None, (self._brief.draft, self._brief.situation))
            case AgendaBrief():
                yield from (action.title for action in self.reading.actions)
                yield from (goal.title for goal in self.reading.goals)
                yield from (point.subject for point in self._brief.points if point.subject)

    def _source(self, cited: Excerpt, writer: str) -> Source:
        on = cited.held_at.date()
        return Source(
            self.cast.told(cited.text, by=writer),
            self.cast.called(writer),
            on,
            phrases(self.language).day(on),
        )

    def _name(self, cited: Excerpt) -> str:
        """The name of the member who wrote or said it, or what a transcript calls somebody else."""
        person, name = self.reading.speaker_of(cited)
        return person.name if person else name
