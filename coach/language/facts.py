"""What a text tells that another can be held against: numbers, days, names, scope, feeling, who and how."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from coach.language.claims import Wordings, wordings
from coach.language.unsettled import is_open, leads_in, unsettled
from coach.language.words import folded, stem, stop_words

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*(?:st|nd|rd|th|k|h)?\b|[^\W\d_]+(?:['\-][^\W_]+)*|\d+|[.,;:!?()\n“”\"]")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_CLAUSE = frozenset(".,;:!?()\n")
_SENTENCE = frozenset(".!?\n")
_PARTS = _SENTENCE | {";", ","}
_OPENS = frozenset('.!?\n"“”:(')
_REACH = {"denied": 6, "planned": 6, "supposed": 6}
_LEAST_LETTERS = 3
_DECIMAL = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_LARGE = 100
_TENS = range(20, 100, 10)
_ONES = {"one": 1.0, "first": 1.0}
_ACT_REACH = 3
_NOUNS_HAVE_CAPITALS = frozenset({"de"})


class Mode(StrEnum):
    """How something is said other than as a fact."""

    DENIED = "denied"
    PLANNED = "planned"
    SUPPOSED = "supposed"


Modes = frozenset[Mode]


@dataclass(frozen=True)
class Facts:
    """Words are folded: lower case, no accents. `said`: the ways in which each content stem is said.

    `acts`: who is named nearest before a content stem in its clause. `unsettled`: content stems that are
    told nowhere as a fact; `is_open`: whether something tells that not all is one.
    """

    words: frozenset[str]
    numbers: frozenset[float]
    days: frozenset[str]
    names: frozenset[str]
    scope: frozenset[str]
    pleased: frozenset[str]
    displeased: frozenset[str]
    said: Mapping[str, frozenset[Modes]]
    acts: Mapping[str, frozenset[str]]
    unsettled: frozenset[str]
    is_open: bool

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(self.said)

    @property
    def modes(self) -> Modes:
        """Those that anything is said in."""
        return frozenset[Mode]().union(*(modes for ways in self.said.values() for modes in ways))


@lru_cache(maxsize=4_000)
def facts(text: str, language: str, people: tuple[str, ...] = ()) -> Facts:
    """`people`: words that stand for persons, folded."""
    tokens = _TOKEN.findall(text.replace("’", "'"))
    told = _Telling(tokens, wordings(language), frozenset(people))
    feelings = told.feelings()
    return Facts(
        words=frozenset(told.folded),
        numbers=frozenset(told.numbers()),
        days=frozenset(told.days()),
        names=frozenset(told.names()),
        scope=frozenset(told.scope()),
        pleased=feelings["pleased"],
        displeased=feelings["displeased"],
        said=told.said(),
        acts=told.acts(),
        unsettled=told.unsettled(),
        is_open=is_open(told.folded, told.wordings),
    )


def tokens(text: str) -> list[str]:
    """A text's words, folded, without punctuation."""
    return [folded(token) for token in _TOKEN.findall(text.replace("’", "'")) if token[0].isalnum()]


def in_figures(words: Sequence[str], language: str) -> list[str]:
    """Folded words, with figures for number words: "thirty-one" is "31"."""
    values = [_word_value(word, wordings(language)) for word in words]
    return [word if value is None else f"{value:g}" for word, value in zip(words, values, strict=True)]


def clauses(text: str, language: str) -> list[list[str]]:
    """A text's words as `tokens`, parted at the ends of sentences and of clauses.

    A comma ends a clause before a word that leads another in, and where neither side tells a mode: in
    "If she comes, we start" one half says nothing without the other.
    """
    words, found, mark = wordings(language), list[list[str]](), "."
    for between, part in _parted(text):
        mark = between if mark == "," else mark
        if not part:
            continue
        ends = mark != "," or not found or part[0] in words.ends | words.joins
        if ends or not any(words.modes[mode].fullmatch(word) for mode in _REACH for word in found[-1] + part):
            found.append(part)
        else:
            found[-1] += part
        mark = ","
    return found


def sentences(text: str) -> list[list[str]]:
    """A text's words as `tokens`, parted at the ends of sentences."""
    found = list[list[str]]()
    for mark, part in _parted(text):
        if mark in _SENTENCE or not found:
            found.append([])
        found[-1] += part
    return [part for part in found if part]


def _parted(text: str) -> Iterator[tuple[str, list[str]]]:
    """Words without a mark between them, and the mark before."""
    mark, part = ".", list[str]()
    for token in _TOKEN.findall(text.replace("’", "'")):
        if token in _PARTS:
            yield mark, part
            mark, part = token, []
        elif token[0].isalnum():
            part.append(folded(token))
    yield mark, part


def token_stems(words: Iterable[str], language: str) -> set[str]:
    """Content stems of folded words."""
    return {
        folded(stem(word, language))
        for word in words
        if word not in stop_words(language) and (len(word) >= _LEAST_LETTERS or word[0].isdigit())
    }


class _Telling:
    def __init__(self, tokens: Sequence[str], words: Wordings, people: frozenset[str]) -> None:
        self._tokens = tokens
        self.wordings = words
        self._people = people
        self.folded = [folded(token) for token in tokens]
        self._stopped = stop_words(words.language)

    def numbers(self) -> Iterator[float]:
        """Values of figures and number words; "two hundred" is one."""
        before: float | None = None
        for token in self.folded:
            figures = _figures(token) if token[0].isdigit() else []
            value = figures.pop() if figures else _word_value(token, self.wordings)
            yield from figures
            if value is not None and before is not None and value >= _LARGE > before:
                value *= before
                before = None
            if before is not None:
                yield before
            before = value
        if before is not None:
            yield before

    def days(self) -> Iterator[str]:
        for token, word in zip(self._tokens, self.folded, strict=True):
            if word in self.wordings.days and (word not in self.wordings.also_words or token[0].isupper()):
                yield self.wordings.days[word]

    def names(self) -> Iterator[str]:
        """Words with a capital inside a sentence; nothing where every noun has one."""
        if self.wordings.language in _NOUNS_HAVE_CAPITALS:
            return
        for at, token in enumerate(self._tokens):
            inside = at > 0 and self._tokens[at - 1] not in _OPENS
            common = token.lower() in self._stopped or self.folded[at] in self.wordings.days
            if inside and token[0].isupper() and len(token) > 1 and not common:
                yield self.folded[at]

    def scope(self) -> Iterator[str]:
        for name, words in self.wordings.scope.items():
            if not words.isdisjoint(self.folded):
                yield name

    def feelings(self) -> dict[str, frozenset[str]]:
        return {
            name: frozenset(self._stem(at) for at, word in enumerate(self.folded) if pattern.fullmatch(word))
            for name, pattern in self.wordings.feeling.items()
        }

    def said(self) -> dict[str, frozenset[Modes]]:
        """Each content stem with the modes of the words before it in its clause."""
        found: dict[str, set[Modes]] = defaultdict(set)
        left = dict.fromkeys(Mode, 0)
        for at, word in enumerate(self.folded):
            if word in _CLAUSE or word in self.wordings.ends:
                left = dict.fromkeys(Mode, 0)
            for mode in Mode:
                left[mode] = (
                    _REACH[mode.value] if self.wordings.modes[mode.value].fullmatch(word) else left[mode] - 1
                )
            if self._has_content(at):
                found[self._stem(at)].add(frozenset(mode for mode in Mode if left[mode] > 0))
        return {stemmed: frozenset(ways) for stemmed, ways in found.items()}

    def unsettled(self) -> frozenset[str]:
        places = unsettled(self.folded, self.wordings)
        content = [at for at in range(len(self.folded)) if self._has_content(at)]
        settled = {self._stem(at) for at in content if at not in places}
        return frozenset(self._stem(at) for at in content) - settled

    def acts(self) -> dict[str, frozenset[str]]:
        """For each content stem the persons that are named nearest before it: stand-ins, names, pronouns."""
        found: dict[str, set[str]] = defaultdict(set)
        who, gap = "", 0
        for at, word in enumerate(self.folded):
            if word in _SENTENCE or word == ";":
                who = ""
            elif self._is_person(at):
                if not (at and self.folded[at - 1] in self.wordings.behind) and not self._is_object(at, who):
                    who, gap = word, 0
            elif self._has_content(at):
                if who and gap < _ACT_REACH:
                    found[self._stem(at)].add(who)
                gap += 1
        return {stemmed: frozenset(people) for stemmed, people in found.items()}

    def _is_person(self, at: int) -> bool:
        token, word = self._tokens[at], self.folded[at]
        if token.lower().endswith("'s"):
            return False
        if word in self._people or word in self.wordings.single | self.wordings.several:
            return True
        named = at > 0 and token[0].isupper() and self._tokens[at - 1] not in _OPENS
        return named and self.wordings.language not in _NOUNS_HAVE_CAPITALS and word not in self._stopped

    def _is_object(self, at: int, who: str) -> bool:
        """Whether somebody was named before and a word of content stands between: "Maya showed Ingrid"."""
        before = self.folded[at - 1]
        leads = before in self.wordings.ends or leads_in(before, self.wordings)
        return bool(who) and self._has_content(at - 1) and not leads

    def _has_content(self, at: int) -> bool:
        word = self.folded[at]
        return (
            word[0].isalpha()
            and len(word) >= _LEAST_LETTERS
            and self._tokens[at].lower() not in self._stopped
            and word not in self._people
        )

    def _stem(self, at: int) -> str:
        return folded(stem(self._tokens[at], self.wordings.language))


def _figures(token: str) -> list[float]:
    """The value of a figure, or of each part of a date or a version in figures; none for a word."""
    figure = token.rstrip("stndrhk")
    if _THOUSANDS.fullmatch(figure):
        return [float(re.sub(r"[.,]", "", figure))]
    if _DECIMAL.fullmatch(figure):
        value = float(figure.replace(",", "."))
        return [value * 1000 if token.endswith("k") else value]
    return [float(part) for part in re.findall(r"[0-9]+", figure)]


def _word_value(word: str, words: Wordings) -> float | None:
    if word in words.numbers:
        return words.numbers[word]
    tens, _, ones = word.partition("-")
    if tens in words.numbers:
        small = words.numbers.get(ones, _ONES.get(ones, 0)) if words.numbers[tens] in _TENS else 0
        return words.numbers[tens] + small
    return None
