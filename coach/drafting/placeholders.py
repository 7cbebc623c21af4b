"""Placeholders for people and for what points to them, in all that is sent to a language model.

"Maya" goes out as "Person1", "Maya Okafor" as "Person1 Family1", an address as "Email1"; what the model
answers is put back. Names are those of the program's people and of a transcript's speakers. Nobody
else's name is known here, nor what people are nicknamed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from coach.drafting.names import Form
from coach.drafting.spotting import KINDS, PLACEHOLDER, VARIANTS, Spot, Spotter
from coach.language.unseen import visible

_SAID = re.compile(
    rf"(?P<open>[\[{{<‹]?)(?P<kind>{'|'.join(KINDS)})(?P<apart>[ _-]?)(?P<number>[0-9]+)"
    rf"(?P<variant>[{VARIANTS}](?=s?(?![^\W\d_])))?(?P<close>[\]}}>›]?)(?P<genitive>s(?!\w))?",
    re.IGNORECASE,
)
_PAIRS = {"[": "]", "{": "}", "<": ">", "‹": "›"}
_HISSES = ("s", "ß", "x", "z")
_OF_PEOPLE = ("Person", "Family", "Middle", "Initial", "Handle")


@dataclass
class Placeholders:
    """Of one request and its repair: the same for the same words, and each back to the very same words."""

    spotter: Spotter
    _of: dict[tuple[str, int, str], str] = field(default_factory=dict)
    _back: dict[str, str] = field(default_factory=dict)
    _usual: dict[str, str] = field(default_factory=dict)
    _last: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _as_sent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._last.update(dict.fromkeys(_OF_PEOPLE, self.spotter.people))

    def replaced(self, text: str) -> str:
        """The text as it may be sent, without what nobody sees: that could split a name.

        `exactly_back` gives the very same text again, but for what nobody sees.
        """
        text, made, at = visible(text), list[str](), 0
        for spot in self.spotter.spots(text):
            made += [text[at : spot.start], self._placeholder(text[spot.start : spot.end], spot)]
            at = spot.end
        sent = "".join([*made, text[at:]])
        self._as_sent |= {said for match in _SAID.finditer(sent) if (said := match[0]) not in self._back}
        return sent

    def put_back(self, text: str) -> str:
        """What was replaced, in words of a model: in another case, in brackets, with an ending, too."""
        return _SAID.sub(self._meant, text)

    def exactly_back(self, text: str) -> str:
        """The inverse of `replaced`, for text that is `visible` as a whole."""
        return PLACEHOLDER.sub(lambda match: self._back.get(match[0], match[0]), text)

    def _placeholder(self, words: str, spot: Spot) -> str:
        key = spot.kind, spot.form.number if spot.form else 0, words
        if key not in self._of:
            made = next(name for name in self._free(words, spot.kind, spot.form) if name not in self._back)
            self._of[key] = made
            self._back[made] = words
        return self._of[key]

    def _free(self, words: str, kind: str, form: Form | None) -> Iterator[str]:
        """Placeholders for these words: a person's own in the same case, a variant of it, a number more."""
        if form is not None:
            own = f"{kind}{form.number}"
            usual = self._usual.setdefault(own, self.spotter.usual(form))
            cases = ((usual, own), (usual.lower(), own.lower()), (usual.upper(), own.upper()))
            yield from (name for written, name in cases if written == words)
            yield from (f"{own}{letter}" for letter in VARIANTS)
        while True:
            self._last[kind] += 1
            yield f"{kind}{self._last[kind]}"

    def _meant(self, said: re.Match[str]) -> str:
        """What stands for these words; as they were sent, they are no slip of the model's."""
        if said[0] in self._as_sent:
            return self.exactly_back(said[0])
        number, variant = said["number"], said["variant"] or ""
        kind = next(kind for kind in KINDS if kind.lower() == said["kind"].lower())
        as_said, own = f"{said['kind']}{number}{variant}", f"{kind}{number}"
        words = self._back.get(as_said) or self._back.get(f"{own}{variant}") or self._usual_of(own)
        if words is None:
            return said[0]
        opening, closing = said["open"], said["close"]
        if _PAIRS.get(opening) == closing:
            opening = closing = ""
        genitive = said["genitive"] or ""
        if genitive and words.lower().endswith(_HISSES):
            genitive = "’"
        return f"{opening}{words}{closing}{genitive}"

    def _usual_of(self, own: str) -> str | None:
        return self._back.get(own) or self._usual.get(own)


def replaced_in(told: Any, placeholders: Placeholders, but: frozenset[str] = frozenset()) -> Any:
    """The same with every text in it replaced, but those under the keys `but`."""
    return _mapped(told, placeholders.replaced, but)


def put_back_in(told: Any, placeholders: Placeholders) -> Any:
    return _mapped(told, placeholders.put_back, frozenset())


def _mapped(told: Any, change: Callable[[str], str], but: frozenset[str]) -> Any:
    if isinstance(told, str):
        return change(told)
    if isinstance(told, dict):
        return {key: held if key in but else _mapped(held, change, but) for key, held in told.items()}
    if isinstance(told, list | tuple):
        return [_mapped(held, change, but) for held in told]
    return told
