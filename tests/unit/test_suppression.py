"""What may be told of groups of pairings after what was told before."""

from dataclasses import replace

from coach.domain.releases import About, Carried, Counted, Part, ToldTheme
from coach.rules.suppression import Suppression
from tests.fakes import NOW

LEAST = 3
PODCAST = About("1", ("podcast",), frozenset({"podcast"}))


def group(*numbers: int) -> frozenset[str]:
    return frozenset(f"p{n}" for n in numbers)


def several(count: int, begin: int = 0) -> frozenset[str]:
    return group(*range(begin, begin + count))


def carried(
    pairings: frozenset[str],
    learned: frozenset[str] = frozenset(),
    about: About = PODCAST,
    authors: int | None = None,
) -> Carried:
    written = enumerate(sorted(pairings))
    by = frozenset((f"author {n % (authors or len(pairings))}", pairing) for n, pairing in written)
    return Carried(about, by, pairings, learned, frozenset())


def told(now: Carried, *cohorts: frozenset[str], before: ToldTheme | None = None) -> ToldTheme | None:
    """The theme as it is told next; the others are a cohort, too."""
    of = {pairing: n for n, cohort in enumerate(cohorts, start=1) for pairing in cohort}
    last, new = ([before], []) if before else ([], [now])
    themes = Suppression(LEAST, of).next_themes(last, {now.about.id: now}, new, NOW)
    return themes[0] if themes else None


def number(theme: ToldTheme | None) -> int | None:
    return theme.carriers.number if theme else None


def first(count: int, learned: frozenset[str] = frozenset()) -> ToldTheme:
    theme = told(carried(several(count), learned))
    assert theme is not None
    return theme


def test_a_theme_begins_with_enough_pairings_and_authors() -> None:
    assert number(told(carried(several(3)))) == 3
    assert told(carried(several(2))) is None
    assert told(carried(several(3), authors=2)) is None
    assert told(carried(several(6), authors=2)) is None


def test_a_few_who_carried_a_theme_before_others_joined_are_left_out_of_its_beginning() -> None:
    assert number(told(carried(several(5)), several(3))) == 3
    assert number(told(carried(several(6)), several(3))) == 6
    assert told(carried(several(4)), several(2)) is None


def test_few_that_join_or_leave_are_not_told() -> None:
    before = first(6)
    for now in (several(7), several(8), several(5), several(4), several(6, 1), several(6, 2)):
        assert told(carried(now), before=before) == before


def test_enough_that_join_or_leave_are_told_each_by_themselves() -> None:
    before = first(6)
    assert number(told(carried(several(9)), before=before)) == 9
    assert number(told(carried(several(3)), before=before)) == 3
    assert number(told(carried(several(8, 2)), before=before)) == 10
    assert number(told(carried(several(5, 3)), before=before)) == 3


def test_few_that_joined_earlier_are_not_told_with_those_that_join_now() -> None:
    before = first(6)
    assert number(told(carried(several(11)), several(3, 8), before=before)) == 9
    assert number(told(carried(several(12)), several(3, 9), before=before)) == 12
    assert number(told(carried(several(12)), several(3, 9), several(2, 6), before=before)) == 9


def test_a_theme_keeps_its_numbers_until_nobody_carries_it() -> None:
    before = first(6)
    assert told(carried(several(1)), before=before) == before
    assert told(carried(group()), before=before) is None


def test_an_erased_pairing_counts_on_until_enough_are_gone() -> None:
    whole = first(9)
    one_less = replace(whole, carriers=Counted(9, several(8, 1)))
    assert number(told(carried(several(8, 1)), before=one_less)) == 9
    three_less = replace(whole, carriers=Counted(9, several(6, 3)))
    assert number(told(carried(several(6, 3)), before=three_less)) == 6


def test_who_learned_is_told_where_they_and_the_others_are_enough_or_nobody() -> None:
    assert first(6, several(3)).numbers == (6, 3, None)
    assert first(6, several(6)).numbers == (6, 6, None)
    for learned in (several(2), several(4), several(5)):
        assert first(6, learned).numbers == (6, None, None)


def test_who_learned_changes_by_nobody_or_enough_else_it_is_withheld() -> None:
    before = first(9, several(3))

    def after(count: int, learned: frozenset[str]) -> tuple[int, int | None, int | None]:
        theme = told(carried(several(count), learned), before=before)
        assert theme is not None
        return theme.numbers

    assert after(9, several(4)) == (9, 3, None)
    assert after(9, several(6)) == (9, 6, None)
    assert after(12, several(4)) == (12, None, None)
    assert after(12, several(3)) == (12, 3, None)
    assert after(12, several(3, 9) | several(3)) == (12, 6, None)


def test_what_was_withheld_is_told_again_beside_what_was_told_last() -> None:
    withheld = told(carried(several(12), several(4)), before=first(9, several(3)))
    assert withheld is not None and withheld.learned == Part(
        Counted(3, several(3)), Counted(6, several(6, 3)), shown=False
    )
    again = told(carried(several(12), several(6)), before=withheld)
    assert again is not None and again.numbers == (12, 6, None)


def test_of_two_themes_that_differ_by_few_only_the_larger_is_told() -> None:
    time = About("2", ("calendar", "podcast"), frozenset(), difficulty="time")
    both = [carried(several(5)), carried(several(6), about=time)]
    themes = Suppression(LEAST, {}).next_themes([], {}, both, NOW)
    assert [theme.about for theme in themes] == [time]
    apart = [carried(several(3)), carried(several(6), about=time)]
    assert len(Suppression(LEAST, {}).next_themes([], {}, apart, NOW)) == 2
    other = [carried(several(5), about=replace(PODCAST, words=("firewall",))), both[1]]
    assert len(Suppression(LEAST, {}).next_themes([], {}, other, NOW)) == 2


def test_a_theme_remembers_when_anything_else_was_told_of_it() -> None:
    before = replace(first(6), told_at=NOW.replace(year=2026))
    same, other = (told(carried(several(n)), before=before) for n in (7, 9))
    assert same is not None and same.told_at == before.told_at
    assert other is not None and other.told_at == NOW
