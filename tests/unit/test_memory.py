"""A model's answers and where names are looked for, kept and forgotten."""

from coach.drafting.memory import KeptAnswers, LastUsed, Memory, key_of
from coach.drafting.spotting import Known, Spotter


def test_an_answer_is_kept_by_everything_that_was_asked() -> None:
    kept = KeptAnswers(9)
    kept.keep(key_of("model", "evidence"), ("a line",), kept.now)
    assert kept.of(key_of("model", "evidence")) == ("a line",)
    assert kept.of(key_of("model", "other evidence")) is None
    assert key_of("ab", "c") != key_of("a", "bc")


def test_the_last_used_ones_stay() -> None:
    kept = KeptAnswers(most=2)
    for name in ("one", "two"):
        kept.keep(name, (name,), kept.now)
    kept.of("one")
    kept.keep("three", ("three",), kept.now)
    assert [kept.of(name) is not None for name in ("one", "two", "three")] == [True, False, True]


def test_none_is_kept_where_none_is_to_be() -> None:
    kept = KeptAnswers(0)
    kept.keep("one", ("one",), kept.now)
    assert len(kept) == 0


def test_what_was_asked_before_something_was_forgotten_is_not_kept() -> None:
    kept = KeptAnswers(9)
    kept.keep("one", ("one",), kept.now)
    before = kept.now
    assert kept.forget() == 1
    kept.keep("two", ("two",), before)
    assert len(kept) == 0
    kept.keep("two", ("two",), kept.now)
    assert kept.of("two") == ("two",)


def test_what_is_erased_is_forgotten_with_the_names_that_were_looked_for() -> None:
    memory, known = Memory(LastUsed(9)), Known(("Maya Okafor",))
    memory.answers.keep("one", ("one",), memory.answers.now)
    memory.spotters.keep(known, Spotter(known), memory.spotters.now)
    assert memory.forget() == 2
    assert memory.spotters.of(known) is None and memory.answers.of("one") is None
