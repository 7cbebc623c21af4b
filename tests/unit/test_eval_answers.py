"""What the coach answered, as plain values."""

from coach.domain.notes import Excerpt
from coach.domain.suggestions import Item
from evals.answers import NO_NOTE, Cited, cited_of, line_of
from tests.fakes import NOW

PLACE = Excerpt("id-1", "s", NOW, "maya", None, 3, 8, "grey.")


def test_a_citation_names_its_note_by_key_where_the_pair_has_it() -> None:
    assert cited_of(PLACE, {"id-1": "n1"}) == Cited(note="n1", quote="grey.", start=3, end=8)
    assert cited_of(PLACE, {"id-2": "n2"}).note == NO_NOTE


def test_an_item_is_a_line_with_its_citations() -> None:
    line = line_of(Item("It is grey.", section="done", citations=(PLACE,)), {"id-1": "n1"})
    assert (line.text, line.section, line.parts) == ("It is grey.", "done", None)
    assert line.citations == (cited_of(PLACE, {"id-1": "n1"}),)
