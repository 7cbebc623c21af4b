"""Themes over pairings, in words that enough of them share."""

from coach.advice.briefs import LearningsBrief, Nothing, Theme
from coach.domain.suggestions import Item
from coach.drafting.phrases import Phrases


def learnings_items(brief: LearningsBrief, words: Phrases) -> tuple[Item, ...]:
    return tuple(_item(theme, brief, words) for theme in brief.themes)


def learnings_warnings(brief: LearningsBrief, words: Phrases) -> tuple[str, ...]:
    if brief.themes:
        return ()
    why = brief.nothing or Nothing.SHARED
    return (words.say(f"warnings.{why}", least=brief.program.min_group_size),)


def _item(theme: Theme, brief: LearningsBrief, words: Phrases) -> Item:
    label = _label(theme, words)
    details = []
    if (theme.difficulty or theme.lesson) and theme.words:
        details.append(words.say("learnings.words", words=words.listed(list(theme.words))))
    if theme.learned is not None:
        details.append(words.say("learnings.learned", pairings=theme.learned))
    if theme.struggling is not None:
        details.append(words.say("learnings.struggling", pairings=theme.struggling))
    return Item(
        words.say("learnings.theme", label=label, pairings=theme.pairings, all=brief.pairings),
        " ".join(details) or None,
        pairings=theme.pairings,
    )


def _label(theme: Theme, words: Phrases) -> str:
    if theme.difficulty:
        return str(words[f"learnings.difficulty.{theme.difficulty}"])
    if theme.lesson:
        return str(words[f"learnings.lesson.{theme.lesson}"])
    told = words.listed(list(theme.words))
    return told[:1].upper() + told[1:]
