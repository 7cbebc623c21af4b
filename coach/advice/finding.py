"""Searching a pairing's notes."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from coach.advice.reading import read_pairing
from coach.auditing import did
from coach.domain.audit import AuditAction, Place, PlaceKind, of_notes
from coach.domain.notes import Excerpt, Found, Note, excerpt
from coach.domain.visibility import Actor
from coach.ports import Records, Search

_JOINED_OVER = 80
_LEAST_PART = 40


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring passages as one exact stretch of a note, with the score of the best of them."""

    excerpt: Excerpt
    score: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; `max_chars`, where given, bounds what is found instead of `limit` passages."""

    query: str
    limit: int = 10
    max_chars: int | None = None


async def find(
    records: Records, search: Search, actor: Actor, pairing_id: str, wanted: Wanted, now: datetime
) -> list[Stretch]:
    """What the actor may read and fits best, best first; within a budget neighbours are joined."""
    reading = await read_pairing(records, actor, pairing_id, now, prepared=False)
    most = wanted.limit if wanted.max_chars is None else len(reading.passages)
    ranked = await search.search(wanted.query, reading.scope, reading.passages, most)
    if wanted.max_chars is None:
        found = [Stretch(hit.passage.excerpt, hit.score) for hit in ranked]
    else:
        found = stretches(ranked, {note.id: note for note in reading.notes}, wanted.max_chars)
    shown = of_notes((stretch.excerpt.author_id, stretch.excerpt.note_id) for stretch in found)
    place = Place(PlaceKind.PAIRING, pairing_id)
    await records.audit.record(did(actor, AuditAction.SEARCHED, place, shown))
    return found


def stretches(ranked: Sequence[Found], notes: Mapping[str, Note], max_chars: int) -> list[Stretch]:
    """The best passages, as many as fit, joined where they are neighbours in a note.

    Passages with little between them (white space, the next speaker's name, a short turn) are joined, and
    what lies between counts too. The last one is cut between words when only a part of it fits.
    """

    def length(n: int) -> int:
        return _length(_joined(ranked[:n], notes))

    fitting = bisect_right(range(1, len(ranked) + 1), max_chars, key=length)
    whole = _joined(ranked[:fitting], notes)
    if fitting == len(ranked):
        return whole
    part = _cut(ranked[fitting], max_chars - _length(whole), notes)
    return [*whole, part] if part else whole


def _length(joined: Sequence[Stretch]) -> int:
    return sum(stretch.excerpt.end - stretch.excerpt.start for stretch in joined)


def _cut(hit: Found, most: int, notes: Mapping[str, Note]) -> Stretch | None:
    """As much of a passage as fits, up to a space; None when that is next to nothing."""
    place = hit.passage.excerpt
    end = max(place.text.rfind(" ", 0, most + 1), 0)
    if end < _LEAST_PART:
        return None
    part = excerpt(notes[place.note_id], place.start, place.start + end, place.speaker)
    return Stretch(part, hit.score)


def _joined(chosen: Sequence[Found], notes: Mapping[str, Note]) -> list[Stretch]:
    """The best first."""
    in_order = sorted(chosen, key=lambda hit: (hit.passage.excerpt.note_id, hit.passage.excerpt.start))
    made = []
    for note_id, hits in groupby(in_order, key=lambda hit: hit.passage.excerpt.note_id):
        run: list[Found] = []
        for hit in hits:
            if run and hit.passage.excerpt.start - run[-1].passage.excerpt.end > _JOINED_OVER:
                made.append(_as_one(run, notes[note_id]))
                run = []
            run.append(hit)
        made.append(_as_one(run, notes[note_id]))
    return sorted(made, key=lambda stretch: -stretch.score)


def _as_one(run: Sequence[Found], note: Note) -> Stretch:
    places = [hit.passage.excerpt for hit in run]
    between = "".join(note.text[a.end : b.start] for a, b in pairwise(places))
    alone = len({place.speaker for place in places}) == 1 and not between.strip()
    speaker = places[0].speaker if alone else None
    whole = excerpt(note, places[0].start, places[-1].end, speaker)
    return Stretch(whole, max(hit.score for hit in run))
