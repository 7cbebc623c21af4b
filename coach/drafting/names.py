"""Names of people as they stand in texts: whole, in parts, in small letters, with endings, as initials."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

from coach.domain.people import name_words
from coach.drafting.stretches import stretches
from coach.language.naming import (
    APOSTROPHES,
    JOINING,
    NAME_WORD,
    NOBODYS,
    folded,
    key_of,
    letters_of,
    transcribed,
)
from coach.language.words import stop_words

_LANGUAGES = ("en", "de", "fr", "es")
_BETWEEN = re.compile(rf"[\s.{APOSTROPHES}‐‑\-]{{0,3}}")
_INITIALS = re.compile(r"(?<![^\W_])(?P<initials>[^\W\d_]\.?(?:[ \-]?[^\W\d_]\.)*)[ \u00a0\t]?$")
_ENDINGS = ("s", "ens", "sche", "schen", "scher", "sches", "schem")
_LAST_LETTERS = frozenset("senrmSENRM")
_LEAST_JOINED = 4
_LOOK_BACK = 16
_MONTHS = frozenset(
    {
        "may", "mai", "april", "avril", "abril", "august", "juni", "juli", "june", "january", "march",
        "mars", "marz",
    }
)  # fmt: skip
_NUMBER_BEFORE = re.compile(r"\d(?:st|nd|rd|th|er|\.)?(?: de)?\s$")
_NUMBER_AFTER = re.compile(r"\s\d")


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a name: a placeholder's `kind` and `number`, and how it is usually written.

    `is_common`: in small letters it is an ordinary word, such as "will".
    """

    kind: str
    number: int
    usual: str
    is_common: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text, `text[start:end]`, without its ending."""

    start: int
    end: int
    form: Form


@dataclass
class Names:
    """Finds the names of `people`; whoever comes first in it gives a name that several bear its number."""

    people: Sequence[str]
    _forms: dict[tuple[str, ...], Form] = field(default_factory=dict)
    _usual: dict[tuple[str, int], str] = field(default_factory=dict)
    _initials: dict[Form, list[tuple[str, int]]] = field(default_factory=dict)
    _longest: int = 1

    def __post_init__(self) -> None:
        for number, name in zip(count(1), self.people):
            self._know(name, number)

    def found_in(self, text: str) -> Iterator[Named]:
        """From left to right, none within another."""
        for start, end in stretches(text):
            tokens = [match.span() for match in NAME_WORD.finditer(text, start, end)]
            yield from self._found(text, tokens, within=True)

    def usual(self, form: Form) -> str:
        """How the name is written for which a placeholder of the form's kind and number stands."""
        return self._usual.get((form.kind, form.number), form.usual)

    def _know(self, name: str, number: int) -> None:
        _, core = name_words(name)
        places = [at for at, word in enumerate(core) if at == 0 or letters_of(word) not in JOINING]
        for at in places:
            kind = "Person" if at == 0 else "Family" if at == places[-1] else "Middle"
            self._add(core[at], kind, number)
            for part in NAME_WORD.findall(core[at]):
                self._add(part, kind, number)
            self._add_run_together(core[at], kind, number)
        if len(places) > 1:
            first, last = core[0], core[places[-1]]
            whole = " ".join(core[places[-2] + 1 :])
            self._add(whole, "Family", number)
            self._add_run_together(whole, "Family", number)
            for surname in (last, whole):
                if (form := self._forms.get(key_of(surname))) is not None:
                    self._initials.setdefault(form, []).append((folded(first[:1]), number))
            for joined in (first + last, last + first, first[:1] + last):
                self._add_joined(joined, number)

    def _add(self, words: str, kind: str, number: int) -> None:
        if sum(map(str.isalpha, words)) > 1:
            for key in {key_of(words), key_of(transcribed(words))}:
                is_common = any(words.lower() in stop_words(language) for language in _LANGUAGES)
                self._know_as(key, Form(kind, number, words, is_common))

    def _add_run_together(self, words: str, kind: str, number: int) -> None:
        """As "O'Brien" is written "Obrien" and "van der Berg" "Vanderberg"."""
        if len(key_of(words)) > 1 and len(joined := letters_of(words)) >= _LEAST_JOINED:
            for letters in {joined, letters_of(transcribed(words))}:
                self._know_as(key_of(letters), Form(kind, number, words))

    def _add_joined(self, words: str, number: int) -> None:
        """As in a handle or in a file's name."""
        letters = letters_of(words)
        for key in {key_of(letters), key_of(letters_of(transcribed(words)))}:
            if len(letters) >= _LEAST_JOINED or len(key) > 1:
                self._know_as(key, Form("Handle", number, letters))

    def _know_as(self, key: tuple[str, ...], form: Form) -> None:
        if self._forms.setdefault(key, form) is form:
            self._usual.setdefault((form.kind, form.number), form.usual)
        self._longest = max(self._longest, len(key))

    def _found(self, text: str, tokens: Sequence[tuple[int, int]], *, within: bool) -> Iterator[Named]:
        """`within`: names within a word, too, such as "MayaOkafor"."""
        at = 0
        while at < len(tokens):
            named, used = self._longest_at(text, tokens[at : at + self._longest])
            if named is not None:
                yield from self._initial_before(text, named)
                yield named
            elif within and len(humps := _humps(text, *tokens[at])) > 1:
                yield from self._found(text, humps, within=False)
            at += used

    def _longest_at(self, text: str, tokens: Sequence[tuple[int, int]]) -> tuple[Named | None, int]:
        """The longest name that begins with the first token, and how many tokens to go on by."""
        key: tuple[str, ...] = ()
        best: tuple[Named | None, int] = None, 1
        for used, (start, end) in enumerate(tokens, start=1):
            if used > 1 and not _BETWEEN.fullmatch(text, tokens[used - 2][1], start):
                break
            first = tokens[0][0]
            named = self._known((*key, folded(text[start:end])), text, first, end)
            named = named or self._with_ending(key, text, first, start, end)
            best = (named, used) if named else best
            key = (*key, folded(text[start:end]))
        return best

    def _known(self, key: tuple[str, ...], text: str, start: int, end: int) -> Named | None:
        form = self._forms.get(key)
        if form is None or (form.is_common and text[start].islower()) or _is_in_date(text, key, start, end):
            return None
        return Named(start, end, form)

    def _with_ending(self, key: tuple[str, ...], text: str, start: int, word: int, end: int) -> Named | None:
        """A genitive and the like: "Mayas", "Maxens", "Okaforsche"."""
        if text[end - 1] in _LAST_LETTERS:
            for stem in [end - len(ending) for ending in _ENDINGS if text[word:end].lower().endswith(ending)]:
                if stem - word > 1 and text[stem - 1].lower() not in "sß":
                    found = self._known((*key, folded(text[word:stem])), text, start, stem)
                    if found is not None and not found.form.is_common:
                        return found
        return None

    def _initial_before(self, text: str, named: Named) -> Iterator[Named]:
        """Initials that stand before a surname of somebody whose they can be."""
        owners = self._initials.get(named.form, ())
        before = _INITIALS.search(text, max(0, named.start - _LOOK_BACK), named.start) if owners else None
        if before is not None and before["initials"][0].isupper():
            initial = folded(before["initials"][0])
            for number in [number for first, number in owners if first == initial][:1]:
                start, end = before.span("initials")
                yield Named(start, end, Form("Initial", number, f"{text[start]}."))


def name_of_speaker(label: str) -> str:
    """The words of a transcript's label that may name somebody: none of "Speaker 2"."""
    return " ".join(word for word in label.split() if letters_of(word) not in {"", *NOBODYS})


def _humps(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a word with capitals within."""
    if text[start + 1 : end].islower():
        return [(start, end)]
    inner = [
        at
        for at in range(start + 1, end)
        if text[at].isupper() and (not text[at - 1].isupper() or (at + 1 < end and text[at + 1].islower()))
    ]
    return list(pairwise([start, *inner, end]))


def _is_in_date(text: str, key: tuple[str, ...], start: int, end: int) -> bool:
    """Whether a name that is a month's, too, stands beside a number: "4 May", "May 2027"."""
    if len(key) > 1 or key[0] not in _MONTHS:
        return False
    before = _NUMBER_BEFORE.search(text, max(0, start - _LOOK_BACK), start)
    return before is not None or _NUMBER_AFTER.match(text, end) is not None
