"""A note's text before it is recorded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.capture.notes import NewNote, passages_of, require_text
from coach.domain.notes import NoteKind, Visibility
from coach.errors import Invalid
from tests.unit.texts import notes
from vectorstore.passage_index import PassageSplitter


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "a\0b", "half \ud83d of a pair", "\udc00"])
def test_a_text_that_cannot_be_kept_exactly_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_text(text)
    assert refused.value.field == "text"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_every_other_text_is_taken_and_can_be_kept(text: str) -> None:
    if not text.strip():
        text = f"x{text}"
    require_text(text)
    assert text.encode().decode() == text


@given(notes)
def test_passages_have_ids_of_their_own_and_lie_in_the_note(text: str) -> None:
    made = passages_of("note", text, NoteKind.NOTE, PassageSplitter())
    assert len({passage.id for passage in made}) == len(made)
    assert all(
        passage.note_id == "note" and 0 <= passage.start < passage.end <= len(text) for passage in made
    )


def test_the_same_request_has_the_same_fingerprint_and_no_other_has() -> None:
    one = NewNote("We met.")
    assert one.fingerprint("s1") == NewNote("We met.").fingerprint("s1")
    others = [
        NewNote("We met!").fingerprint("s1"),
        NewNote("We met.", Visibility.PRIVATE).fingerprint("s1"),
        NewNote("We met.", kind=NoteKind.TRANSCRIPT).fingerprint("s1"),
        one.fingerprint("s2"),
    ]
    assert len({one.fingerprint("s1"), *others}) == 5
