"""Which sentences speak of an action or a goal, and whether a later one settles an earlier one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from coach.advice.sentences import Said
from coach.domain.notes import NoteKind
from coach.domain.work import Action, ActionStatus, Goal
from coach.language.words import content_stems

_SPEAKS_OF = 0.4
_SETTLES = 0.4
_LEAST_SHARED = 2
_ANSWER_REACH = 3
_LATER_PLACES = 200
_LEAVES_OPEN = frozenset({"open_question", "postponed", "promise"})

Stems = frozenset[str]


class Trace:
    """Sentences of a history, in order, with an index of their stems; names tie nothing together."""

    def __init__(self, sentences: Sequence[Said], names: Stems, language: str = "en") -> None:
        self.sentences = sentences
        self._names = names
        self._language = language
        self._places = _places(enumerate(sentences), names)
        self._done = _places(((at, s) for at, s in enumerate(sentences) if "done" in s.cues), names)

    def about(self, title: str, most: int = 2) -> tuple[Said, ...]:
        """The sentences that share most words with a title, the latest first among equals."""
        stems = self._stems(title)
        close = [
            (shared, at)
            for at, shared in self._sharing(stems).items()
            if self._enough(shared, stems, self.sentences[at])
        ]
        return tuple(self.sentences[at] for _, at in sorted(close, reverse=True)[:most])

    def latest_about(self, title: str, cue: str | None = None) -> Said | None:
        """The last sentence that speaks of a title, of those with the cue where one is given."""
        every = [s for s in self.about(title, len(self.sentences)) if cue is None or cue in s.cues]
        return max(every, key=lambda said: (said.session, said.excerpt.start), default=None)

    def speaks_of(self, said: Said, title: str) -> bool:
        stems = self._stems(title)
        return self._enough(len(stems & said.stems), stems, said)

    def speaks_of_any(self, said: Said, actions: Iterable[Action]) -> bool:
        return any(self.speaks_of(said, action.title) for action in actions)

    def is_settled(self, at: int, actions: Iterable[Action]) -> bool:
        """Whether something later says that sentence `at` was done or answered, or its action is closed."""
        said = self.sentences[at]
        if said.is_question and self._is_answered_at_once(at):
            return True
        if self.speaks_of_any(said, (a for a in actions if a.status is not ActionStatus.OPEN)):
            return True
        stems = said.stems - self._names
        least = max(_LEAST_SHARED, _SETTLES * len(stems))
        asks = said.is_question or "open_question" in said.cues
        shared = Counter(
            place
            for stem in stems
            for place in (self._places if asks else self._done).get(stem, ())[-_LATER_PLACES:]
            if place > at
        )
        later = (self.sentences[place] for place, n in shared.items() if n >= least)
        return any(not asks or _answers(s) for s in later)

    def _is_answered_at_once(self, at: int) -> bool:
        """In a transcript, whether another speaker goes on with a statement that leaves nothing open."""
        asked = self.sentences[at]
        if asked.kind is not NoteKind.TRANSCRIPT:
            return False
        following = self.sentences[at + 1 : at + 1 + _ANSWER_REACH]
        replies = [s for s in following if s.excerpt.note_id == asked.excerpt.note_id and not s.is_question]
        others = [s for s in replies if s.excerpt.speaker != asked.excerpt.speaker]
        return bool(others) and not any(s.cues & _LEAVES_OPEN for s in others)

    def serves(self, said: Said, goals: Iterable[Goal]) -> Goal | None:
        """The goal whose words a sentence shares most, if it shares two or more."""
        ties = [(len(said.stems & self._stems(_words_of(goal))), goal) for goal in goals]
        best = max(ties, key=lambda tie: tie[0], default=None)
        return best[1] if best is not None and best[0] >= _LEAST_SHARED else None

    def _stems(self, text: str) -> Stems:
        return content_stems(text, self._language) - self._names

    def _enough(self, shared: int, title: Stems, said: Said) -> bool:
        """Two words in common, or all there are, and a good part of the shorter of the two."""
        shorter = max(1, min(len(title), len(said.stems - self._names)))
        return shared >= min(_LEAST_SHARED, max(1, len(title))) and shared / shorter >= _SPEAKS_OF

    def _sharing(self, stems: Iterable[str]) -> Counter[int]:
        return Counter(at for stem in stems for at in self._places.get(stem, ()))


def _places(sentences: Iterable[tuple[int, Said]], names: Stems) -> dict[str, list[int]]:
    """Where each stem stands, in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, said in sentences:
        for stem in said.stems - names:
            places[stem].append(at)
    return places


def _answers(said: Said) -> bool:
    return not said.is_question and not said.cues & {"open_question", "postponed"}


def _words_of(goal: Goal) -> str:
    return " ".join(filter(None, (goal.title, goal.description, goal.measure)))
