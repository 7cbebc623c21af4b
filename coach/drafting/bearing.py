"""Does a passage bear a statement out? Held together fact by fact, then as a whole.

Numbers, days, names, scope, feelings, denial and who did what must agree. What is left is read by a
cross-encoder that was trained on true and subtly false statements.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from coach.domain.spoken import Spoken
from coach.drafting.cast import Cast
from coach.drafting.objections import Objection, Reason
from coach.language.claims import wordings
from coach.language.facts import Facts, Mode, facts
from coach.language.words import overlap

_WIDE = ("all", "most", "often")
_ALWAYS_KNOWN = frozenset({1.0})
_LEAST_START = 4
_MOSTLY = 0.5
# The cross-encoder's log odds from which a statement is shown; see evals/calibrate_statements.py.
LEAST_ODDS = 1.4
_CLOSE_SHARE, _CLOSE_NEW = 0.8, 1


@dataclass(frozen=True, slots=True)
class Source:
    """A passage with stand-ins for people; `day`: when it was written, in words of its language."""

    text: str
    writer: str = ""
    on: date | None = None
    day: str = ""

    @property
    def spoken(self) -> Spoken:
        return Spoken(", ".join(filter(None, (self.day, self.writer))), self.text)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and what it stands on, both with stand-ins for people, and the facts of each.

    The sentence is without a "Maya wrote that" before it, where she wrote all that it stands on.
    `reader`: the stand-in of whom it is told to, if that is known.
    """

    sentence: str
    sources: tuple[Source, ...]
    told: Facts
    known: Facts
    cast: Cast
    reader: str = ""

    @classmethod
    def of(cls, sentence: str, sources: Iterable[Source], cast: Cast, reader: str = "") -> "Claim":
        held = tuple(sources)
        sentence = _without_attribution(sentence, _writer_of(held), cast)
        text = "\n".join(source.text for source in held)
        told, known = (facts(words, cast.language, cast.people) for words in (sentence, text))
        return cls(sentence, held, told, known, cast, reader)

    @property
    def days(self) -> frozenset[str]:
        """The months and weekdays of the sources, and of when they were written."""
        written = [source.on for source in self.sources if source.on]
        dated = {f"month {day.month}" for day in written} | {f"weekday {day.isoweekday()}" for day in written}
        return self.known.days | dated

    @property
    def numbers(self) -> frozenset[float]:
        """Of the sources, and of the days when they were written where the claim names the month."""
        named = [s.on for s in self.sources if s.on and f"month {s.on.month}" in self.told.days]
        return self.known.numbers | {float(part) for day in named for part in (day.day, day.year)}

    @property
    def writer(self) -> str:
        """Who wrote all of the sources; "" where there are several."""
        return _writer_of(self.sources)

    @property
    def shared(self) -> frozenset[str]:
        return self.told.stems & self.known.stems

    @property
    def new(self) -> frozenset[str]:
        """Content stems that the sources do not have."""
        return self.told.stems - self.known.stems


def _writer_of(sources: Iterable[Source]) -> str:
    writers = {source.writer for source in sources if source.on}
    return next(iter(writers)) if len(writers) == 1 else ""


def _without_attribution(sentence: str, writer: str, cast: Cast) -> str:
    if not writer or not sentence.startswith(writer):
        return sentence
    said = wordings(cast.language).attributed.match(sentence, len(writer))
    return sentence[said.end() :] if said else sentence


def objections(claim: Claim, free: frozenset[str] = frozenset()) -> Iterator[Objection]:
    """What the facts of a claim hold against it, the surest first; `free`: stems that claim nothing."""
    told, known = claim.told, claim.known
    if numbers := told.numbers - claim.numbers - _ALWAYS_KNOWN:
        yield _objection(Reason.NUMBER, (f"{number:g}" for number in numbers))
    if told.days - claim.days:
        yield Objection(Reason.DATE)
    if names := [name for name in told.names if not _is_named(name, known.words)]:
        yield _objection(Reason.NAME, names)
    if wider := [scope for scope in _WIDE if scope in told.scope - known.scope]:
        yield _objection(Reason.SCOPE, wider)
    if felt := (told.pleased | told.displeased) - known.stems - free:
        yield _objection(Reason.SENTIMENT, felt)
    if denied := differently(claim, Mode.DENIED):
        yield _objection(Reason.NEGATION, denied)
    if others := acts_of_others(claim):
        yield _objection(Reason.WHO, others)
    if not free and (open_ones := told_as_facts(claim)):
        yield _objection(Reason.STATUS, open_ones)


def _objection(reason: Reason, words: Iterable[str]) -> Objection:
    return Objection(reason, ", ".join(sorted(words)))


def differently(claim: Claim, mode: Mode) -> list[str]:
    """Shared stems that the claim says in a mode, or out of it, in which the sources never say them."""
    told, known = claim.told.said, claim.known.said
    return [
        stem
        for stem in sorted(claim.shared)
        if {mode in ways for ways in told[stem]}.isdisjoint({mode in ways for ways in known[stem]})
    ]


def told_as_facts(claim: Claim) -> frozenset[str]:
    """Shared stems that the sources ask, suppose or report, where the claim is mostly about these."""
    told = claim.shared & claim.known.unsettled
    mostly = len(told) > _MOSTLY * len(claim.shared)
    return told if mostly and not claim.told.is_open else frozenset()


def acts_of_others(claim: Claim) -> list[str]:
    """What the claim tells of one person and the sources of another."""
    told, known = claim.told.acts, claim.known.acts
    return [stem for stem in sorted(told.keys() & known.keys()) if _is_other(claim, told[stem], known[stem])]


def _is_other(claim: Claim, told: frozenset[str], known: frozenset[str]) -> bool:
    """Where one member wrote all that is cited, "she" is never the writer; else it may be anybody."""
    cast = claim.cast
    if told & known or not told & cast.members or known & cast.several:
        return False
    if claim.writer in told:
        return bool(known & (cast.members - {claim.writer} | cast.single))
    return bool(known & cast.members) and not known & cast.single


def _is_named(name: str, words: frozenset[str]) -> bool:
    start = name[: max(_LEAST_START, len(name) - 2)]
    return name in words or any(len(word) >= _LEAST_START and word.startswith(start) for word in words)


def is_close(claim: Claim) -> bool:
    """Hardly another word than the sources', and nothing of them said in another mode.

    Stands for the cross-encoder in languages that it did not learn.
    """
    share = overlap(claim.told.stems, claim.known.stems)
    modes = [*differently(claim, Mode.PLANNED), *differently(claim, Mode.SUPPOSED)]
    return share >= _CLOSE_SHARE and len(claim.new) <= _CLOSE_NEW and not modes
