"""One brief put to one model: what is asked, what is said, what is objected to, and what is made of it.

What is asked and objected to holds placeholders for people; what is said is put back before it is read.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from coach.advice.briefs import (
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    Theme,
    language_of_brief,
)
from coach.domain.notes import Excerpt
from coach.domain.suggestions import Draft, DraftedBy, Engine, Usage
from coach.drafting.composing import Composition, composition_of
from coach.drafting.evidence import by_id, cost_of, packed
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.leaving import Permit
from coach.drafting.objections import Objection, Reason
from coach.drafting.phrases import Phrases, phrases
from coach.drafting.placeholders import Placeholders, put_back_in, replaced_in
from coach.drafting.reading_lines import LineReader
from coach.drafting.rendering import OUR_OWN, prompt_variables, theme_ids
from coach.drafting.shapes import answer_schema
from prompts import Prompt, prompt

_FORM_OF_LINES = frozenset({"evidence", "section", "theme"})


@dataclass
class Talk:
    """`plan`: the offline draft; `deadline`: loop time; `most_tokens`: what the evidence may take.

    `rejected`: lines as they were read, with names.
    """

    brief: Brief
    plan: Draft
    deadline: float
    most_tokens: int
    permit: Permit
    usage: Usage = field(default_factory=Usage)
    is_cut: bool = False
    lines: int = 0
    rejected: list[tuple[Any, Objection]] = field(default_factory=list)
    mended: int = 0
    asked: Prompt = field(init=False)
    placeholders: Placeholders = field(init=False)
    sendable: tuple[Excerpt, ...] = field(init=False)
    composition: Composition = field(init=False)
    evidence: tuple[Excerpt, ...] = field(init=False)
    messages: list[BaseMessage] = field(init=False)
    schema: dict[str, Any] = field(init=False)
    reader: LineReader = field(init=False)
    themes: Mapping[str, Theme] = field(init=False)

    def __post_init__(self) -> None:
        brief = self.brief
        self.asked = prompt(brief.kind.value)
        self.composition = composition_of(brief, self.plan.items)
        self.themes = theme_ids(brief) if isinstance(brief, LearningsBrief) else {}
        self.placeholders = Placeholders(self.permit.spotter)
        self.sendable = tuple(told for told in brief.evidence if self.permit.lets(told, brief))
        self._show(self.most_tokens)

    @property
    def is_withheld(self) -> bool:
        """Whether some of the evidence may not be sent."""
        return len(self.sendable) < len(self.brief.evidence)

    @property
    def hindrance(self) -> DraftingFailed | None:
        """Why the model may not be asked."""
        if not self.permit.is_on:
            return DraftingFailed(Fault.OFF)
        needs_evidence = not isinstance(self.brief, FeedbackBrief)
        if self.is_withheld and not self.sendable and needs_evidence:
            return DraftingFailed(Fault.WITHHELD)
        return None

    def meant(self, line: Any) -> Any:
        """A line of the model's with names in the place of placeholders."""
        return put_back_in(line, self.placeholders)

    def shorten(self) -> bool:
        """Ask with a quarter of the evidence, the weightiest of it; False when there is none to leave out."""
        shown = self.evidence
        self._show(sum(map(cost_of, shown)) // 4)
        return len(self.evidence) < len(shown)

    def _show(self, most_tokens: int) -> None:
        brief = self.brief
        self.evidence = packed(self.sendable, most_tokens, language_of_brief(brief))
        evidence = by_id(self.evidence)
        variables = prompt_variables(brief, evidence, self.permit.off)
        system, user = self.asked.render(**replaced_in(variables, self.placeholders, OUR_OWN))
        self.messages = [SystemMessage(system), HumanMessage(user)]
        self.schema = answer_schema(brief.kind, list(evidence), list(self.themes))
        self.reader = LineReader(brief, evidence)

    @property
    def words(self) -> Phrases:
        return phrases(language_of_brief(self.brief))

    def objecting(self) -> list[BaseMessage]:
        """The messages that give rejected lines back, each with the reason."""
        lines = [replaced_in(line, self.placeholders, _FORM_OF_LINES) for line, _ in self.rejected]
        said = _as_json({"items": lines})
        told = prompt("repair").render(
            rejected=[
                {
                    "line": _as_json(line),
                    "reason": objection.reason.value,
                    "words": self.placeholders.replaced(objection.words),
                }
                for line, (_, objection) in zip(lines, self.rejected, strict=True)
            ]
        )[1]
        return [*self.messages, AIMessage(said), HumanMessage(told)]

    @property
    def found_nothing(self) -> bool:
        """Whether the model holds that the notes don't answer, and was given all that might."""
        return isinstance(self.brief, AnswerBrief) and not self.lines and not self.is_withheld

    def drafted(self, model_name: str, failure: DraftingFailed | None) -> Draft:
        found_nothing = self.found_nothing and failure is None
        if not self.composition.held and not found_nothing:
            told = self._unused(failure)
            return Draft(self.plan.items, self.plan.drafted_by, self.usage, (told, *self.plan.warnings))
        items = () if found_nothing else self.composition.whole()
        warnings = [*self.plan.warnings] if items else [self.words["warnings.no_answer"]]
        by = DraftedBy(Engine.LLM, model_name, self.asked.version)
        return Draft(items, by, self.usage, (*self._warnings(failure), *warnings))

    def fault(self, failure: DraftingFailed | None) -> Fault:
        """Why nothing of the model's is shown."""
        reasons = {objection.reason for _, objection in self.rejected}
        if failure is not None:
            return failure.fault
        if not self.lines and self.is_withheld:
            return Fault.WITHHELD
        if reasons == {Reason.FORM}:
            return Fault.FORM
        return Fault.LANGUAGE if reasons == {Reason.LANGUAGE} else Fault.UNHELD

    def _unused(self, failure: DraftingFailed | None) -> str:
        told = failure.told if failure else {}
        why = self.words.say(f"warnings.model.why.{self.fault(failure)}", **told)
        return self.words.say("warnings.model.unused", why=why)

    def _warnings(self, failure: DraftingFailed | None) -> Iterator[str]:
        if self.is_cut or failure is not None:
            yield self.words["warnings.model.cut"]
        if (dropped := len(self.rejected) - self.mended) > 0:
            yield self.words["warnings.model.dropped"][dropped > 1].format(n=dropped)
        if self.is_withheld:
            yield self.words["warnings.model.withheld"]
        if self.reader.cited_others:
            yield self.words["warnings.model.cited"]


def _as_json(told: Any) -> str:
    """What a model said, fit to be sent: half a character may be among it."""
    return json.dumps(told, ensure_ascii=False).encode(errors="replace").decode()
