"""Answers in the notes' own sentences."""

from coach.advice.briefs import AnswerBrief
from coach.domain.suggestions import Item
from coach.drafting.phrases import Phrases
from coach.language.fragments import without_marks


def answer_items(brief: AnswerBrief, words: Phrases) -> tuple[Item, ...]:
    return tuple(
        Item(
            f"“{without_marks(said.text, said.language)}”",
            words.say("ask.by", **words.place(said, brief.reading)),
            citations=(said.excerpt,),
        )
        for said in brief.answers
    )


def answer_warnings(brief: AnswerBrief, words: Phrases) -> tuple[str, ...]:
    return () if brief.answers else (words["warnings.no_answer"],)
