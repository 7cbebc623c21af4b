"""Which sentences are shown as answers to a question, and when none is."""

from collections.abc import Sequence

import numpy as np
import pytest

from coach.advice.answers import Candidates, answering, candidates
from coach.advice.reading import Reading
from coach.domain.notes import NoteKind
from coach.domain.spoken import Spoken
from tests.fakes import Scores, WordReader
from tests.unit.building import INGRID, MAYA, note, reading
from tests.unit.stores import search_of

FIRST = "We had lunch. Ingrid shot her video on 14 June with friends. Nine people watched it."
SECOND = "The board asked for numbers. Maya wonders when the garden opens."


def pairing() -> Reading:
    return reading(note(FIRST, MAYA, "2027-03-04"), note(SECOND, INGRID, "2027-03-11"))


async def found_in(of: Reading, question: str = "When was the video shot?") -> Candidates:
    found = await candidates(of, await search_of(of), WordReader(), question)
    assert found is not None
    return found


async def test_sentences_stand_in_the_order_of_their_notes_each_with_its_odds() -> None:
    found = await found_in(pairing())
    assert [said.text for said in found.said] == [
        "We had lunch.",
        "Ingrid shot her video on 14 June with friends.",
        "Nine people watched it.",
        "The board asked for numbers.",
        "Maya wonders when the garden opens.",
    ]
    assert found.ranked[0].text == "Ingrid shot her video on 14 June with friends."
    assert len(found.scores) == 5


async def test_the_reader_is_told_who_asks_and_who_speaks() -> None:
    read = Recording()
    talk = note("Maya: When?\nIngrid: On 14 June.", kind=NoteKind.TRANSCRIPT)
    of = reading(talk, note("We had lunch.", INGRID, "2027-03-11"))
    await candidates(of, await search_of(of), read, "When was lunch?")
    assert read.asked == [("Maya", "When was lunch?")]
    assert set(read.lines) == {("Maya", "When?"), ("Ingrid", "On 14 June."), ("Ingrid", "We had lunch.")}


class Recording(WordReader):
    def __init__(self) -> None:
        self.asked: list[Spoken] = []
        self.lines: list[Spoken] = []

    async def answers(self, asked: Spoken, passages: Sequence[Sequence[Spoken]]) -> list[Scores]:
        self.asked.append(asked)
        self.lines += [line for passage in passages for line in passage]
        return await super().answers(asked, passages)


@pytest.mark.parametrize("question", ["?", "", "…"])
async def test_a_question_without_a_word_finds_nothing(question: str) -> None:
    of = pairing()
    assert await candidates(of, await search_of(of), WordReader(), question) is None


@pytest.mark.parametrize("question", ["asdf", "the the the", "dashboards?"])
async def test_one_word_that_the_notes_do_not_hold_or_that_means_nothing_finds_nothing(question: str) -> None:
    of = pairing()
    assert await candidates(of, await search_of(of), WordReader(), question) is None


async def test_one_word_that_the_notes_hold_in_another_form_is_looked_for() -> None:
    assert (await found_in(pairing(), "Boards?")).ranked[0].text == "The board asked for numbers."


async def test_the_odds_are_those_of_any_sentence() -> None:
    found = await found_in(pairing())
    even = Candidates(found.said, np.zeros(5, dtype=np.float32))
    assert even.odds == pytest.approx(np.log(5))
    assert Candidates(found.said, np.full(5, -9, dtype=np.float32)).odds < 0


async def shown(of: Reading, scores: list[float]) -> list[str]:
    told = (await found_in(of)).said
    return [said.text for said in answering(of, Candidates(told, np.array(scores, dtype=np.float32)))]


async def test_the_best_sentences_are_shown_with_their_neighbours_and_none_twice() -> None:
    assert await shown(pairing(), [0, 2, 1, 0, 1]) == [FIRST, SECOND]


async def test_what_is_far_behind_the_best_is_not_shown() -> None:
    assert await shown(pairing(), [0, 9, 1, 0, 1]) == [FIRST]


async def test_neighbours_of_another_speaker_are_not_shown() -> None:
    talk = note("Maya: When?\nIngrid: On 14 June.\nMaya: Fine.", kind=NoteKind.TRANSCRIPT)
    assert await shown(reading(talk), [0.5, 1, 0]) == ["On 14 June.", "When?", "Fine."]
