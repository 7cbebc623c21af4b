"""Whether one item says what another says."""

from coach.advice.briefs import Point
from coach.domain.notes import Excerpt
from coach.domain.suggestions import Item
from coach.language.words import content_stems, overlap, similarity

_ALIKE = 0.6


def cites_same(one: Item, other: Item) -> bool:
    return any(_meet(a, b) for a in one.citations for b in other.citations)


def says_same(one: Item, other: Item, language: str = "en") -> bool:
    """Of the same section, and in mostly the same words."""
    mine, yours = content_stems(one.text, language), content_stems(other.text, language)
    return one.section == other.section and similarity(mine, yours) >= _ALIKE


def covers(item: Item, point: Point, language: str = "en") -> bool:
    """Whether an item stands on what makes a point, or names its goal or subject."""
    if any(_meet(cited, said.excerpt) for cited in item.citations for said in point.said):
        return True
    named = (point.goal.title if point.goal else None) or point.subject
    told = content_stems(f"{item.text} {item.detail or ''}", language)
    return named is not None and overlap(content_stems(named, language), told) >= _ALIKE


def _meet(one: Excerpt, other: Excerpt) -> bool:
    return one.note_id == other.note_id and one.start < other.end and other.start < one.end
