"""Two drafters, the second for when the first gives nothing that can be used."""

from dataclasses import replace

from coach.advice.briefs import Brief, Drafter
from coach.domain.suggestions import Draft
from coach.drafting.failure import DraftingFailed


class FallbackDrafter:
    def __init__(self, first: Drafter, second: Drafter) -> None:
        self._first = first
        self._second = second

    async def draft(self, brief: Brief) -> Draft:
        try:
            return await self._first.draft(brief)
        except DraftingFailed as failure:
            draft = await self._second.draft(brief)
            told = f"The language model was not used: {failure.reason}. The offline coach answered."
            return replace(draft, warnings=(told, *draft.warnings))
