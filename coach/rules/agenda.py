"""A session's order and its minutes.

Check-in, last actions, one focus, discussion, next steps: the usual shape of a mentoring session of 60
to 90 minutes, whose minutes must add up to the time there is.
"""

from collections.abc import Sequence
from dataclasses import replace

from coach.domain.suggestions import Item

SECTIONS = ("check_in", "actions", "focus", "discussion", "next_steps")
_SHARES = {"check_in": 2, "actions": 3, "focus": 8, "discussion": 4, "next_steps": 2}
_UNIT = 5


def fitted(items: Sequence[Item], minutes: int) -> tuple[Item, ...]:
    """The items as they are when their minutes add up, else with minutes spread anew."""
    told = sum(item.minutes or 0 for item in items)
    return tuple(items) if told == minutes else spread_minutes(items, minutes)


def spread_minutes(items: Sequence[Item], minutes: int) -> tuple[Item, ...]:
    """The items with minutes that add up, by the weight of their sections, in fives where they fit.

    There must be at least as many minutes as items.
    """
    if not items:
        return ()
    unit = _UNIT if minutes % _UNIT == 0 and minutes >= _UNIT * len(items) else 1
    spare = minutes // unit - len(items)
    shares = [_SHARES[item.section or "discussion"] for item in items]
    exact = [spare * share / sum(shares) for share in shares]
    given = [1 + int(part) for part in exact]
    by_remainder = sorted(range(len(items)), key=lambda at: (int(exact[at]) - exact[at], at))
    for at in by_remainder[: minutes // unit - sum(given)]:
        given[at] += 1
    return tuple(replace(item, minutes=n * unit) for item, n in zip(items, given, strict=True))
