"""Words of an answer that nothing which the reader may see holds."""

import re
from collections.abc import Iterable
from typing import Any

import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS

from tests.llm.ledger import Answer, lines_of

_WORD = re.compile(r"[^\W_]+")
_STEMMER = Stemmer.Stemmer("english")


def strange_words(answer: Answer, offline: Answer, records: Iterable[dict[str, Any]]) -> list[str]:
    """Each item that is not the offline coach's word for word, with its words from nowhere.

    An item's words may come from what it cites, from goals and actions, from the reader's own question,
    or from what the offline coach tells the same reader; small words such as "the" may come from anywhere.
    """
    same = {tuple(lines_of(item)) for item in offline.items}
    common = [line for item in offline.items for line in lines_of(item)]
    common += [record["title"] for record in records]
    common += [str(value) for value in answer.call.body.values()]
    found = []
    for item in answer.items:
        known = _stems([*common, *(cited["quote"] for cited in item["citations"])])
        strange = sorted(_stems(lines_of(item)) - known)
        if strange and tuple(lines_of(item)) not in same:
            found.append(f"{answer.call}: {strange} in {lines_of(item)}")
    return found


def _stems(lines: Iterable[str]) -> set[str]:
    words = {word for line in lines for word in _WORD.findall(line.casefold())}
    return set(_STEMMER.stemWords(sorted(words - set(STOPWORDS_EN_PLUS))))
