"""BM25 over the texts of a scope."""

from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

from coach.language.words import stem, stop_words, words

Scores = NDArray[np.float32]


def lexical_terms(text: str, language: str = "en") -> list[str]:
    """Stems without stop words; of a text with stop words alone, all of them."""
    every = words(text)
    stopped = stop_words(language)
    kept = [word for word in every if word.lower() not in stopped]
    return [stem(word, language) for word in kept or every]


def bm25_scores(query: Sequence[str], texts: Sequence[Sequence[str]]) -> Scores:
    """Lucene's BM25 of each text for the query's terms, shape (len(texts),)."""
    known = {term for text in texts for term in text}
    asked = [term for term in query if term in known]
    if not asked:
        return np.zeros(len(texts), dtype=np.float32)
    ranker = bm25s.BM25()
    ranker.index([list(text) for text in texts], show_progress=False)
    scores: Scores = ranker.get_scores(asked)
    return scores
