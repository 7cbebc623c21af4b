"""Passages joined into stretches within a budget of characters."""

from hypothesis import given
from hypothesis import strategies as st

from coach.advice.finding import stretches
from coach.domain.notes import Found, NoteKind
from tests.unit.building import note, reading

TALK = reading(
    note(
        "Maya: We start with the podcast.\n"
        "Ingrid: I listened to two of them.\n"
        "Maya: Which did you like best, and why did you like it more than the first of them?\n"
        "Ingrid: The one about factories, by far the best of all.",
        kind=NoteKind.TRANSCRIPT,
    ),
    note("We agreed on a demo. It is on Friday.", held="2027-02-01", note_id="short"),
)
NOTES = {n.id: n for n in TALK.notes}


def ranked(*order: int) -> list[Found]:
    return [Found(TALK.passages[at], 1 / (n + 1), 0.0) for n, at in enumerate(order)]


def told(hits: list[Found], max_chars: int) -> list[str]:
    return [stretch.excerpt.text for stretch in stretches(hits, NOTES, max_chars)]


def test_neighbours_are_joined_with_what_lies_between_them() -> None:
    (one,) = stretches(ranked(1, 0), NOTES, 1000)
    assert one.excerpt.text == "We start with the podcast.\nIngrid: I listened to two of them."
    assert one.excerpt.speaker is None
    assert one.score == 1


def test_what_two_people_say_between_one_anothers_turns_is_nobodys_alone() -> None:
    (one,) = stretches(ranked(0, 2), NOTES, 1000)
    assert "Ingrid: I listened" in one.excerpt.text
    assert one.excerpt.speaker is None


def test_what_is_no_neighbour_stays_apart_the_best_first() -> None:
    assert told(ranked(3, 0), 1000) == [
        "The one about factories, by far the best of all.",
        "We start with the podcast.",
    ]


def test_the_last_is_cut_between_words_when_a_part_fits() -> None:
    assert told(ranked(0, 3), 26 + 45) == [
        "We start with the podcast.",
        "The one about factories, by far the best of",
    ]


def test_a_scrap_is_left_out() -> None:
    assert told(ranked(0, 3), 26 + 12) == ["We start with the podcast."]


@given(st.permutations(range(len(TALK.passages))), st.integers(1, 400))
def test_stretches_are_exact_within_the_budget_and_never_overlap(order: list[int], max_chars: int) -> None:
    found = stretches(ranked(*order), NOTES, max_chars)
    places = [(s.excerpt.note_id, at) for s in found for at in range(s.excerpt.start, s.excerpt.end)]
    assert len(places) == len(set(places)) <= max_chars
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    for stretch in found:
        place = stretch.excerpt
        assert place.text == NOTES[place.note_id].text[place.start : place.end]


@given(st.permutations(range(len(TALK.passages))))
def test_with_room_for_everything_every_passage_is_given(order: list[int]) -> None:
    found = stretches(ranked(*order), NOTES, 10_000)
    for passage in TALK.passages:
        place = passage.excerpt
        assert any(
            s.excerpt.note_id == place.note_id
            and s.excerpt.start <= place.start
            and place.end <= s.excerpt.end
            for s in found
        )
