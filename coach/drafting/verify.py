"""Nothing is shown that was not checked here: every citation, every rule of the field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    ReflectionBrief,
    language_of_brief,
)
from coach.domain.notes import Note, is_exact
from coach.domain.suggestions import Item
from coach.drafting.phrases import Phrases, phrases
from coach.rules.confidentiality import names_anyone, repeats
from coach.rules.reflection import violations

_QUOTE = re.compile(r"“([^”]*)”")


@dataclass
class _Verdict:
    """Collects what was dropped, each reason once with how often."""

    dropped: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def warnings(self, words: Phrases) -> tuple[str, ...]:
        left_out = words["warnings.left_out"]
        return tuple(
            left_out[n > 1].format(n=n, why=words[f"warnings.why.{why}"]) for why, n in self.dropped.items()
        )


def verify(
    items: Iterable[Item],
    brief: Brief,
    readable: Mapping[str, Note],
    names: Iterable[str] = (),
    program_texts: Iterable[str] = (),
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items that hold, and a warning for what was left out, or could not be searched by its meaning.

    `readable`: the cited notes that the reader may see now, by id. `names` and `program_texts`: whom
    and what a program's learnings must not repeat.
    """
    verdict = _Verdict()
    titles = _titles(brief)
    held = [item for given in items if (item := _cited(given, readable, titles, verdict))]
    if isinstance(brief, ReflectionBrief):
        held = [item for item in held if _is_question(item, brief.reading.language, verdict)]
    if isinstance(brief, LearningsBrief):
        named, texts = tuple(names), tuple(program_texts)
        held = [item for item in held if _is_anonymous(item, brief, named, texts, verdict)]
    words = phrases(language_of_brief(brief))
    searched = (words["warnings.by_words"],) if brief.by_words_alone else ()
    return tuple(held), (*searched, *verdict.warnings(words))


def _cited(item: Item, readable: Mapping[str, Note], titles: Sequence[str], verdict: _Verdict) -> Item | None:
    exact = tuple(citation for citation in item.citations if is_exact(citation, readable))
    if item.citations and not exact:
        verdict.drop("citation")
        return None
    sources = [*(citation.text for citation in exact), *titles]
    if not _holds(_quoted(item), sources) and not _holds(_quoted(item, titles), sources):
        verdict.drop("quotation")
        return None
    return replace(item, citations=exact)


def _holds(quoted: Iterable[str], sources: Sequence[str]) -> bool:
    return all(any(words in source for source in sources) for words in quoted)


def _quoted(item: Item, without: Iterable[str] = ()) -> list[str]:
    """What stands between “ and ” in an item's lines, those of the words in `without` not counted."""
    lines = [item.text, item.detail or ""]
    for own in sorted(without, key=len, reverse=True):
        if "“" in own or "”" in own:
            lines = [line.replace(own, "") for line in lines]
    return [words for line in lines for words in _QUOTE.findall(line)]


def _titles(brief: Brief) -> list[str]:
    """What may be quoted without a citation: the records' own words, names, and the asker's."""
    if isinstance(brief, LearningsBrief):
        return []
    reading = brief.reading
    own = [p.name for p in reading.people.values()] + [p.first_name for p in reading.people.values()]
    own += [excerpt.speaker for excerpt in brief.evidence if excerpt.speaker]
    if isinstance(brief, FeedbackBrief):
        parts = brief.parts
        own += [brief.draft, brief.situation or ""]
        own += filter(None, (parts.situation, parts.behaviour, parts.impact, parts.request))
    own += [brief.question] if isinstance(brief, AnswerBrief) else []
    own += [p.subject for p in brief.points if p.subject] if isinstance(brief, AgendaBrief) else []
    return [*(a.title for a in reading.actions), *(g.title for g in reading.goals), *own]


def _is_question(item: Item, language: str, verdict: _Verdict) -> bool:
    if violations(item.text, item.section, language):
        verdict.drop("question")
        return False
    return True


def _is_anonymous(
    item: Item, brief: LearningsBrief, names: tuple[str, ...], texts: tuple[str, ...], verdict: _Verdict
) -> bool:
    told = f"{item.text} {item.detail or ''}"
    if item.pairings is None or item.pairings < brief.program.min_group_size:
        verdict.drop("few")
    elif names_anyone(told, names):
        verdict.drop("names")
    elif repeats(told, texts):
        verdict.drop("repeats")
    else:
        return True
    return False
