"""Conversations of several sessions with questions and gold evidence, to measure retrieval on.

The documented form is JSON lines, one conversation each:

    {"id": "...", "sessions": [{"held_at": "2026-01-14T18:30:00Z", "turns": [["Lena", "Hey Marc!"], ...]}],
     "questions": [{"query": "...", "evidence": [[1, 4]]}]}

`evidence` lists [session, turn], both counted from 1; [session, first, last] names a stretch. The
dialogues in `evals/fixtures/dialogues` are the same in YAML.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from coach.domain.notes import IndexState, Note, NoteKind, PlacedPassage, Visibility, excerpt
from evals.datasets.qmsum import meetings_by_team
from vectorstore.passages import split_transcript

_FIRST = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
_WEEK = timedelta(weeks=1)
STRETCH = "stretch"

Stretch = tuple[int, int, int]


@dataclass(frozen=True)
class Question:
    """`gold`: stretches of sessions' texts as (session, start, end), sessions from 0, code points."""

    query: str
    gold: tuple[Stretch, ...]
    kind: str = ""


@dataclass(frozen=True)
class Conversation:
    """`texts`: one transcript a session, a line "Speaker: words" a turn; `turns`: each line's place."""

    id: str
    texts: tuple[str, ...]
    held_at: tuple[datetime, ...]
    turns: tuple[tuple[tuple[int, int], ...], ...]
    questions: tuple[Question, ...]

    def passages(self) -> list[PlacedPassage]:
        """As the service splits them; a passage's note and session are both the session's number."""
        return [
            PlacedPassage(f"{number}/{span.start}", excerpt(note, span.start, span.end, span.speaker))
            for number, note in enumerate(self.notes())
            for span in split_transcript(note.text)
        ]

    def notes(self) -> Iterator[Note]:
        for number, (text, held_at) in enumerate(zip(self.texts, self.held_at, strict=True)):
            yield Note(
                id=str(number),
                session_id=str(number),
                pairing_id=self.id,
                author_id="",
                held_at=held_at,
                text=text,
                visibility=Visibility.PAIR,
                kind=NoteKind.TRANSCRIPT,
                index_state=IndexState.INDEXED,
                created_at=held_at,
                updated_at=held_at,
            )


def conversation(told: dict[str, Any]) -> Conversation:
    """One conversation of the documented form; ValueError names evidence that is not there."""
    texts, turns = [], []
    for session in told["sessions"]:
        lines = [f"{speaker}: {' '.join(str(words).split())}" for speaker, words in session["turns"]]
        ends = [0]
        for line in lines:
            ends.append(ends[-1] + len(line) + 1)
        texts.append("\n".join(lines))
        turns.append(tuple((start, end - 1) for start, end in pairwise(ends)))
    for asked in told["questions"]:
        _require_evidence(asked, turns)
    questions = [
        Question(
            asked["query"],
            tuple(
                (
                    session - 1,
                    turns[session - 1][first - 1][0],
                    turns[session - 1][(last or [first])[0] - 1][1],
                )
                for session, first, *last in asked["evidence"]
            ),
            asked.get("words", asked.get("kind", "")),
        )
        for asked in told["questions"]
    ]
    held = [_moment(session["held_at"]) for session in told["sessions"]]
    return Conversation(told["id"], tuple(texts), tuple(held), tuple(turns), tuple(questions))


def _require_evidence(asked: dict[str, Any], turns: list[tuple[tuple[int, int], ...]]) -> None:
    if not asked["evidence"]:
        raise ValueError(f"{asked['query']!r} has no evidence")
    for session, first, *last in asked["evidence"]:
        held = len(turns[session - 1]) if 1 <= session <= len(turns) else 0
        if not 1 <= first <= (last or [first])[0] <= held:
            raise ValueError(
                f"{asked['query']!r}: there is no evidence {[session, first, *last]}, counted from 1"
            )


def _moment(told: object) -> datetime:
    at = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def from_json_lines(path: Path) -> list[Conversation]:
    lines = path.read_text("utf-8").split("\n")
    return [_on_line(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _on_line(number: int, line: str) -> Conversation:
    try:
        return conversation(json.loads(line))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"line {number}: {type(error).__name__}: {error}") from error


def dialogues() -> list[Conversation]:
    """The dialogues written for this project, in the order of their names."""
    files = sorted(resources.files("evals.fixtures").joinpath("dialogues").iterdir(), key=lambda f: f.name)
    return [conversation(yaml.safe_load(f.read_text("utf-8"))) for f in files if f.name.endswith(".yaml")]


def qmsum(path: Path) -> list[Conversation]:
    """Each team's meetings, a week apart, with the queries of all of them."""
    return [conversation(_team(team, held)) for team, held in meetings_by_team(path).items()]


def _team(team: str, held: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": team,
        "sessions": [
            {
                "held_at": _FIRST + week * _WEEK,
                "turns": [(turn["speaker"], turn["text"]) for turn in meeting["turns"]],
            }
            for week, meeting in enumerate(held)
        ],
        "questions": [
            {
                "query": asked["query"],
                "kind": STRETCH,
                "evidence": [[at, int(first) + 1, int(last) + 1] for first, last in asked["spans"]],
            }
            for at, meeting in enumerate(held, start=1)
            for asked in meeting["queries"]
        ],
    }
