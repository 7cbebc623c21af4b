"""What the notes say on goals and objectives, in other words too."""

from collections.abc import Mapping, Sequence

from coach.advice.reading import Reading
from coach.advice.sentences import Said
from coach.domain.notes import Found
from coach.domain.work import Goal
from coach.ports import Search

_TOUCHES = 0.35
_MEANS = 0.5
_MEANS_WITH_A_WORD = 0.38


class Nearby:
    """For each goal's title and each program objective, the passages near to it in meaning."""

    def __init__(self, reading: Reading, found: Mapping[str, Sequence[Found]]) -> None:
        self._reading = reading
        self._found = found

    def touches(self, objective: str) -> bool:
        return bool(self._found.get(objective))

    def last_word_on(self, goal: Goal) -> Said | None:
        """The latest sentence that names a goal or belongs to a passage that means it."""
        named = self._reading.trace.latest_about(goal.title)
        meant = [
            self._best_sentence(goal, hit)
            for hit in self._found.get(goal.title, ())
            if self._means(hit, goal)
        ]
        said = [s for s in (named, *meant) if s is not None]
        return max(said, key=lambda s: (s.session, s.excerpt.start), default=None)

    def _best_sentence(self, goal: Goal, hit: Found) -> Said | None:
        wanted = self._reading.stems(goal.title)
        inside = self._reading.sentences_of(hit)
        return max(inside, key=lambda s: (len(s.stems & wanted), len(s.stems)), default=None)

    def _means(self, hit: Found, goal: Goal) -> bool:
        stems = self._reading.stems
        shares = stems(goal.title) & stems(hit.passage.excerpt.text)
        return hit.cosine >= (_MEANS_WITH_A_WORD if shares else _MEANS)


async def find_nearby(reading: Reading, search: Search) -> Nearby:
    texts = [*(goal.title for goal in reading.goals), *reading.program.objectives]
    found = await search.near(texts, reading.scope, reading.passages, _TOUCHES)
    return Nearby(reading, dict(zip(texts, found, strict=True)))
