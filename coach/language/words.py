"""Words, stems and names."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

import Stemmer

_MARK = re.compile(r"\{[^{}\n]{1,30}\}")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def words(text: str) -> list[str]:
    """Words in order, as written; a transcriber's marks such as {laughs} are none."""
    return _WORD.findall(_MARK.sub(" ", text) if "{" in text else text)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word begins and ends, those of a transcriber's marks too."""
    return [found.span() for found in _WORD.finditer(text)]


def word_count(text: str) -> int:
    return len(text.split())


@cache
def stop_words(language: str = "en") -> frozenset[str]:
    """Snowball's list for the language, as bm25s ships it; either apostrophe."""
    from bm25s import stopwords

    lists = {
        "en": stopwords.STOPWORDS_EN_PLUS,
        "de": stopwords.STOPWORDS_GERMAN,
        "fr": stopwords.STOPWORDS_FRENCH,
        "es": stopwords.STOPWORDS_SPANISH,
    }
    plain = frozenset(lists[language])
    return plain | frozenset(word.replace("'", "’") for word in plain)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "en") -> str:
    """Snowball's stem of the word, lower-cased and without a possessive."""
    return str(_stemmer(language).stemWord(word.lower().removesuffix("'s").removesuffix("’s")))


def folded(word: str) -> str:
    """Lower case, without accents and without a possessive."""
    plain = unicodedata.normalize("NFKD", word.lower())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return bare.removesuffix("'s").removesuffix("’s")


def stems(text: str, language: str = "en") -> list[str]:
    """Stems of every word, stop words too, in order."""
    return [stem(word, language) for word in words(text)]


def content_words(text: str, language: str = "en") -> list[str]:
    """The words as written that carry meaning: no stop words, no single letters."""
    stopped = stop_words(language)
    return [word for word in words(text) if len(word) > 1 and word.lower() not in stopped]


def content_stems(text: str, language: str = "en") -> frozenset[str]:
    return frozenset(stem(word, language) for word in content_words(text, language))


def overlap(of: Iterable[str], within: Iterable[str]) -> float:
    """The share of `of` that is `within`; 0 when `of` is empty."""
    wanted = frozenset(of)
    return len(wanted & frozenset(within)) / len(wanted) if wanted else 0.0


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard: what the two sets share of all they hold."""
    return len(one & other) / len(one | other) if one or other else 0.0
