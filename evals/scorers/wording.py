"""How what is told is worded: to the right person, in the notes' language, readable."""

import re
from collections.abc import Iterator

from coach.domain.suggestions import Kind
from coach.language.detection import language_of
from coach.language.words import words
from evals.answers import Line
from evals.metrics import Score
from evals.scorers.matching import Asked, without_quotes

_LONG_WORD = 6
_ENOUGH_WORDS = 4
_SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)")


def score_wording(asked: Asked) -> Iterator[Score]:
    if not asked.answer.lines:
        return
    strangers = _named_strangers(asked)
    for line in asked.answer.lines:
        own = own_words(line, asked)
        named = [name for name in strangers if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", own)]
        yield Score("role fit", float(not named), f"{line.told} (speaks of {', '.join(named)})")
        if len(words(own)) >= _ENOUGH_WORDS:
            told = language_of(own)
            yield Score("language kept", float(told == asked.language), f"{told}: {line.told}")
    yield Score("readability", lix("\n".join(line.told for line in asked.answer.lines)))


def _named_strangers(asked: Asked) -> list[str]:
    """First names that must not come: the reader is "you"; in words of feedback so is who receives it."""
    keys = {asked.task.reader}
    if asked.task.kind == Kind.FEEDBACK:
        keys.add(str(asked.task.ask["to"]))
    return [person.name.split()[0] for person in asked.pair.people if person.key in keys]


def own_words(line: Line, asked: Asked) -> str:
    """The coach's own words: without quotations, records' words, the draft and cited speech."""
    told = line.text if asked.task.kind == Kind.FEEDBACK else line.told
    parts = [part for part in (line.parts or {}).values() if part]
    for given in sorted([*asked.records, *parts], key=len, reverse=True):
        if given:
            told = told.replace(given, "“”")
    return without_quotes(told)


def lix(text: str) -> float | None:
    """Björnsson 1968: words a sentence and the percentage of words of more than six letters."""
    said = words(text)
    if not said:
        return None
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    return len(said) / sentences + 100 * sum(len(word) > _LONG_WORD for word in said) / len(said)
