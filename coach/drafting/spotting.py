"""Where people are named in texts and what points to them stands there."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coach.drafting.names import Form, Names, name_of_speaker
from coach.drafting.recognising import Span, recognised
from coach.language.kept import Kept
from coach.language.unseen import visible

KINDS = ("Person", "Family", "Middle", "Initial", "Handle", "Email", "Phone", "Link", "Code", "Label")
# Letters that neither an ending such as "s" or "ens" begins with nor another placeholder.
VARIANTS = "abdgjkqt"
PLACEHOLDER = re.compile(rf"(?:{'|'.join(KINDS)})[0-9]+[{VARIANTS}]?", re.IGNORECASE)
_GROWS_BY = re.compile(rf"[0-9{VARIANTS}]", re.IGNORECASE)
_REST = re.compile(r"[0-9A-Za-z]+")
_MOST_TEXTS = 4096


@dataclass(frozen=True, slots=True)
class Known:
    """Whose names and addresses are known: of everyone in the program, in an order that stays."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """`text[start:end]`; `form` of a name alone."""

    start: int
    end: int
    kind: str
    form: Form | None = None


class Spotter:
    """Looks for those who are `known`; places in texts are kept, and no text."""

    def __init__(self, known: Known) -> None:
        speakers = map(name_of_speaker, map(visible, known.speakers))
        people = [*map(visible, known.names), *filter(None, speakers)]
        self.people = len(people)
        self._names = Names(people)
        emails = sorted(filter(None, map(visible, known.emails)), key=len, reverse=True)
        self._emails = re.compile("|".join(map(re.escape, emails)), re.IGNORECASE) if emails else None
        self._kept: Kept[tuple[Spot, ...]] = Kept(_MOST_TEXTS)

    def spots(self, text: str) -> Sequence[Spot]:
        """From left to right and apart from each other; in text that is `visible` as a whole."""
        return self._kept.of(text, lambda: self._spots(text))

    def usual(self, form: Form) -> str:
        """How the name is written for which a placeholder of the form's kind and number stands."""
        return self._names.usual(form)

    def _spots(self, text: str) -> tuple[Spot, ...]:
        every = sorted(self._found(text), key=lambda spot: (spot.start, spot.end))
        held, last = list[Spot](), 0
        for spot in every:
            if spot.start >= last:
                last = _grown(text, spot.end)
                held.append(Spot(spot.start, last, spot.kind, spot.form))
        return tuple(held)

    def _found(self, text: str) -> Iterator[Spot]:
        emails = self._emails.finditer(text) if self._emails else ()
        taken = _apart(
            [
                *((*match.span(), "Email") for match in emails),
                *recognised(text),
                *((*match.span(), "Label") for match in PLACEHOLDER.finditer(text)),
            ]
        )
        at = 0
        for start, end, kind in taken:
            yield from self._named(text, at, start)
            yield Spot(start, end, kind)
            at = end
        yield from self._named(text, at, len(text))

    def _named(self, text: str, start: int, end: int) -> Iterator[Spot]:
        for named in self._names.found_in(text[start:end]):
            yield Spot(start + named.start, start + named.end, named.form.kind, named.form)


def _apart(spans: Iterable[Span]) -> Sequence[Span]:
    """Those that come first in the order given, of any that overlap; from left to right."""
    held: list[Span] = []
    for span in spans:
        if all(span[1] <= start or end <= span[0] for start, end, _ in held):
            held.append(span)
    return sorted(held)


def _grown(text: str, end: int) -> int:
    """With what would be read as part of the placeholder if it stood behind it."""
    if _GROWS_BY.match(text, end):
        rest = _REST.match(text, end)
        return rest.end() if rest else end
    return end
