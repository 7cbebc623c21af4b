"""The words by which a statement is held against what it cites, in each language."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import pytest

from coach.language.claims import Wordings, wordings
from coach.language.detection import languages
from coach.language.facts import tokens
from coach.language.words import folded

LANGUAGES = languages()


@cache
def tables(language: str) -> dict[str, Any]:
    file = resources.files("coach.language").joinpath(f"claims/{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))


def keys(language: str) -> dict[str, list[str]]:
    """The tables with their keys, but for the number words, which are each language's own."""
    return {name: sorted(table) for name, table in tables(language).items() if name != "numbers"}


def words_of(told: Wordings) -> Iterable[str]:
    """All that is looked up as a word of a text, and not by a pattern."""
    yield from (*told.behind, *told.single, *told.several, *told.numbers, *told.days, *told.ends, *told.small)
    for words in told.scope.values():
        yield from words


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_tables(language: str) -> None:
    assert keys(language) == keys("en")
    assert tables(language)["numbers"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_compiles_and_matches_something(language: str) -> None:
    told = wordings(language)
    patterns = [*told.persons.values(), *told.modes.values(), told.states, told.subjects]
    patterns += told.feeling.values()
    assert len(patterns) == 11
    assert not any(pattern.fullmatch("") for pattern in patterns)
    assert all(told.scope.values()) and all(told.free.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_one_that_a_text_can_never_hold(language: str) -> None:
    """Texts are read word by word, without accents."""
    assert [word for word in words_of(wordings(language)) if tokens(word) != [word]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns_of_modes_and_feelings_stand_without_accents(language: str) -> None:
    told = wordings(language)
    for pattern in (*told.modes.values(), *told.feeling.values()):
        assert folded(pattern.pattern) == pattern.pattern.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_and_weekday_has_its_place(language: str) -> None:
    told = wordings(language)
    months = {f"month {at}" for at in range(1, 13)}
    assert set(told.days.values()) == months | {f"weekday {at}" for at in range(1, 8)}
    assert told.also_words <= told.days.keys()


@pytest.mark.parametrize(
    ("language", "planned", "denied"),
    [("en", "will", "never"), ("de", "plant", "nicht"), ("fr", "veut", "jamais"), ("es", "quiere", "nunca")],
)
def test_what_is_planned_and_what_is_denied_is_told_by_whole_words(
    language: str, planned: str, denied: str
) -> None:
    modes = wordings(language).modes
    assert modes["planned"].fullmatch(planned) and not modes["planned"].fullmatch(denied)
    assert modes["denied"].fullmatch(denied) and not modes["denied"].fullmatch(planned)
    assert not modes["denied"].fullmatch(f"x{denied}x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I met Tom", "X met Tom"),
        ("Tom and I.", "Tom and X."),
        ("i met Tom", "X met Tom"),
        ("the I-beam, i.e. steel", "the I-beam, i.e. steel"),
        ("an iPad", "an iPad"),
    ],
)
def test_a_pronoun_is_a_word_of_its_own(text: str, told: str) -> None:
    assert wordings("en").persons["first"].sub("X", text) == told


def test_what_is_polite_with_a_capital_only_is_so_alone() -> None:
    spoken = wordings("de").persons["second"]
    assert spoken.search("Haben Sie Zeit?") and not spoken.search("Dann kam sie.")


def test_a_language_without_wordings_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        wordings("xx")
