"""BM25 over the passages of a scope and over windows of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coach.language.words import stem, stop_words, words

Scores = NDArray[np.float32]
Windows = tuple[NDArray[np.int_], NDArray[np.int_]]

# Lucene's BM25 (Robertson & Zaragoza, 2009), with its usual constants.
_SATURATION = 1.5
_LENGTH = 0.75


def lexical_terms(text: str, language: str = "en") -> list[str]:
    """Stems without stop words; of a text with stop words alone, all of them."""
    every = words(text)
    stopped = stop_words(language)
    kept = [word for word in every if word.lower() not in stopped]
    return [stem(word, language) for word in kept or every]


class TermCounts:
    """Which of some texts hold which terms, and how often."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.lengths = np.array([len(text) for text in texts], dtype=np.float32)
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, text in enumerate(texts):
            for term, count in Counter(text).items():
                places[term].append((at, count))
        self._places = {term: np.array(held).T for term, held in places.items()}

    def __len__(self) -> int:
        return len(self.lengths)

    def of(self, query: Sequence[str]) -> NDArray[np.float32]:
        """Counts of the query's distinct terms, shape (texts, terms); a term that no text has is left out."""
        known = [term for term in dict.fromkeys(query) if term in self._places]
        counts = np.zeros((len(self), len(known)), dtype=np.float32)
        for column, term in enumerate(known):
            texts, times = self._places[term]
            counts[texts, column] = times
        return counts


def rarity(counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """How telling each term is, shape (..., terms): BM25's inverse document frequency."""
    holding = (counts > 0).sum(axis=-2)
    weights: NDArray[np.float32] = np.log(1 + (counts.shape[-2] - holding + 0.5) / (holding + 0.5))
    return weights.astype(np.float32)


def bm25(counts: NDArray[np.float32], lengths: NDArray[np.float32]) -> Scores:
    """Each text's score, shape (..., texts), for counts of shape (..., texts, terms)."""
    if not counts.size:
        return np.zeros(lengths.shape, dtype=np.float32)
    average = np.maximum(lengths.mean(axis=-1, keepdims=True), 1e-9)
    damped = counts + (_SATURATION * (1 - _LENGTH + _LENGTH * lengths / average))[..., None]
    weights = rarity(counts)[..., None, :] * np.float32(_SATURATION + 1)
    scores: Scores = (weights * counts / damped).sum(axis=-1)
    return scores.astype(np.float32)


def window_sums(values: NDArray[np.float32], windows: Windows) -> NDArray[np.float32]:
    """Sums over each row's window, its first and last row included, shape (windows' shape, ...)."""
    first, last = windows
    totals = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    sums: NDArray[np.float32] = (totals[last + 1] - totals[first]).astype(np.float32)
    return sums
