"""How often may be asked: requests of one person, and wrong tokens from one address.

Kept in memory and by this process; what is not needed any more is forgotten, the longest unused first.
"""

import asyncio
import math
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network

from coach.errors import TooMany

Ticks = Callable[[], float]
"""Seconds from anywhere that never run backwards."""

KNOWN_MOST = 10_000
_WITH_PORT = re.compile(r"\[(?P<v6>[^]]+)](?::\d+)?|(?P<v4>[\d.]+):\d+")
_DIGEST = 8


class Rate:
    """So many a minute for each name, all at once or one by one.

    For each name one moment is kept: when all that was asked would have been due at an even pace.
    """

    def __init__(self, per_minute: int, ticks: Ticks, what: str) -> None:
        self._pace = 60 / per_minute if per_minute else 0.0
        self._ticks = ticks
        self._what = what
        self._due: OrderedDict[str, float] = OrderedDict()

    def count(self, name: str) -> None:
        """TooMany when it is one more than may be; that one counts for nothing."""
        if not self._pace:
            return
        now = self._ticks()
        due = max(self._due.get(name, now), now)
        wait = due + self._pace - 60 - now
        if wait > 1e-6:
            seconds = max(1, math.ceil(wait))
            raise TooMany(f"more {self._what} than a minute allows; go on after {seconds} seconds", seconds)
        self._due[name] = due + self._pace
        self._due.move_to_end(name)
        if len(self._due) > KNOWN_MOST:
            self._due.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """`free` wrong tokens within `window` seconds, then a rest of `first` seconds, and after it `more` again.

    Each rest is twice the one before, up to `longest`, until nothing wrong came for as long as that.
    """

    free: int = 20
    more: int = 5
    window: float = 600.0
    first: float = 30.0
    longest: float = 3600.0


@dataclass
class _Address:
    since: float
    last: float
    wrong: set[bytes] = field(default_factory=set)
    rests: int = 0
    until: float = -math.inf


@dataclass
class _Looking:
    """At tokens from one address: `at_once` now, of the `asked`; `settled` is set as one is done."""

    asked: int = 0
    at_once: int = 0
    settled: asyncio.Event = field(default_factory=asyncio.Event)


class Guesses:
    """Wrong tokens by the address that they came from. The same one again is no further guess."""

    def __init__(self, ticks: Ticks, patience: Patience | None = None) -> None:
        self._ticks = ticks
        self._patience = patience or Patience()
        self._known: OrderedDict[str, _Address] = OrderedDict()
        self._looking: dict[str, _Looking] = {}

    @asynccontextmanager
    async def turn(self, host: str | None) -> AsyncIterator[None]:
        """To look at a token within; TooMany as `require_rested` has it.

        No more are looked at together than may be wrong before the address rests. The others wait, since
        they may be right.
        """
        address = network(host)
        looking = self._looking.setdefault(address, _Looking())
        looking.asked += 1
        try:
            self.require_rested(host)
            while looking.at_once >= self._left(address):
                looking.settled.clear()
                await looking.settled.wait()
                self.require_rested(host)
            looking.at_once += 1
            try:
                yield
            finally:
                looking.at_once -= 1
                looking.settled.set()
        finally:
            looking.asked -= 1
            if not looking.asked:
                del self._looking[address]

    def _left(self, address: str) -> int:
        """How many more may be wrong before it rests: one at least."""
        known = self._known.get(address)
        return self._most(known) - len(known.wrong) if known else self._patience.free

    def _most(self, known: _Address) -> int:
        return self._patience.more if known.rests else self._patience.free

    def require_rested(self, host: str | None) -> None:
        """TooMany while the address rests: whatever it sends is not even looked at."""
        known = self._known.get(network(host))
        wait = known.until - self._ticks() if known else 0.0
        if wait > 0:
            seconds = math.ceil(wait)
            raise TooMany(f"too many wrong tokens came from your address; wait {seconds} seconds", seconds)

    def note(self, host: str | None, token: str) -> None:
        now, patience, address = self._ticks(), self._patience, network(host)
        known = self._known.get(address)
        if known is None or now - max(known.last, known.until) > patience.longest:
            known = _Address(now, now)
        elif now - known.since > patience.window:
            known.since, known.wrong = now, set()
        known.last = now
        known.wrong.add(blake2b(token.encode(), digest_size=_DIGEST).digest())
        if len(known.wrong) >= self._most(known):
            known.until = now + min(patience.first * 2**known.rests, patience.longest)
            known.rests, known.wrong = known.rests + 1, set()
        self._known[address] = known
        self._known.move_to_end(address)
        if len(self._known) > KNOWN_MOST:
            self._known.popitem(last=False)


def network(host: str | None) -> str:
    """What counts as one address: of IPv6 the first 64 bits, which one customer has to themself.

    Without the port that some proxies forward with it.
    """
    told = _WITH_PORT.fullmatch(host or "")
    try:
        address = ip_address((told["v6"] or told["v4"] if told else host or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, 64), strict=False))
    return str(address)
