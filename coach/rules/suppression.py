"""Which numbers may be told after those that were told before, so that no difference tells a small group.

Whoever reads releases knows every earlier one, and may know whose notes moved in between. So:

- What pairings joined a theme, and what pairings left it, is told only once there are enough of them that
  last moved between the same two releases. Else a number that grew by more than moved since some earlier
  release would tell of the few that had been held back until then. A told number lags.
- The pairings within a theme that learned or struggled are told only where they and the others are
  enough, and where both changed by nobody or by enough; else the number is withheld.

A theme is told when enough pairings by enough authors carry it, and goes when none does any more: between
the two it keeps its last numbers, so that its going says nothing of a theme that few still carry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from coach.domain.releases import Carried, Counted, Part, ToldTheme

MOST_THEMES = 50

Pairings = frozenset[str]


@dataclass(frozen=True, slots=True)
class Suppression:
    """`least`: the smallest group to tell of; `cohorts`: by pairing the release that its last move is in."""

    least: int
    cohorts: Mapping[str, int]

    def next_themes(
        self,
        last: Iterable[ToldTheme],
        now: Mapping[str, Carried],
        new: Iterable[Carried],
        at: datetime,
    ) -> tuple[ToldTheme, ...]:
        """The themes that may be told: the last ones as far as `now`, by their ids, allows, and `new` ones.

        Of `new` the most carried are told first; of two of which one is a part of the other, but for a
        few pairings, only the first.
        """
        told = [theme for before in last if (theme := self._again(before, now[before.about.id], at))]
        standing = [now[theme.about.id] for theme in told]
        for carried in sorted(new, key=lambda c: (-len(c.pairings), c.about.words)):
            theme = self._first(carried, at)
            if theme and len(told) < MOST_THEMES and not any(self._is_near(carried, s) for s in standing):
                told.append(theme)
                standing.append(carried)
        return tuple(told)

    def _first(self, carried: Carried, at: datetime) -> ToldTheme | None:
        pairings = self._tellable(carried.pairings)
        authors = {author for author, pairing in carried.authors if pairing in pairings}
        if len(pairings) < self.least or len(authors) < self.least:
            return None
        carriers = Counted(len(pairings), pairings)
        learned = self._part(None, carriers, carried.learned)
        struggling = self._part(None, carriers, carried.struggling)
        return ToldTheme(carried.about, carriers, learned, struggling, at)

    def _again(self, before: ToldTheme, now: Carried, at: datetime) -> ToldTheme | None:
        if not now.pairings:
            return None
        carriers = self._carriers(before.carriers, now.pairings)
        learned = self._part(before.learned, carriers, now.learned)
        struggling = self._part(before.struggling, carriers, now.struggling)
        theme = replace(before, carriers=carriers, learned=learned, struggling=struggling)
        return replace(theme, told_at=at) if theme.numbers != before.numbers else theme

    def _carriers(self, before: Counted, now: Pairings) -> Counted:
        """With the pairings that joined and without those that left, as far as they may be told."""
        joined = self._tellable(now - before.pairings)
        left = self._tellable(before.pairings - now)
        erased = before.erased if before.erased >= self.least else 0
        number = before.number - len(left) - erased + len(joined)
        return Counted(number, before.pairings - left | joined) if number >= self.least else before

    def _tellable(self, pairings: Pairings) -> Pairings:
        """Those of cohorts that enough of them are of."""
        sizes = Counter(self.cohorts.get(pairing, 0) for pairing in pairings)
        return frozenset(p for p in pairings if sizes[self.cohorts.get(p, 0)] >= self.least)

    def _part(self, before: Part | None, carriers: Counted, found: Pairings) -> Part | None:
        """None while it was never told."""
        within = found & carriers.pairings
        others = Counted(carriers.number - len(within), carriers.pairings - within)
        part = Part(Counted(len(within), within), others, shown=True)
        is_large = len(within) >= self.least and not 0 < others.number < self.least
        if before is None:
            return part if is_large and self._is_steady(Counted(0), within) else None
        if (
            is_large
            and self._is_steady(before.within, within)
            and self._is_steady(before.without, others.pairings)
        ):
            return part
        unchanged = before.within.number + before.without.number == carriers.number
        return before if before.shown and unchanged else replace(before, shown=False)

    def _is_steady(self, before: Counted, now: Pairings) -> bool:
        """Whether all that joined and left, if any did, may be told."""
        joined, left = now - before.pairings, before.pairings - now
        tells_all = self._tellable(joined) == joined and self._tellable(left) == left
        return tells_all and not 0 < before.erased < self.least

    def _is_near(self, one: Carried, other: Carried) -> bool:
        """Whether two themes that share a word differ, one within the other, by a few pairings."""
        if _said(one).isdisjoint(_said(other)):
            return False
        small, large = sorted((one.pairings, other.pairings), key=len)
        return small <= large and 0 < len(large - small) < self.least


def _said(carried: Carried) -> set[str]:
    return {word.lower() for word in carried.about.words}
