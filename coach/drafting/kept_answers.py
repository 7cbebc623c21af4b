"""A model's answers kept for as long as nothing that was asked of it changes."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any


class KeptAnswers:
    """The last used lines by what was asked: evidence, prompt, form and model. In memory alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Sequence[Any]] = OrderedDict()
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def now(self) -> int:
        """Changes when something is forgotten; what was asked before may not be kept after."""
        return self._forgotten

    def of(self, key: str) -> Sequence[Any] | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: str, lines: Sequence[Any], asked: int) -> None:
        """`asked`: `now` as it was when the model was asked."""
        if asked != self._forgotten:
            return
        self._kept[key] = tuple(lines)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self) -> int:
        """Drop all of it, and how much that was: any line may hold erased words."""
        self._forgotten += 1
        held = len(self._kept)
        self._kept.clear()
        return held


def key_of(*asked: str) -> str:
    return sha256("\0".join(asked).encode()).hexdigest()
