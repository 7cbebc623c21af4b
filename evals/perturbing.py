"""Sentences made false by a small change, as a model that is nearly right would tell them."""

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

_OPPOSITES = """
more less;before after;first last;accepted refused;agreed refused;yes no;all some;both neither;
always sometimes;never always;likes dislikes;liked disliked;started stopped;begin end;won lost;bought sold;
gave took;asked told;up down;early late;good bad;better worse;glad sorry;happy unhappy;proud ashamed;
easy hard;will did;may will;might will;wants refuses;wanted refused;promised refused;could must;old new;
inside outside;with without;most few;many few;only also;hot cold;open closed;right wrong;true false;
high low;longer shorter;bigger smaller;higher lower;fewer more;son daughter;public private;laughed cried;
calm angry;pleased annoyed;wrote read;sent received;today tomorrow;morning evening;weekly monthly;
week month;month year;day week;hour minute;minutes hours;days weeks;weeks months;half all;twice once;
remembered forgot;kept dropped;alone together
"""
_COUNTS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "fifteen",
    "twenty",
)
_MONTHS = tuple(calendar.month_name)[1:]
_DAYS = tuple(calendar.day_name)
_NAMES = (
    "Marek",
    "Lucy",
    "Omar",
    "Paula",
    "Tobias",
    "Nadia",
    "Victor",
    "Helen",
    "Priya",
    "Stefan",
    "Clara",
    "Yusuf",
)
_AUXILIARY = re.compile(
    r"\b(?:is|was|were|are|will|would|can|could|has|had|did|does|should|must)\b(?! not|n't)"
)
_DENIAL = re.compile(r"\b(?:not|never|no longer) ")
_FIGURE = re.compile(r"\d+")
_NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")

Change = Callable[[], str]


def _opposites() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in _OPPOSITES.replace("\n", "").split(";"):
        one, other = pair.split()
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


_OPPOSITE = _opposites()


def perturbed(sentence: str, random: Random) -> str | None:
    """The sentence with one change that makes it false; None where there is nothing to change."""
    ways = list(_changes(sentence, random))
    return random.choice(ways)() if ways else None


def _changes(told: str, random: Random) -> Iterator[Change]:
    words = [word for word in re.findall(r"[a-z]+", told) if word in _OPPOSITE]
    if words:
        yield from [
            lambda: _replaced(told, (word := random.choice(words)), random.choice(_OPPOSITE[word]))
        ] * 2
    if "alice" in told and "bob" in told:
        yield from [lambda: told.replace("alice", "\0").replace("bob", "alice").replace("\0", "bob")] * 2
    if figure := _FIGURE.search(told):
        by = random.choice((-1, 1, random.randint(2, 9)))
        yield lambda: f"{told[: figure.start()]}{abs(int(figure.group()) + by)}{told[figure.end() :]}"
    for names in (_COUNTS, _MONTHS, _DAYS):
        if named := [name for name in names if re.search(rf"\b{name}\b", told)]:
            yield partial(_renamed, told, random.choice(named), names, random)
    if people := _NAMED.findall(told):
        yield lambda: told.replace(random.choice(people), random.choice(_NAMES), 1)
    if said := list(_AUXILIARY.finditer(told)):
        end = random.choice(said).end()
        yield lambda: f"{told[:end]} not{told[end:]}"
    if denied := _DENIAL.search(told):
        yield lambda: told[: denied.start()] + told[denied.end() :]


def _renamed(told: str, name: str, names: Sequence[str], random: Random) -> str:
    return _replaced(told, name, random.choice([other for other in names if other != name]))


def _replaced(told: str, word: str, other: str) -> str:
    return re.sub(rf"\b{word}\b", other, told, count=1)
