"""One brief put to one model: what is asked, what is said, what is objected to, and what is made of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from coach.advice.briefs import AnswerBrief, Brief, LearningsBrief, Theme, language_of_brief
from coach.domain.notes import Excerpt
from coach.domain.suggestions import Draft, DraftedBy, Engine, Usage
from coach.drafting.composing import Composition, composition_of
from coach.drafting.evidence import by_id, cost_of, packed
from coach.drafting.failure import DraftingFailed, Fault
from coach.drafting.objections import Objection, Reason
from coach.drafting.phrases import Phrases, phrases
from coach.drafting.reading_lines import LineReader
from coach.drafting.rendering import prompt_variables, theme_ids
from coach.drafting.shapes import answer_schema
from prompts import Prompt, prompt


@dataclass
class Talk:
    """`plan`: the offline draft; `deadline`: loop time; `most_tokens`: what the evidence may take."""

    brief: Brief
    plan: Draft
    deadline: float
    most_tokens: int
    usage: Usage = field(default_factory=Usage)
    is_cut: bool = False
    lines: int = 0
    rejected: list[tuple[Any, Objection]] = field(default_factory=list)
    mended: int = 0
    asked: Prompt = field(init=False)
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
        self._show(self.most_tokens)

    def shorten(self) -> bool:
        """Ask with a quarter of the evidence, the weightiest of it; False when there is none to leave out."""
        shown = self.evidence
        self._show(sum(map(cost_of, shown)) // 4)
        return len(self.evidence) < len(shown)

    def _show(self, most_tokens: int) -> None:
        brief = self.brief
        self.evidence = packed(brief.evidence, most_tokens, language_of_brief(brief))
        evidence = by_id(self.evidence)
        system, user = self.asked.render(**prompt_variables(brief, evidence))
        self.messages = [SystemMessage(system), HumanMessage(user)]
        self.schema = answer_schema(brief.kind, list(evidence), list(self.themes))
        self.reader = LineReader(brief, evidence)

    @property
    def words(self) -> Phrases:
        return phrases(language_of_brief(self.brief))

    def objecting(self) -> list[BaseMessage]:
        """The messages that give rejected lines back, each with the reason."""
        said = _as_json({"items": [line for line, _ in self.rejected]})
        told = prompt("repair").render(
            rejected=[
                {"line": _as_json(line), "reason": o.reason.value, "words": o.words}
                for line, o in self.rejected
            ]
        )[1]
        return [*self.messages, AIMessage(said), HumanMessage(told)]

    @property
    def found_nothing(self) -> bool:
        """Whether the model holds that the notes don't answer."""
        return isinstance(self.brief, AnswerBrief) and not self.lines

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
        if self.reader.cited_others:
            yield self.words["warnings.model.cited"]


def _as_json(told: Any) -> str:
    """What a model said, fit to be sent: half a character may be among it."""
    return json.dumps(told, ensure_ascii=False).encode(errors="replace").decode()
