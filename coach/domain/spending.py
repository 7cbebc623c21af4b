"""What the language model took, what that cost, and how much of it a day may hold.

Money is counted in whole millionths of the currency's unit, never in floating point.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from coach.domain.suggestions import Kind, Usage

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Requests and what they took, `cost` in millionths; `kept_answers` came from memory instead."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    kept_answers: int = 0
    cost: int = 0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent(Taken):
    """By a program's suggestions of one kind, from one model, on one UTC day, at the prices of that day."""

    program_id: str
    day: date
    kind: Kind
    model: str


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in units of the currency, which is only a name."""

    prompt: Decimal = Decimal(0)
    completion: Decimal = Decimal(0)
    currency: str = "USD"

    @property
    def are_known(self) -> bool:
        return self.prompt > 0 or self.completion > 0

    def cost(self, usage: Usage) -> int:
        """In millionths: a token costs as many of them as a million tokens cost units; rounded up."""
        exact = usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion
        return _whole(exact)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may take on a UTC day, `cost` in millionths; None is no limit."""

    tokens: int | None = None
    cost: int | None = None

    @property
    def are_set(self) -> bool:
        return self.tokens is not None or self.cost is not None

    def leave_room(self, taken: Taken) -> bool:
        """Whether something is left of each."""
        tokens_left = self.tokens is None or taken.tokens < self.tokens
        return tokens_left and (self.cost is None or taken.cost < self.cost)


def by_key(spent: Iterable[Spent]) -> list[Spent]:
    """One for each program, day, kind and model."""
    held: defaultdict[tuple[str, date, Kind, str], list[Spent]] = defaultdict(list)
    for each in spent:
        held[each.program_id, each.day, each.kind, each.model].append(each)
    return [replace(parts[0], **asdict(total(parts))) for parts in held.values()]


def total(parts: Iterable[Taken]) -> Taken:
    each = list(parts)
    return Taken(**{f.name: sum(getattr(part, f.name) for part in each) for f in fields(Taken)})


def in_millionths(units: Decimal) -> int:
    """Rounded up to a whole one."""
    return _whole(units * _MILLION)


def in_units(millionths: int | None) -> str | None:
    """An exact decimal with six places; None for None."""
    if millionths is None:
        return None
    return f"{millionths // _MILLION}.{millionths % _MILLION:06d}"


def _whole(exact: Decimal) -> int:
    return int(exact.to_integral_value(ROUND_CEILING))
