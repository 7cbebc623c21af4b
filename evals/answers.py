"""What is asked in an evaluation, and what the coach answered: plain values that a log can hold."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from coach.domain.notes import Excerpt
from coach.domain.suggestions import Item
from evals.cases.schema import Split

SEARCH = "search"
NO_NOTE = "?"


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Task(_Value):
    """One thing asked by one reader; `gold` is its label's place in the pair's list of that kind.

    `kind` is a suggestion's kind or search; `variant` tells tasks of one kind apart: answerable and
    unanswerable questions, an agenda `before` the latest session.
    """

    id: str
    program: str
    pair: str | None
    reader: str
    kind: str
    variant: str = ""
    gold: int = 0
    split: Split
    repeat: int = 0
    ask: Mapping[str, str | int] = {}


class Cited(_Value):
    """A citation with the note's key in its pair, and NO_NOTE where that pair has no such note."""

    note: str
    quote: str
    start: int
    end: int


class Line(_Value):
    text: str
    detail: str | None = None
    section: str | None = None
    minutes: int | None = None
    pairings: int | None = None
    parts: Mapping[str, str | None] | None = None
    citations: tuple[Cited, ...] = ()

    @property
    def told(self) -> str:
        """All its words."""
        return f"{self.text}\n{self.detail}" if self.detail else self.text


class Answer(_Value):
    """`seconds` by the clock; `failed` tells why there is no answer, and then nothing else holds."""

    task: Task
    lines: tuple[Line, ...] = ()
    warnings: tuple[str, ...] = ()
    engine: str = ""
    model: str | None = None
    prompt_version: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    failed: str | None = None

    @property
    def told(self) -> str:
        return "\n".join(line.told for line in self.lines)


def line_of(item: Item, note_keys: Mapping[str, str]) -> Line:
    """An item as a line; `note_keys` gives the pair's notes' keys by their ids."""
    return Line(
        text=item.text,
        detail=item.detail,
        section=item.section,
        minutes=item.minutes,
        pairings=item.pairings,
        parts=dict(item.parts) if item.parts is not None else None,
        citations=tuple(cited_of(place, note_keys) for place in item.citations),
    )


def cited_of(place: Excerpt, note_keys: Mapping[str, str]) -> Cited:
    """An excerpt as a citation; `note_keys` as in `line_of`."""
    note = note_keys.get(place.note_id, NO_NOTE)
    return Cited(note=note, quote=place.text, start=place.start, end=place.end)
