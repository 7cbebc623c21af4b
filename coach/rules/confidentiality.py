"""What may leave a pairing: nothing that names a person and no sentence of a note."""

from collections.abc import Iterable

from coach.language.words import words

MOST_WORDS_IN_A_ROW = 5


def runs(text: str, length: int = MOST_WORDS_IN_A_ROW + 1) -> set[tuple[str, ...]]:
    """Every run of `length` words, lower-cased."""
    said = [word.lower() for word in words(text)]
    return {tuple(said[at : at + length]) for at in range(len(said) - length + 1)}


def repeats(text: str, notes: Iterable[str]) -> bool:
    """Whether more than MOST_WORDS_IN_A_ROW consecutive words stand in one of the notes."""
    told = runs(text)
    return bool(told) and any(told & runs(note) for note in notes)


def names_anyone(text: str, names: Iterable[str]) -> bool:
    """Whether a word of the text is part of one of the names."""
    parts = {part.lower() for name in names for part in words(name) if len(part) > 1}
    return any(word.lower() in parts for word in words(text))
