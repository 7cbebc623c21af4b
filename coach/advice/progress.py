"""Where a pairing stands: goals, what was done and learned, what is open and next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from coach.advice.briefs import ProgressBrief, TrackedAction, TrackedGoal
from coach.advice.nearby import Nearby, find_nearby
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.visibility import Actor
from coach.domain.work import Action, ActionStatus, Goal, GoalStatus
from coach.errors import Invalid
from coach.language.words import similarity
from coach.ports import Records, Search

_MOST = 6
_CANDIDATES = 500
_ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class ProgressAsk:
    pairing_id: str
    since: datetime | None = None
    until: datetime | None = None


async def progress_brief(
    records: Records, search: Search, actor: Actor, ask: ProgressAsk, now: datetime
) -> ProgressBrief:
    require_period(ask.since, ask.until)
    reading = await read_pairing(records, actor, ask.pairing_id, now)
    told = [s for s in reading.sentences if in_period(s.excerpt.held_at, ask.since, ask.until)]
    unsettled = _unsettled(reading, told)
    near = await find_nearby(reading, search)
    done_actions = [a for a in reading.actions if _was_done_within(a, ask)]
    return ProgressBrief(
        reading=reading,
        since=ask.since,
        until=ask.until,
        goals=tuple(
            TrackedGoal(goal, _about_goal(goal, reading, near))
            for goal in reading.goals
            if goal.status is not GoalStatus.DROPPED
        ),
        done_actions=_tracked(reading, done_actions),
        open_actions=_tracked(reading, reading.open_actions),
        done=_latest(_without(reading, _with_cue(told, "done"), done_actions)),
        learned=_latest(_with_cue(told, "learned")),
        open=_latest(_without(reading, [s for s in unsettled if _is_open(s)], reading.actions)),
        promised=_latest(_without(reading, _coming(reading, told, unsettled), reading.actions)),
    )


def _unsettled(reading: Reading, told: Iterable[Said]) -> list[Said]:
    """What is open or promised and that nothing later settles; the latest, no wording twice."""
    within = {id(s) for s in told}
    pending: dict[str, tuple[int, Said]] = {}
    for at, said in enumerate(reading.sentences):
        if id(said) in within and (_is_open(said) or "promise" in said.cues):
            pending[said.text] = at, said
    latest = sorted(pending.values(), key=lambda placed: placed[0])[-_CANDIDATES:]
    return [said for at, said in latest if not reading.trace.is_settled(at, reading.actions)]


def _about_goal(goal: Goal, reading: Reading, near: Nearby) -> tuple[Said, ...]:
    """The latest word on a goal first, then what else names it."""
    last = near.last_word_on(goal)
    named = reading.trace.about(goal.title, 2)
    return tuple(dict.fromkeys([*([last] if last else []), *named]))[:2]


def require_period(since: datetime | None, until: datetime | None) -> None:
    if since and until and since > until:
        raise Invalid("must not be after until", "since")


def in_period(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)


def _was_done_within(action: Action, ask: ProgressAsk) -> bool:
    return action.status is ActionStatus.DONE and in_period(action.updated_at, ask.since, ask.until)


def _tracked(reading: Reading, actions: Iterable[Action]) -> tuple[TrackedAction, ...]:
    return tuple(TrackedAction.of(action, reading.trace) for action in actions)


def _with_cue(said: Iterable[Said], cue: str) -> list[Said]:
    return [s for s in said if cue in s.cues and s.is_weighty and not s.is_question]


def _coming(reading: Reading, told: Iterable[Said], unsettled: Iterable[Said]) -> list[Said]:
    """What was promised, and what the latest session names as coming."""
    latest = [s for s in told if s.session == reading.latest]
    return list(dict.fromkeys([*_with_cue(unsettled, "promise"), *_with_cue(latest, "next")]))


def _is_open(said: Said) -> bool:
    return said.is_weighty and (said.is_question or bool(said.cues & {"postponed", "open_question"}))


def _without(reading: Reading, said: Iterable[Said], actions: Iterable[Action]) -> list[Said]:
    listed = list(actions)
    return [s for s in said if not reading.trace.speaks_of_any(s, listed)]


def _latest(said: Iterable[Said]) -> tuple[Said, ...]:
    """The latest sessions' first, the longer before the shorter, no two alike."""
    chosen: list[Said] = []
    for sentence in sorted(said, key=lambda s: (-s.session, -min(10, len(s.stems)), s.excerpt.start)):
        if len(chosen) < _MOST and all(similarity(sentence.stems, c.stems) < _ALIKE for c in chosen):
            chosen.append(sentence)
    return tuple(chosen)
