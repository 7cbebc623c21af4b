"""What the next session should be about, and why now."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise

from coach.advice.briefs import AgendaBrief, Point, Reason, TrackedAction
from coach.advice.nearby import Nearby, find_nearby
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.notes import Found
from coach.domain.visibility import Actor
from coach.language.words import similarity
from coach.ports import Records, Search

_WEIGHTS = {
    Reason.ASKED: 3.0,
    Reason.GOAL_DUE: 1.0,
    Reason.POSTPONED: 0.95,
    Reason.QUESTION: 0.9,
    Reason.PROMISE: 0.85,
    Reason.DIFFICULTY: 0.8,
    Reason.OPEN: 0.75,
    Reason.GOAL_QUIET: 0.7,
    Reason.OBJECTIVE: 0.2,
}
_FADES = 0.72
_CANDIDATES = 500
_TIE = 0.2
_DIFFICULTY_WEIGHTS = {
    "time": 1.0,
    "honesty": 0.85,
    "ego": 0.95,
    "safety": 0.95,
    "expectations": 0.9,
    "communication": 0.8,
}
_GOAL_DUE_WITHIN = 30
_QUIET_SESSIONS = 2
_ALIKE = 0.3
_NEAR_COSINE = 0.35
_SPARE = 4
_LOOKS_AHEAD = {"next", "feeling", "open_question", "promise", "postponed"}
_FURTHER_CHARACTERS, _LONG, _OF_LONG = 500, 20_000, 0.18


@dataclass(frozen=True, slots=True)
class AgendaAsk:
    pairing_id: str
    minutes: int = 60
    limit: int = 5
    focus: str | None = None


async def agenda_brief(
    records: Records, search: Search, actor: Actor, ask: AgendaAsk, now: datetime
) -> AgendaBrief:
    reading = await read_pairing(records, actor, ask.pairing_id, now)
    near = await find_nearby(reading, search)
    points = await asyncio.to_thread(_points, reading, near)
    if ask.focus:
        points.append(await _asked_for(reading, search, ask.focus))
    chosen = diverse(points, ask.limit + _SPARE)
    return AgendaBrief(
        reading=reading,
        minutes=ask.minutes,
        limit=ask.limit,
        actions=tuple(TrackedAction.of(a, reading.trace) for a in reading.open_actions),
        points=tuple(chosen),
        opening=_opening(reading),
        further=_further(reading, points, chosen),
    )


def _points(reading: Reading, near: Nearby) -> list[Point]:
    return [*_from_notes(reading), *_from_goals(reading, near), *_from_objectives(reading, near)]


def _from_notes(reading: Reading) -> Iterator[Point]:
    """What the latest sentences with a reason leave to talk about, no wording twice."""
    heard: set[str] = set()
    for at in reversed(range(len(reading.sentences))):
        said = reading.sentences[at]
        reason = _reason(said)
        if reason is None or not said.is_weighty or said.text in heard:
            continue
        if len(heard) == _CANDIDATES:
            return
        heard.add(said.text)
        if reason is not Reason.DIFFICULTY and reading.trace.is_settled(at, reading.actions):
            continue
        if reading.trace.speaks_of_any(said, reading.open_actions):
            continue
        yield _point(reading, said, reason)


def _reason(said: Said) -> Reason | None:
    if said.is_question:
        return Reason.QUESTION
    for cue, reason in (
        ("postponed", Reason.POSTPONED),
        ("promise", Reason.PROMISE),
        ("open_question", Reason.OPEN),
    ):
        if cue in said.cues:
            return reason
    return Reason.DIFFICULTY if said.difficulties else None


def _point(reading: Reading, said: Said, reason: Reason) -> Point:
    tie = reading.trace.serves(said, reading.open_goals)
    difficulty = max(said.difficulties, key=lambda d: (_DIFFICULTY_WEIGHTS[d], d), default=None)
    worth = _WEIGHTS[reason] * (
        _DIFFICULTY_WEIGHTS[difficulty] if reason is Reason.DIFFICULTY and difficulty else 1
    )
    weight = (worth + (_TIE if tie else 0) + _substance(said)) * _FADES ** reading.sessions_ago(said)
    return Point(
        reason, weight, (said,), tie=tie, difficulty=difficulty if reason is Reason.DIFFICULTY else None
    )


def _substance(said: Said) -> float:
    """A little more for a sentence that says much, up to ten words that carry meaning."""
    return 0.02 * min(10, len(said.stems))


def _from_goals(reading: Reading, near: Nearby) -> Iterator[Point]:
    for goal in reading.open_goals:
        last = near.last_word_on(goal)
        mentions = (last,) if last else ()
        quiet_for = reading.sessions_ago(last) if last else len(reading.held)
        if goal.due is not None and (goal.due - reading.today).days <= _GOAL_DUE_WITHIN:
            late = (goal.due - reading.today).days < 0
            yield Point(
                Reason.GOAL_DUE, _WEIGHTS[Reason.GOAL_DUE] + (0.3 if late else 0), mentions, goal=goal
            )
        elif quiet_for >= _QUIET_SESSIONS:
            yield Point(Reason.GOAL_QUIET, _WEIGHTS[Reason.GOAL_QUIET] + _TIE, mentions, goal=goal)


def _from_objectives(reading: Reading, near: Nearby) -> Iterator[Point]:
    for objective in reading.program.objectives:
        if not near.touches(objective):
            yield Point(Reason.OBJECTIVE, _WEIGHTS[Reason.OBJECTIVE], subject=objective)


async def _asked_for(reading: Reading, search: Search, focus: str) -> Point:
    found = await search.search(focus, reading.scope, reading.passages, 3)
    said = [s for hit in found if _is_near(reading, hit, focus) for s in reading.sentences_of(hit)]
    best = sorted(said, key=lambda s: len(s.stems & reading.stems(focus)), reverse=True)
    return Point(Reason.ASKED, _WEIGHTS[Reason.ASKED], tuple(best[:2]), subject=focus)


def _is_near(reading: Reading, hit: Found, words: str) -> bool:
    shares = reading.stems(words) & reading.stems(hit.passage.excerpt.text)
    return hit.cosine >= _NEAR_COSINE or bool(shares)


def diverse(points: Iterable[Point], most: int) -> list[Point]:
    """The weightiest first, without those that say the same again."""
    chosen: list[Point] = []
    for point in sorted(points, key=_rank):
        if len(chosen) < most and not any(_alike(point, other) for other in chosen):
            chosen.append(point)
    return chosen


def _rank(point: Point) -> tuple[float, str, int]:
    first = point.said[0].excerpt if point.said else None
    return -point.weight, first.note_id if first else "", first.start if first else 0


def _further(reading: Reading, points: Sequence[Point], chosen: Sequence[Point]) -> tuple[Said, ...]:
    """What no chosen point tells, as much as a prompt has room for, and more of a long history.

    Nearly all of what next agendas are made of stands in the latest session, in whatever words; then comes
    what was left open before that.
    """
    latest = [said for said in reading.sentences if said.is_weighty and reading.sessions_ago(said) == 0]
    ahead = [said for said in latest if not said.cues.isdisjoint(_LOOKS_AHEAD)]
    left = [said for point in sorted(points, key=_rank) if point.reason is Reason.OPEN for said in point.said]
    left += _unanswered(reading)
    told = {said.text for point in chosen for said in point.said}
    every = {said.text: said for said in (*ahead, *latest, *left) if said.text not in told}.values()
    ends = accumulate(len(said.text) for said in every)
    length = sum(len(note.text) for note in reading.notes)
    room = _FURTHER_CHARACTERS + _OF_LONG * max(0, length - _LONG)
    return tuple(said for said, end in zip(every, ends, strict=True) if end <= room)


def _unanswered(reading: Reading) -> Iterator[Said]:
    """What a sentence leaves open (“I had no answer to that.”), with the one before it, the latest first."""
    for said, before in pairwise(reversed(reading.sentences)):
        if "open_question" in said.cues and before.excerpt.note_id == said.excerpt.note_id:
            yield from (before, said)


def _alike(one: Point, other: Point) -> bool:
    if one.goal is not None and one.goal == other.goal:
        return True
    if one.difficulty is not None and one.difficulty == other.difficulty:
        return True
    if other.goal is not None and one.tie == other.goal and similarity(one.stems, other.stems) > 0:
        return True
    return bool(one.said and other.said) and similarity(one.stems, other.stems) >= _ALIKE


def _opening(reading: Reading) -> Said | None:
    """What to check in on: the latest session's own words on how someone felt, or what was done."""
    latest = [said for said in reading.sentences if said.session == reading.latest and not said.is_question]
    for cue in ("feeling", "done", "learned"):
        for said in latest:
            if cue in said.cues and not reading.is_private(said.excerpt.note_id):
                return said
    return None
