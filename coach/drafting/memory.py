"""What was made for one request and serves another, for as long as nothing is erased. In memory alone."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from coach.drafting.spotting import Known, Spotter

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")
_MOST_SPOTTERS = 64


class LastUsed(Generic[Key, Made]):
    """The `most` of them that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Made] = OrderedDict()
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def now(self) -> int:
        """Changes when something is forgotten; what was begun before may not be kept after."""
        return self._forgotten

    def of(self, key: Key) -> Made | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: Key, made: Made, begun: int) -> None:
        """`begun`: `now` as it was before what this is made from was read."""
        if begun != self._forgotten:
            return
        self._kept[key] = made
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self) -> int:
        """Drop all of it, and how much that was: any of it may hold erased words."""
        self._forgotten += 1
        held = len(self._kept)
        self._kept.clear()
        return held


KeptAnswers = LastUsed[str, Sequence[Any]]
"""A model's lines by what was asked: evidence, prompt, form and model."""


@dataclass(frozen=True, slots=True)
class Memory:
    answers: KeptAnswers
    spotters: "LastUsed[Known, Spotter]" = field(default_factory=lambda: LastUsed(_MOST_SPOTTERS))

    def forget(self) -> int:
        return self.answers.forget() + self.spotters.forget()


def key_of(*asked: str) -> str:
    return sha256("\0".join(asked).encode()).hexdigest()
