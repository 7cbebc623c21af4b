"""Two drafters, the second for when the first gives nothing that can be used."""

from dataclasses import replace

from coach.advice.briefs import Brief, Drafter, language_of_brief
from coach.domain.suggestions import Draft
from coach.drafting.failure import DraftingFailed
from coach.drafting.phrases import phrases


class FallbackDrafter:
    def __init__(self, first: Drafter, second: Drafter) -> None:
        self._first = first
        self._second = second

    async def draft(self, brief: Brief) -> Draft:
        try:
            return await self._first.draft(brief)
        except DraftingFailed as failure:
            draft = await self._second.draft(brief)
            words = phrases(language_of_brief(brief))
            why = words.say(f"warnings.model.why.{failure.fault}", **failure.told)
            told = words.say("warnings.model.unused", why=why)
            return replace(draft, warnings=(told, *draft.warnings))
