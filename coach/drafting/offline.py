"""The offline drafter: extractive, deterministic, without any model or network."""

from collections.abc import AsyncGenerator

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    ProgressBrief,
    ReflectionBrief,
    language_of_brief,
)
from coach.domain.suggestions import Draft, DraftedBy, Engine, Item
from coach.drafting.phrases import Phrases, phrases
from coach.drafting.wording.agenda import agenda_items, agenda_warnings
from coach.drafting.wording.answers import answer_items, answer_warnings
from coach.drafting.wording.feedback import feedback_items, feedback_warnings
from coach.drafting.wording.learnings import learnings_items, learnings_warnings
from coach.drafting.wording.progress import progress_items, progress_warnings
from coach.drafting.wording.reflection import reflection_items, reflection_warnings

Worded = tuple[tuple[Item, ...], tuple[str, ...]]


class OfflineDrafter:
    """Quotes what the notes say and adds only fixed phrases; the same brief gives the same draft."""

    async def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]:
        yield await self.draft(brief)

    async def draft(self, brief: Brief) -> Draft:
        words = phrases(language_of_brief(brief))
        items, warnings = _worded(brief, words)
        return Draft(items, DraftedBy(Engine.OFFLINE, None, words.version), warnings=warnings)


def _worded(brief: Brief, words: Phrases) -> Worded:
    match brief:
        case AgendaBrief():
            return agenda_items(brief, words), agenda_warnings(brief, words)
        case ReflectionBrief():
            questions = reflection_items(brief, words)
            return questions, reflection_warnings(brief, words, len(questions))
        case FeedbackBrief():
            return feedback_items(brief, words), feedback_warnings(brief, words)
        case ProgressBrief():
            return progress_items(brief, words), progress_warnings(brief, words)
        case AnswerBrief():
            return answer_items(brief, words), answer_warnings(brief, words)
        case LearningsBrief():
            return learnings_items(brief, words), learnings_warnings(brief, words)
