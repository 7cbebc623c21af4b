"""What speaks for a passage as the answer to a query: one column of numbers for each signal.

Meaning (cosine) and words (BM25), each for the passage itself and for windows of its session around
it, since talk answers a question over several turns; what its session is about; who speaks; whether a
passage could hold a date or a number where one is asked for. All are standardised within the scope.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.domain.notes import PlacedPassage
from coach.language.cues import cues
from vectorstore.embedding import Vectors, unit
from vectorstore.lexical import Scores, TermCounts, Windows, bm25, lexical_terms, rarity, window_sums
from vectorstore.passages import embedded_text

REACHES = (1, 3, 8, 20)
_FIELDS = ("", *(f" {reach}" for reach in REACHES))
_FLAT = 1e-9
_SHORT_CHARS = 40
_BEST_OF_SESSION = 3
# What the conversations that the weights were learned on span; beyond it they say nothing.
_TRAIT_RANGES = np.array([[1, 0, -0.2, -0.9, 0.3, 0.35], [1, 1, 3.2, 1.0, 2.2, 2.0]], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Query:
    """A question or some words, with its unit vector and its terms."""

    text: str
    vector: Vectors
    terms: tuple[str, ...]

    @classmethod
    def of(cls, text: str, vector: Vectors) -> "Query":
        return cls(text, vector, tuple(lexical_terms(text)))

    @property
    def is_broad(self) -> bool:
        """Whether it asks for a discussion, which takes a long stretch to answer."""
        return cues().broad.search(self.text) is not None


class PassageSet:
    """The passages of a scope in the order of their sessions, made ready for any query.

    `vectors` has shape (n, dimension), zero where `indexed`, shape (n,), is False.
    """

    def __init__(
        self, passages: Sequence[PlacedPassage], vectors: Vectors, indexed: NDArray[np.bool_]
    ) -> None:
        said = [passage.excerpt for passage in passages]
        terms = [lexical_terms(embedded_text(e.text, e.held_at, e.speaker)) for e in said]
        self.vectors, self.indexed = vectors, indexed
        self.terms = TermCounts(terms)
        self.windows = {reach: _windows([e.session_id for e in said], reach) for reach in REACHES}
        firsts, lasts = zip(*self.windows.values(), strict=True)
        self.every_window: Windows = (np.stack(firsts), np.stack(lasts))
        sums = (window_sums(vectors, window) for window in self.windows.values())
        self.norms = np.maximum(np.stack([np.linalg.norm(held, axis=1) for held in sums]), _FLAT)
        self.lengths = _with_windows(self.terms.lengths, self.every_window)
        self.sessions = np.unique([e.session_id for e in said], return_inverse=True)[1]
        self.sizes = np.bincount(self.sessions)
        whole = [vectors[self.sessions == at].sum(axis=0) for at in range(len(self.sizes))]
        self.centres = unit(np.stack(whole))
        self.speakers = [(e.speaker or "").lower() for e in said]
        self.chars = np.array([len(e.text) for e in said], dtype=np.float32)
        self.asks = _flags(e.text.rstrip().endswith("?") for e in said)
        self.holds = {
            kind: _flags(cues().holds[kind].search(e.text) is not None for e in said)
            for kind in ("time", "number")
        }

    def __len__(self) -> int:
        return len(self.speakers)


def _flags(values: object) -> NDArray[np.float32]:
    return np.fromiter(values, dtype=np.float32)  # type: ignore[call-overload, no-any-return]


def _windows(groups: Sequence[str], reach: int) -> Windows:
    """First and last row of each row's window, which stays within its group."""
    rows = np.arange(len(groups))
    starts = np.array([a != b for a, b in zip(groups, ["", *groups], strict=False)], dtype=np.bool_)
    first = np.maximum.accumulate(np.where(starts, rows, 0))
    ends = np.append(starts[1:], True)
    last = np.minimum.accumulate(np.where(ends, rows, len(groups))[::-1])[::-1]
    return np.maximum(first, rows - reach), np.minimum(last, rows + reach)


def signals(query: Query, scope: PassageSet) -> dict[str, Scores]:
    """Each signal by its name, shape (n,)."""
    meanings = _with_windows(scope.vectors @ query.vector, scope.every_window)
    meanings[1:] /= scope.norms
    counts = _with_windows(scope.terms.of(query.terms), scope.every_window)
    words = bm25(counts, scope.lengths)
    found: dict[str, Scores] = dict(
        zip((f"meaning{field}" for field in _FIELDS), _standard(meanings, scope.indexed), strict=True)
    )
    found |= zip((f"words{field}" for field in _FIELDS), _standard(words), strict=True)
    found["covered"] = _standard(_covered(counts[0], counts[1]))
    near = _near(found)
    found |= _neighbours(near, scope.windows[1])
    found |= _by_session(near, query.vector, scope)
    found["speaker"] = _named(query.text, scope.speakers)
    found["length"] = np.log(np.maximum(scope.chars, 1) / 100)
    found["short"] = (scope.chars < _SHORT_CHARS).astype(np.float32)
    found["asks"] = scope.asks
    for kind, holds in scope.holds.items():
        asked = cues().questions[kind].search(query.text) is not None
        found[f"holds {kind}"] = holds if asked else np.zeros_like(holds)
    return found


def question_traits(query: Query, found: Mapping[str, Scores], scope: PassageSet) -> NDArray[np.float32]:
    """What kind of question it is, shape (6,): the weight of a signal depends on it.

    A constant, whether it asks for a discussion rather than a fact, how long the sessions are, how
    long the query is, and how far the best passage and the best window stand out.
    """
    near = _near(found)
    wide = (found["meaning 8"] + found["words 8"]) / 2
    per_session = len(scope) / len(scope.sizes)
    told = [
        1.0,
        query.is_broad,
        np.log(per_session / 25),
        np.log(max(1, len(query.terms)) / 5),
        near.max() / 5,
        wide.max() / 3,
    ]
    return np.clip(np.array(told, dtype=np.float32), *_TRAIT_RANGES)


def _near(found: Mapping[str, Scores]) -> Scores:
    """A first guess from meaning and words, of the passage and with its neighbours."""
    near = found["meaning"] + found["words"] + 0.7 * (found["meaning 1"] + found["words 1"])
    return (near / 3.4).astype(np.float32)


def _standard(scores: NDArray[np.float32], counted: NDArray[np.bool_] | None = None) -> Scores:
    """Mean 0, deviation 1 over what is counted of each row; what is not gets the mean."""
    if counted is None or counted.all():
        counted, sample = np.ones(scores.shape[-1], dtype=np.bool_), scores
    else:
        sample = scores[..., counted]
    if not sample.size:
        return np.zeros_like(scores, dtype=np.float32)
    deviation = sample.std(axis=-1, keepdims=True)
    flat = deviation < _FLAT
    standard = (scores - sample.mean(axis=-1, keepdims=True)) / np.where(flat, 1, deviation)
    return np.where(flat | ~counted, 0, standard).astype(np.float32)


def _with_windows(values: NDArray[np.float32], windows: Windows) -> NDArray[np.float32]:
    """Each row's own value and its sums over the windows around it, shape (1 + reaches, n, ...)."""
    return np.concatenate([values[None], window_sums(values, windows)])


def _covered(counts: NDArray[np.float32], around: NDArray[np.float32]) -> Scores:
    """The share of the query's known terms, by weight, that stand around each passage."""
    weights = rarity(counts)
    shares: Scores = ((around > 0.5) * weights).sum(axis=1) / max(weights.sum(), 1e-9)
    return shares.astype(np.float32)


def _neighbours(near: Scores, window: Windows) -> dict[str, Scores]:
    """The better neighbour's score, and that of the one before and after; nothing below the mean."""
    rows = np.arange(len(near))
    first, last = window
    before = np.where(first < rows, near[np.maximum(rows - 1, 0)], 0)
    after = np.where(last > rows, near[np.minimum(rows + 1, len(near) - 1)], 0)
    before, after = np.maximum(before, 0), np.maximum(after, 0)
    return {"neighbour": np.maximum(before, after), "before": before, "after": after}


def _by_session(near: Scores, wanted: Vectors, scope: PassageSet) -> dict[str, Scores]:
    """What the whole session means, and how good its best passages are."""
    order = np.lexsort((-near, scope.sessions))
    ranks = np.arange(len(near)) - np.repeat(np.cumsum(scope.sizes) - scope.sizes, scope.sizes)
    top = order[ranks < _BEST_OF_SESSION]
    best = np.bincount(scope.sessions[top], near[top]) / np.minimum(scope.sizes, _BEST_OF_SESSION)
    return {
        "session": _standard(scope.centres @ wanted)[scope.sessions],
        "session best": _standard(best.astype(np.float32))[scope.sessions],
    }


def _named(query: str, speakers: Sequence[str]) -> Scores:
    """1 where the speaker is named in the query, unless everyone is."""
    everyone = set(speakers)
    lowered = query.lower()
    first = {speaker: next(iter(speaker.split()), "") for speaker in everyone}
    named = {s for s in everyone if first[s] and re.search(rf"\b{re.escape(first[s])}\b", lowered)}
    if len(named) == len(everyone):
        return np.zeros(len(speakers), dtype=np.float32)
    return np.array([speaker in named for speaker in speakers], dtype=np.float32)
