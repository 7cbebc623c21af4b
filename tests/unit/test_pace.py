"""When files are rid of what was erased: soon, once for many, and seldom where it takes long."""

from coach.compaction import Pace

_ONE, _TWO = frozenset({"a"}), frozenset({"a", "b"})


def test_nothing_is_due_without_an_erasure() -> None:
    assert not Pace().is_due(100.0, frozenset())


def test_it_begins_a_moment_after_the_last_of_several_erasures() -> None:
    pace = Pace(quiet=2, most=60)
    assert not pace.is_due(0.0, _ONE)
    assert not pace.is_due(1.5, _TWO)
    assert not pace.is_due(3.0, _TWO)
    assert pace.is_due(3.5, _TWO)


def test_it_does_not_wait_for_ever_where_something_is_erased_all_the_time() -> None:
    pace = Pace(quiet=2, most=60)
    due = [at for at in range(70) if pace.is_due(float(at), frozenset(str(n) for n in range(at + 1)))]
    assert due[0] == 60


def test_it_rests_in_proportion_to_what_it_took_and_within_bounds() -> None:
    pace = Pace(quiet=2, most=60, rest=9, longest_rest=840)
    pace.ended(100.0, took=10.0)
    assert not pace.is_due(100.0, _ONE)
    assert not pace.is_due(189.0, _ONE)
    assert pace.is_due(190.0, _ONE)
    pace.ended(200.0, took=1000.0)
    pace.is_due(1000.0, _ONE)
    assert not pace.is_due(1039.0, _ONE)
    assert pace.is_due(1040.0, _ONE)


def test_what_failed_is_tried_again() -> None:
    pace = Pace(quiet=2, most=60, rest=9)
    assert not pace.is_due(0.0, _ONE)
    assert pace.is_due(2.0, _ONE)
    pace.ended(3.0, took=1.0)
    pace.is_due(4.0, _ONE)
    assert pace.is_due(12.0, _ONE)
