"""Results that are dear to work out, by a hash of the text: what was said is not kept with them."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Generic, TypeVar

Result = TypeVar("Result")
_DIGEST = 16


class Kept(Generic[Result]):
    """Up to `most` results; when there are more, all are let go."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[bytes, Result] = {}

    def of(self, text: str, make: Callable[[], Result]) -> Result:
        """What was made of this text before, or what is made of it now."""
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
        found = self._held.get(key)
        if found is None:
            found = make()
            if len(self._held) >= self._most:
                self._held.clear()
            self._held[key] = found
        return found
