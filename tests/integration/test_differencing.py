"""Nobody learns from releases, by any sequence of requests, what few pairings carry."""

from pathlib import Path

import pytest

from tests.integration.differencing import afresh, attack, attack_by_halves, released
from tests.integration.subtracting import RECOVERIES


@pytest.mark.timeout(600)
def test_no_request_tells_what_few_pairings_carry(tmp_path: Path) -> None:
    score = attack(tmp_path / "counterpart.db", range(100), released)
    assert {kind: score[kind] for kind in RECOVERIES if score[kind]} == {}
    assert score["told"] > 300
    assert score["changed"] > 100


def test_the_same_attacker_recovers_much_where_learnings_are_made_afresh(tmp_path: Path) -> None:
    score = attack(tmp_path / "counterpart.db", range(20), afresh)
    assert sum(score[kind] for kind in RECOVERIES) > 100
    assert sum(score[kind] > 0 for kind in RECOVERIES) > 4


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_five_thousand_sequences_tell_nothing_of_few_pairings(tmp_path: Path) -> None:
    score = attack_by_halves(tmp_path, range(1_000, 6_000), released)
    assert {kind: score[kind] for kind in RECOVERIES if score[kind]} == {}
    assert score["told"] > 15_000
    assert score["changed"] > 5_000
