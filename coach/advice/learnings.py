"""What a whole program has learned, without reading anyone's notes, told in releases.

An answer is a function of the releases alone: `until` chooses one, `since` and `limit` what of it is
shown. So what can be subtracted are releases, and these differ in large groups only:

- A release is made from all program notes and held for a reporting period, whatever is added, changed or
  erased meanwhile. Then the next request makes one, but not before the notes of enough pairings
  (`min_group_size`) have moved since the last look at them. So whoever knows who wrote when, and asks
  after each note, sees nothing move before it could be due to any of so many pairings. That holds for
  the very first theme, too: a look that found nothing is not repeated for the next note, nor before
  a quarter of the period is over, so that who asks often does not cut the pairings into small groups.
- Beside the last release a number changes only by enough pairings that joined, or enough that left, and
  so many of those that last moved between the same two releases (`coach.rules.suppression`), so that
  "more joined than moved since" tells of no few either; a theme goes only when nobody carries it any
  more. Words and meaning of a theme are fixed when it is first told, and no later word theme holds one
  of its words: two numbers are never about nested words.
- Wording is held with the release, so that neither a model's whim nor a check against a new note shows
  (`coach.advice.coach`). How many pairings the program has is what its owners see anyway.

Stored is what was told, and of the last release the ids of the pairings behind its numbers; a pairing that
is erased, or whose last program note is, leaves these (`coach.records.releases`).

What this does not do: where all pairings of a program carry a theme, or all of a group that is large
enough and known to have written, each of them does. And whoever writes for `min_group_size - 1` pairings
learns from a theme of theirs whether one more carries it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from coach import access
from coach.advice.briefs import LearningsBrief, Nothing, Theme
from coach.advice.progress import require_period
from coach.advice.searching import Searching
from coach.advice.themes import carried_again, carried_anew, material
from coach.domain.people import Program
from coach.domain.releases import Mark, Release, ToldTheme
from coach.domain.visibility import Actor
from coach.ports import Records
from coach.rules.suppression import Suppression

_LOOKS_A_PERIOD = 4


@dataclass(frozen=True, slots=True)
class LearningsAsk:
    program_id: str
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release that is not held yet, and the state of the notes that it was made from."""

    release: Release
    marks: dict[str, Mark]


async def next_release(
    records: Records, search: Searching, actor: Actor, ask: LearningsAsk, now: datetime, period: timedelta
) -> Prepared | None:
    """The next release where one is due; None where the last one still answers.

    While an embedding endpoint is away, a program that was told themes waits for it.
    """
    require_period(ask.since, ask.until)
    program = await access.owned_program(records, actor, ask.program_id)
    last = await records.releases.latest(program.id)
    if last and now < last.at + (period if last.themes else period / _LOOKS_A_PERIOD):
        return None
    number = last.number + 1 if last else 1
    marks = _marked(await records.releases.marks(program.id), await _notes(records, program.id), number)
    if sum(mark.release == number for mark in marks.values()) < program.min_group_size:
        return None
    cohorts = {pairing_id: mark.release for pairing_id, mark in marks.items()}
    suppression = Suppression(program.min_group_size, cohorts)
    made = await _made(records, search, program, suppression, last, now)
    if search.by_words_alone and last and last.themes:
        return None
    return Prepared(made, marks)


async def hold(records: Records, prepared: Prepared) -> bool:
    """Keep a release for its period; False when notes changed since, or another request was quicker."""
    program_id = prepared.release.program_id
    counted = {pairing_id: mark.notes for pairing_id, mark in prepared.marks.items() if mark.notes}
    if await _notes(records, program_id) != counted:
        return False
    return await records.releases.add_release(prepared.release, prepared.marks)


async def learnings_brief(records: Records, actor: Actor, ask: LearningsAsk, now: datetime) -> LearningsBrief:
    """What a release tells of what was asked for; all of its themes are in the brief, to be worded once."""
    program = await access.owned_program(records, actor, ask.program_id)
    release = await records.releases.latest(program.id, ask.until)
    every = release.themes if release else ()
    chosen = sorted(
        (theme for theme in every if ask.since is None or theme.told_at >= ask.since), key=_most_carried
    )
    nothing = None if chosen else await _nothing(records, program, release)
    return LearningsBrief(
        program=program,
        asked_by=access.require_person(actor).participant,
        now=now,
        since=ask.since,
        until=ask.until,
        themes=() if nothing else tuple(map(_shown, every)),
        pairings=max([release.pairings if release else 0, *(t.carriers.number for t in every)]),
        note_ids=tuple(note_id for _, note_id, _ in await records.notes.program_marks(program.id)),
        release=release.number if release else 0,
        chosen=tuple(theme.about.id for theme in chosen[: ask.limit]),
        wording=release.wording if release else None,
        nothing=nothing,
    )


async def _made(
    records: Records,
    search: Searching,
    program: Program,
    suppression: Suppression,
    last: Release | None,
    now: datetime,
) -> Release:
    read = await material(records, search, program)
    before = last.themes if last else ()
    now_carried, new = carried_again(read, before), carried_anew(read, before)
    themes = suppression.next_themes(before, now_carried, new, now)
    pairings = len(await records.people.pairings_of(program.id))
    return Release(program.id, last.number + 1 if last else 1, now, pairings, themes)


async def _nothing(records: Records, program: Program, release: Release | None) -> Nothing:
    if release is None and await records.releases.latest(program.id):
        return Nothing.BEFORE_RELEASES
    return Nothing.NEW if release and release.themes else Nothing.SHARED


async def _notes(records: Records, program_id: str) -> dict[str, str]:
    """By pairing, a hash that changes with each of its program notes; of their ids and times, not words."""
    told: dict[str, list[str]] = defaultdict(list)
    for pairing_id, note_id, updated_at in await records.notes.program_marks(program_id):
        told[pairing_id].append(f"{note_id} {updated_at.isoformat()}")
    return {pairing_id: sha256("\n".join(sorted(of)).encode()).hexdigest() for pairing_id, of in told.items()}


def _marked(before: dict[str, Mark], notes: dict[str, str], number: int) -> dict[str, Mark]:
    """The marks of the release of that number; those of pairings that moved are of it."""
    marks = {i: Mark(notes.get(i, ""), number) for i in before.keys() | notes.keys()}
    same = {i: before[i] for i, mark in marks.items() if i in before and before[i].notes == mark.notes}
    return {**marks, **same}


def _most_carried(theme: ToldTheme) -> tuple[int, tuple[str, ...]]:
    return -theme.carriers.number, theme.about.words


def _shown(theme: ToldTheme) -> Theme:
    pairings, learned, struggling = theme.numbers
    about = theme.about
    return Theme(about.words, pairings, learned, struggling, about.difficulty, about.lesson, about.id)
