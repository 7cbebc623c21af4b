"""What may leave a pairing: nothing that names a person and no sentence of a note."""

import re
from collections.abc import Iterable

from coach.language.words import stop_words, words

MOST_WORDS_IN_A_ROW = 5


def runs(text: str, length: int = MOST_WORDS_IN_A_ROW + 1) -> set[tuple[str, ...]]:
    """Every run of `length` words, lower-cased."""
    said = [word.lower() for word in words(text)]
    return {tuple(said[at : at + length]) for at in range(len(said) - length + 1)}


def repeats(text: str, notes: Iterable[str]) -> bool:
    """Whether more than MOST_WORDS_IN_A_ROW consecutive words stand in one of the notes."""
    told = runs(text)
    return bool(told) and any(told & runs(note) for note in notes)


def parts_of(word: str) -> frozenset[str]:
    """A word and what it is joined from, lower-cased: "Jean-Luc's" holds "jean" and "luc"."""
    lowered = word.lower().replace("’", "'")
    return frozenset({lowered, lowered.removesuffix("'s"), *re.split(r"['-]", lowered)})


def name_parts(names: Iterable[str]) -> frozenset[str]:
    """Every part of every name that is more than a letter."""
    every = frozenset().union(*(parts_of(word) for name in names for word in words(name)))
    return frozenset(part for part in every if len(part) > 1)


def names_anyone(text: str, names: Iterable[str]) -> bool:
    """Whether a word of the text is part of a name; one such as "Will" only where a capital makes it one."""
    named = name_parts(names)
    return any(
        part in named and (part not in stop_words() or (at > 0 and word[0].isupper()))
        for at, word in enumerate(words(text))
        for part in parts_of(word)
    )
