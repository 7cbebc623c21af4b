"""Two drafters, the second for when the first gives nothing."""

import pytest

from coach.advice.briefs import AnswerBrief, Brief
from coach.domain.suggestions import Draft, DraftedBy, Engine, Item
from coach.drafting.failure import Fault
from coach.drafting.fallback import FallbackDrafter
from coach.drafting.phrases import phrases
from tests.fakes import ScriptedDrafter
from tests.unit.building import reading

BRIEF = AnswerBrief(reading(), "What?", (), ())
MODELS = Draft((Item("From the model"),), DraftedBy(Engine.LLM, "a model", "v1"))
OFFLINE = Draft((Item("From the phrases"),), DraftedBy(Engine.OFFLINE, None, "v2"), warnings=("few notes",))


class Broken:
    """Fails in a way that nobody foresaw."""

    async def draft(self, brief: Brief) -> Draft:
        raise LookupError(brief.kind.value)


async def test_what_the_first_gives_is_taken_and_the_second_is_not_asked() -> None:
    second = ScriptedDrafter(OFFLINE)
    assert await FallbackDrafter(ScriptedDrafter(MODELS), second).draft(BRIEF) == MODELS
    assert second.briefs == []


async def test_when_the_first_fails_the_second_answers_the_same_brief_and_says_why() -> None:
    second = ScriptedDrafter(OFFLINE)
    draft = await FallbackDrafter(ScriptedDrafter(None), second).draft(BRIEF)
    assert second.briefs == [BRIEF]
    assert (draft.items, draft.drafted_by) == (OFFLINE.items, OFFLINE.drafted_by)
    assert draft.warnings == (
        "The language model was not used: it said nothing. The offline coach answered.",
        "few notes",
    )


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_fault_is_told_in_every_language(language: str) -> None:
    words = phrases(language)
    told = {words.say(f"warnings.model.why.{fault}", seconds="30", status=500) for fault in Fault}
    assert len(told) == len(Fault) == len(words["warnings.model.why"])


async def test_an_error_that_is_no_failure_to_draft_is_not_hidden() -> None:
    with pytest.raises(LookupError):
        await FallbackDrafter(Broken(), ScriptedDrafter(OFFLINE)).draft(BRIEF)
