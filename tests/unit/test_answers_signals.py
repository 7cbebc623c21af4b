"""What speaks for a sentence as the answer to a question."""

import numpy as np
import pytest

from coach.advice.answers import Candidates, answering, listened
from coach.advice.answers_model import TOWARDS, Ranker, Trust, learned, traits
from coach.advice.answers_signals import Heard, Question, Rarity, signals
from coach.advice.reading import Reading
from coach.domain.notes import NoteKind
from tests.unit.building import INGRID, MAYA, note, reading
from tests.unit.stores import search_of

FIRST = "We had lunch. Ingrid shot her video on 14 June with friends. Nine people watched it."
SECOND = "The board asked for numbers. Maya wonders when the garden opens."


def pairing() -> Reading:
    return reading(note(FIRST, MAYA, "2027-03-04"), note(SECOND, INGRID, "2027-03-11"))


async def heard(of: Reading, question: str) -> tuple[Heard, dict[str, np.ndarray]]:
    found = await listened(of, await search_of(of), question)
    assert found is not None
    return found


async def test_sentences_stand_in_the_order_of_their_notes_with_every_signal() -> None:
    told, found = await heard(pairing(), "When was the video shot?")
    assert [said.text for said in told.said] == [
        "We had lunch.",
        "Ingrid shot her video on 14 June with friends.",
        "Nine people watched it.",
        "The board asked for numbers.",
        "Maya wonders when the garden opens.",
    ]
    assert told.notes.tolist() == [0, 0, 0, 1, 1]
    assert {len(values) for values in found.values()} == {5}
    assert set(learned().ranker.names) == set(found)


async def test_words_are_matched_in_the_sentence_and_close_by_in_its_note_alone() -> None:
    _, found = await heard(pairing(), "When was the video shot?")
    assert found["rare"].tolist() == pytest.approx([0, 1, 0, 0, 0], abs=1e-6)
    assert found["rare near"].tolist() == pytest.approx([1, 1, 1, 0, 0], abs=1e-6)
    assert found["covered near"].tolist() == pytest.approx([1, 1, 1, 0, 0])


async def test_what_is_asked_for_is_held_or_lacked() -> None:
    _, found = await heard(pairing(), "When was the video shot?")
    assert found["holds time"].tolist() == [0, 1, 0, 0, 0]
    assert found["lacks time"].tolist() == [1, 0, 1, 1, 1]
    assert not found["holds number"].any()
    _, found = await heard(pairing(), "How many watched it on 14 June?")
    assert found["holds number"].tolist() == [0, 0, 1, 0, 0]


async def test_something_open_is_told_apart() -> None:
    _, found = await heard(pairing(), "When does the garden open?")
    assert found["open"].tolist() == [0, 0, 0, 0, 1]


def test_who_says_i_is_the_reader() -> None:
    assert Question("When did I meet Ingrid?", pairing()).persons == {"maya", "ingrid"}
    assert Question("Where is the garden?", pairing()).persons == frozenset()


async def test_a_single_sentence_has_signals_too() -> None:
    _, found = await heard(reading(note("We had lunch.")), "What about lunch?")
    assert all(np.isfinite(values).all() for values in found.values())


@pytest.mark.parametrize("question", ["?", "", "…"])
async def test_a_question_without_a_word_hears_nothing(question: str) -> None:
    of = pairing()
    assert await listened(of, await search_of(of), question) is None


def test_a_rarer_stem_weighs_more() -> None:
    rarity = Rarity([frozenset({"a", "b"}), frozenset({"a"})])
    assert rarity("c") > rarity("b") > rarity("a")
    assert rarity.covered(frozenset({"a", "b"}), frozenset({"b"})) > 0.5
    assert rarity.covered(frozenset(), frozenset({"b"})) == 0


def test_a_network_scores_standard_signals() -> None:
    one, none = np.ones(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
    ranker = Ranker(("x",), one, 2 * one, np.ones((1, 1), dtype=np.float32), none, 3 * one)
    scores = ranker.scores({"x": np.array([1, 3, 100], dtype=np.float32)})
    assert scores.tolist() == pytest.approx([0, 3 * np.tanh(1), 3 * np.tanh(5)])


def test_trust_is_a_probability_of_its_traits() -> None:
    one, none = np.ones(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
    trust = Trust(("rare",), none, one, one, 0.0)
    assert trust.probability({"rare": 0.0}) == pytest.approx(0.5)
    assert trust.probability({"rare": 1.0}) > 0.7


def test_no_trait_was_learned_to_speak_the_wrong_way() -> None:
    trust = learned().trust
    assert all(w * TOWARDS[name] >= 0 for name, w in zip(trust.names, trust.weights, strict=True))


def test_traits_are_those_of_the_likeliest() -> None:
    found = {name: np.array([1, 0], dtype=np.float32) for name in TOWARDS}
    assert traits(found, np.array([30, 0], dtype=np.float32))["rare"] == pytest.approx(1)
    assert traits(found, np.array([0, 0], dtype=np.float32))["rare"] == pytest.approx(0.5)


async def shown(of: Reading, scores: list[float]) -> list[str]:
    told, found = await heard(of, "When was the video shot?")
    every = Candidates(told, found, np.array(scores, dtype=np.float32))
    return [said.text for said in answering(of, every)]


async def test_the_best_sentences_are_shown_with_their_neighbours_and_none_twice() -> None:
    assert await shown(pairing(), [0, 2, 1, 0, 1]) == [FIRST, SECOND]


async def test_what_is_far_behind_the_best_is_not_shown() -> None:
    assert await shown(pairing(), [0, 9, 1, 0, 1]) == [FIRST]


async def test_neighbours_of_another_speaker_are_not_shown() -> None:
    talk = note("Maya: When?\nIngrid: On 14 June.\nMaya: Fine.", kind=NoteKind.TRANSCRIPT)
    assert await shown(reading(talk), [0.5, 1, 0]) == ["On 14 June.", "When?", "Fine."]


async def test_the_same_question_has_the_same_signals() -> None:
    _, once = await heard(pairing(), "When was the video shot?")
    told, _ = await heard(pairing(), "When was the video shot?")
    again = signals(Question("When was the video shot?", pairing()), told)
    assert all(np.array_equal(once[name], again[name]) for name in once)
