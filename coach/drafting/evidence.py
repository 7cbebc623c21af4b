"""Which evidence goes into a prompt: what adds most for its length, within a budget of tokens."""

from collections.abc import Mapping, Sequence

from coach.domain.notes import Excerpt
from coach.drafting.spending import tokens_in
from coach.language.words import content_stems

_FRAME = 42
_FADES = 0.97
_SEEN = 0.25


def packed(evidence: Sequence[Excerpt], most_tokens: int, language: str = "en") -> tuple[Excerpt, ...]:
    """The evidence that fits, in its order; the weightiest of it comes first.

    Each time the excerpt is taken that tells most for its length: its content words, those told already
    counting little, and less the later it comes in order. The first is always taken.
    """
    stems = [content_stems(excerpt.text, language) for excerpt in evidence]
    left, chosen, told = most_tokens, set[int](), set[str]()
    waiting = set(range(len(evidence)))
    while waiting:
        at = max(waiting, key=lambda n: (_worth(stems[n], told, n) / cost_of(evidence[n]), -n))
        waiting.remove(at)
        if cost_of(evidence[at]) <= left or not chosen:
            left -= cost_of(evidence[at])
            chosen.add(at)
            told |= stems[at]
    return tuple(excerpt for at, excerpt in enumerate(evidence) if at in chosen)


def cost_of(excerpt: Excerpt) -> int:
    """Tokens that an excerpt takes with its id, day and speaker around it, estimated."""
    return tokens_in(len(excerpt.text) + _FRAME)


def _worth(stems: frozenset[str], told: set[str], place: int) -> float:
    new = len(stems - told)
    return (new + _SEEN * (len(stems) - new)) * _FADES**place


def by_id(evidence: Sequence[Excerpt]) -> Mapping[str, Excerpt]:
    """Short ids that can't be mistaken for text: E1, E2, …"""
    return {f"E{n}": excerpt for n, excerpt in enumerate(evidence, start=1)}
