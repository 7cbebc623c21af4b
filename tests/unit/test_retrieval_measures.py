"""The measures of retrieval, on answers that are good, bad and in between."""

import pytest

from evals.datasets.conversations import Stretch, conversation, dialogues
from evals.retrieval import coverage, gain

GOLD = [(0, 100, 200), (2, 0, 50)]


@pytest.mark.parametrize(
    ("given", "budget", "share"),
    [
        ([], 1000, 0.0),
        ([(0, 100, 200), (2, 0, 50)], 1000, 1.0),
        ([(1, 100, 200)], 1000, 0.0),
        ([(0, 100, 200)], 1000, 2 / 3),
        ([(0, 100, 200), (0, 100, 200), (2, 0, 50)], 1000, 1.0),
        ([(0, 100, 200), (0, 100, 200), (2, 0, 50)], 200, 2 / 3),
        ([(0, 100, 200)], 50, 1.0),
        ([(0, 0, 200)], 150, 50 / 150),
        ([(1, 0, 900), (0, 100, 200)], 1000, 2 / 3),
    ],
)
def test_coverage_is_the_share_of_gold_within_the_budget(
    given: list[Stretch], budget: int, share: float
) -> None:
    assert coverage(given, GOLD, budget) == pytest.approx(share)


def test_gain_is_greater_the_sooner_gold_comes() -> None:
    noise: Stretch = (1, 0, 300)
    first, last = gain([*GOLD, noise], GOLD, 1000), gain([noise, *GOLD], GOLD, 1000)
    assert first == pytest.approx(1)
    assert 0 < last < first
    assert gain([noise], GOLD, 1000) == 0
    assert gain([GOLD[0], GOLD[0]], GOLD, 1000) < 1


def test_evidence_names_turns_and_stretches_of_turns() -> None:
    made = conversation(
        {
            "id": "x",
            "sessions": [
                {"held_at": "2026-01-14T18:30:00Z", "turns": [["Lena", "Hey."], ["Marc", "Hi  you."]]},
                {"held_at": "2026-01-21T18:30:00", "turns": [["Lena", "Back."], ["Marc", "So am I."]]},
            ],
            "questions": [{"query": "Who?", "evidence": [[1, 2], [2, 1, 2]]}],
        }
    )
    texts = [made.texts[session][start:end] for session, start, end in made.questions[0].gold]
    assert texts == ["Marc: Hi you.", "Lena: Back.\nMarc: So am I."]
    assert [p.excerpt.text for p in made.passages()] == ["Hey.", "Hi you.", "Back.", "So am I."]
    assert made.held_at[0] < made.held_at[1]


def test_every_dialogue_has_sessions_in_order_and_evidence_that_exists() -> None:
    every = dialogues()
    assert len(every) >= 10
    for home in every:
        assert list(home.held_at) == sorted(home.held_at), home.id
        assert len(home.questions) >= 36
        for question in home.questions:
            assert question.gold, (home.id, question.query)
            for session, start, end in question.gold:
                assert 0 <= start < end <= len(home.texts[session]), (home.id, question.query)
