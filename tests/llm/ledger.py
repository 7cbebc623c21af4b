"""Which of the lies that were told are shown, and what else must hold of every answer, seen from outside."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from tests.llm.demonstration import Call
from tests.llm.liar import LIE_KINDS, TRUE, Told
from tests.llm.showing import plain

_MOST_LISTED = 40


@dataclass(frozen=True)
class Answer:
    """One suggestion and what the model had told for it; None where the status was not 200."""

    call: Call
    status: int
    suggestion: dict[str, Any] | None
    told: tuple[Told, ...] = ()

    @property
    def items(self) -> list[dict[str, Any]]:
        return self.suggestion["items"] if self.suggestion else []

    def shown(self) -> Iterator[tuple[Told, dict[str, Any]]]:
        """What the model told that an item shows."""
        for told in self.told:
            found = next((item for item in self.items if _shows(item, told)), None)
            if found is not None:
                yield told, found


def _shows(item: dict[str, Any], told: Told) -> bool:
    if told.section is not None and item["section"] != told.section:
        return False
    quotes = [plain(cited["quote"]) for cited in item["citations"]]
    if told.true_of and any(plain(told.true_of) in quote for quote in quotes):
        return False
    return any(plain(told.words) in plain(line) for line in lines_of(item))


def says_who_drafted(suggestion: dict[str, Any]) -> bool:
    """Whether it names the model, or the offline coach with a warning that the model was not used."""
    unused = any("model was not used" in warning for warning in suggestion["warnings"])
    return bool(suggestion["drafted_by"]["engine"] == ("offline" if unused else "llm"))


def lines_of(item: dict[str, Any]) -> list[str]:
    """All that an item says."""
    parts = (item.get("parts") or {}).values()
    return [line for line in (item["text"], item.get("detail"), *parts) if line]


class Ledger:
    """Lies told and shown, by their kind; one that was told to one reader in several lines counts once."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        told: set[_Lie] = set()
        shown: dict[_Lie, str] = {}
        for answer in answers:
            told |= {_Lie(answer.call, each.kind, each.words) for each in answer.told}
            shown |= {
                _Lie(answer.call, t.kind, t.words): _listed(answer, t, item) for t, item in answer.shown()
            }
        self.told = Counter(lie.kind for lie in told)
        self.shown = Counter(lie.kind for lie in shown)
        self.lies = _mixed({lie: listed for lie, listed in shown.items() if lie.kind != TRUE})

    def __str__(self) -> str:
        rows = [f"{kind:<28}{self.told[kind]:>7}{self.shown[kind]:>7}" for kind in (*LIE_KINDS, TRUE)]
        most = self.lies[:_MOST_LISTED]
        return "\n".join([f"{'':<28}{'told':>7}{'shown':>7}", *rows, f"{len(self.lies)} lies shown", *most])


class _Lie(NamedTuple):
    call: Call
    kind: str
    words: str


def _mixed(shown: dict[_Lie, str]) -> list[str]:
    """One lie of each kind for each kind of advice first, then a second of each, and so on."""
    before = Counter[tuple[str, str]]()
    turns: list[tuple[int, str]] = []
    for lie, listed in shown.items():
        before[lie.call.kind, lie.kind] += 1
        turns.append((before[lie.call.kind, lie.kind], listed))
    return [listed for _, listed in sorted(turns, key=lambda turn: turn[0])]


def _listed(answer: Answer, told: Told, item: dict[str, Any]) -> str:
    place = f"{answer.call}, section {item['section']}" if item["section"] else str(answer.call)
    return f"- {told.kind} ({place})\n    told: {told.words}\n    made from: {told.made_from}"


def wrong_states(
    items: Sequence[dict[str, Any]], actions: Sequence[dict[str, Any]], goals: Sequence[dict[str, Any]]
) -> list[str]:
    """Lines that tell an action or a goal in another state than the records have it in."""
    return [
        f"{record['title']!r} is {record['status']}, told as {state}: {item['text']!r}"
        for item in items
        for record in (*actions, *goals)
        for state in _told_states(item, record["title"])
        if state != record["status"]
    ]


def _told_states(item: dict[str, Any], title: str) -> Iterator[str]:
    """The states in which an item's own words and its section tell the record of this title."""
    named = re.escape(title)
    for line in lines_of(item):
        yield from re.findall(rf"“{named}”: (open|achieved|dropped|done)", line)
        if re.search(rf"Done: “{named}”|{named}”? (?:is|was) (?:done|finished)", line, re.IGNORECASE):
            yield "done"
        if re.search(rf"Still open: “{named}”", line):
            yield "open"
    if item["section"] in ("done", "open", "next") and re.search(f"“{named}”", item["text"]):
        yield "done" if item["section"] == "done" else "open"
    if item["section"] == "actions" and re.search(f"“{named}”", " ".join(lines_of(item))):
        yield "open"


def wrong_dues(items: Sequence[dict[str, Any]], actions: Sequence[dict[str, Any]], today: date) -> list[str]:
    """Actions told as overdue that are not, or the other way about."""
    wrong = []
    for item in items:
        for action in actions:
            due = date.fromisoformat(action["due"]) if action["due"] else None
            told = re.search(rf"“{re.escape(action['title'])}”: [^,]+, due [^;.]*", item.get("detail") or "")
            if told and ("overdue" in told[0]) != (due is not None and due < today):
                wrong.append(f"due {due}: {told[0]!r}")
    return wrong
