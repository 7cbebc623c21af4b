"""Lists in pages."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paging import Paging
from coach.errors import Invalid


@dataclass(frozen=True)
class Thing:
    id: str


_IDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(st.lists(_IDS, unique=True, max_size=30), st.integers(1, 10))
def test_following_the_cursors_gives_everything_once_in_order(ids: list[str], limit: int) -> None:
    everything = [Thing(i) for i in ids]
    found: list[Thing] = []
    cursor: str | None = None
    for _ in range(len(ids) // limit + 1):
        page, cursor = Paging(limit, cursor).cut(everything)
        assert len(page) <= limit
        found += page
        if cursor is None:
            break
    assert found == everything
    assert cursor is None


def test_a_page_that_holds_the_rest_has_no_cursor() -> None:
    things = [Thing("a"), Thing("b")]
    assert Paging(2).cut(things) == (things, None)
    page, cursor = Paging(1).cut(things)
    assert (page, cursor is None) == ([Thing("a")], False)


def test_what_was_added_before_the_cursor_moves_no_page() -> None:
    _, cursor = Paging(1).cut([Thing("b"), Thing("c")])
    page, _ = Paging(1, cursor).cut([Thing("a"), Thing("b"), Thing("c")])
    assert page == [Thing("c")]


def test_a_cursor_is_opaque_and_fit_for_an_address() -> None:
    _, cursor = Paging(1).cut([Thing("ü/?&"), Thing("b")])
    assert cursor is not None
    assert cursor.isascii()
    assert not set(cursor) & set("/?&+ ")


@pytest.mark.parametrize("cursor", ["x", "%%%", "AAAA", "ünïcode", "YQ", "////", "YWJj"])
def test_a_cursor_that_this_list_did_not_give_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        Paging(1, cursor).cut([Thing("a"), Thing("b")])
    assert refused.value.field == "cursor"


def test_a_cursor_whose_entry_is_gone_is_refused() -> None:
    _, cursor = Paging(1).cut([Thing("a"), Thing("b")])
    with pytest.raises(Invalid):
        Paging(1, cursor).cut([Thing("b")])


def test_an_empty_list_is_an_empty_page() -> None:
    assert Paging(5).cut([]) == ([], None)
