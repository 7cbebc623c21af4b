"""The demonstration program as a fixture of the evaluation."""

from datetime import date

from evals.cases.demonstration import demonstration
from evals.cases.loading import pair_faults

TODAY = date(2027, 3, 8)


def test_its_labels_name_what_is_there_and_may_be_read() -> None:
    case = demonstration(TODAY)
    assert [fault for pair in case.pairs for fault in pair_faults(pair)] == []
    assert sum(len(gold.must) for pair in case.pairs for gold in pair.agenda) > 100


def test_both_members_of_each_pair_have_an_agenda() -> None:
    for pair in demonstration(TODAY).pairs:
        assert {gold.reader for gold in pair.agenda} == {person.key for person in pair.people}


def test_days_count_from_the_day_that_is_named() -> None:
    pair = demonstration(TODAY).by_key["pair-01"]
    assert pair.sessions[0].held_at.date() == date(2026, 12, 14)
    assert {goal.key: goal.due for goal in pair.goals}["g2"] == date(2027, 3, 4)
