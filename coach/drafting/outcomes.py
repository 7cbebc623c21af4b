"""What becomes of a model's answers, for whoever counts it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from coach.domain.suggestions import Kind


class Became(StrEnum):
    """Of a line: it was rejected, or mended when told why. Of an answer: the offline coach stood in."""

    REJECTED = "rejected"
    MENDED = "mended"
    FELL_BACK = "fell_back"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why`: the reason of an objection, or the fault of a model; "" for what was mended."""

    became: Became
    kind: Kind
    why: str = ""


@dataclass
class Outcomes:
    _listeners: list[Callable[[Outcome], None]] = field(default_factory=list)

    def tell(self, listener: Callable[[Outcome], None]) -> None:
        """From now on `listener` is told of each outcome."""
        self._listeners.append(listener)

    def note(self, became: Became, kind: Kind, why: str = "") -> None:
        for listener in self._listeners:
            listener(Outcome(became, kind, why))
