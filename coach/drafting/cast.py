"""Who is who in a statement and in what it cites, so that "I", "you" and names can be held together.

Every member of a pairing gets a stand-in, the one who wrote what is cited the first: what is "I" in a
passage and "you" or a name in a statement about it becomes the same word.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from coach.domain.people import name_words
from coach.language.claims import wordings
from coach.language.short_forms import in_full
from coach.language.words import stop_words

STAND_INS = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "henry")
_LEAST_LETTERS = 2
_JOINED = {
    "en": {r"\bI(?:['’]m| am)\b": "I is", r"\byou(?:['’]re| are)\b": "you is"},
    "fr": {r"\bj['’]": "je "},
}


class Cast:
    """`members` by their names, the writer of what is cited first; beyond eight they keep their names."""

    def __init__(self, members: Sequence[str], language: str = "en") -> None:
        self._stand_ins = dict(zip(members, STAND_INS, strict=False))
        self.language = language

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(self._stand_ins.values())

    @property
    def members(self) -> frozenset[str]:
        return frozenset(self._stand_ins.values())

    @property
    def single(self) -> frozenset[str]:
        """Words for one other person."""
        return wordings(self.language).single

    @property
    def several(self) -> frozenset[str]:
        return wordings(self.language).several

    @property
    def persons(self) -> frozenset[str]:
        """Stand-ins, and words for others."""
        return self.members | self.single | self.several

    def told(self, text: str, by: str | None = None, to: str | None = None) -> str:
        """What `by` wrote or said to `to`, with stand-ins and in full; words of and to anybody else stay."""
        for name, word in self._stand_ins.items():
            text = _forms(name, self.language).sub(word, text)
        for person, spoken in (("first", by), ("second", to)):
            if spoken in self._stand_ins:
                text = self._spoken(text, person, self._stand_ins[spoken])
        return in_full(text, self.language)

    def called(self, name: str) -> str:
        """A member's stand-in, or the name itself."""
        return self._stand_ins.get(name, name)

    def _spoken(self, text: str, person: str, stand_in: str) -> str:
        words = wordings(self.language).persons
        for joined, apart in _JOINED.get(self.language, {}).items():
            text = re.sub(joined, apart, text, flags=re.IGNORECASE)
        return words[person].sub(stand_in, words[f"{person}_owned"].sub(f"{stand_in}'s", text))


@lru_cache(maxsize=1_000)
def _forms(name: str, language: str) -> re.Pattern[str]:
    """The whole name, each of its words, and a title before one; in small letters if none misleads."""
    titles, core = name_words(name)
    every = {
        name,
        *core,
        " ".join(core),
        " ".join([*core[:1], *core[-1:]]),
        *(f"{title} {word}" for title in titles for word in core),
    }
    told = sorted((form for form in every if len(form) >= _LEAST_LETTERS), key=len, reverse=True)
    small = [form for form in told if form.lower() not in stop_words(language) and len(form) > 3]
    ways = [*map(re.escape, told), *(re.escape(form.lower()) for form in small)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)") if ways else re.compile("(?!)")
