"""Briefs as the variables of their prompts."""

from collections.abc import Collection, Mapping
from typing import Any

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    ReflectionBrief,
    Theme,
)
from coach.advice.reading import Reading
from coach.domain.notes import Excerpt

OUR_OWN = frozenset(
    {"id", "date", "due", "status", "today", "reader_role", "pairing_kind", "limit", "minutes", "upward"}
)
"""Variables that hold our own words and days, and nothing that people wrote."""


def theme_ids(brief: LearningsBrief) -> dict[str, Theme]:
    return {f"T{n}": theme for n, theme in enumerate(brief.themes, start=1)}


def prompt_variables(
    brief: Brief, evidence: Mapping[str, Excerpt], off: Collection[str] = ()
) -> dict[str, Any]:
    """Only what the reader may see, and of people no more than first names and sides.

    `off`: whose goals and actions are left out, by the ids of people.
    """
    if isinstance(brief, LearningsBrief):
        return {
            "today": brief.now.date().isoformat(),
            "objectives": brief.program.objectives,
            "themes": [
                {
                    "id": key,
                    "words": theme.words,
                    "difficulty": theme.difficulty,
                    "learned": theme.learned is not None,
                    "struggling": theme.struggling is not None,
                }
                for key, theme in theme_ids(brief).items()
            ],
        }
    return {**_common(brief.reading), **_own(brief, off), "evidence": _evidence(evidence, brief.reading)}


def _common(reading: Reading) -> dict[str, Any]:
    side = reading.pairing.side_of(reading.reader.id)
    return {
        "reader_name": reading.reader.first_name,
        "reader_role": side.value if side else reading.reader.role.value,
        "pairing_kind": reading.pairing.kind.value,
        "partners": " and ".join(partner.first_name for partner in reading.partners) or "nobody yet",
        "today": reading.today.isoformat(),
    }


def _own(brief: Brief, off: Collection[str]) -> dict[str, Any]:
    match brief:
        case AgendaBrief():
            wishes = next((p.subject for p in brief.points if p.reason.value == "asked"), None)
            records = {"actions": _actions(brief.reading, off), "goals": _goals(brief.reading, off)}
            return {**records, "limit": brief.limit, "minutes": brief.minutes, "wishes": wishes}
        case ReflectionBrief():
            return {"limit": brief.limit}
        case FeedbackBrief():
            return {
                "draft": brief.draft,
                "situation": brief.situation,
                "upward": brief.upward,
                "receiver": brief.receiver.first_name,
            }
        case AnswerBrief():
            return {"question": brief.question}
    return {}


def _actions(reading: Reading, off: Collection[str]) -> list[dict[str, Any]]:
    return [
        {
            "title": action.title,
            "status": action.status.value,
            "owner": reading.called(action.owner_id),
            "due": action.due.isoformat() if action.due else None,
        }
        for action in reading.actions
        if action.owner_id not in off
    ]


def _goals(reading: Reading, off: Collection[str]) -> list[dict[str, Any]]:
    return [
        {"title": g.title, "status": g.status.value, "due": g.due.isoformat() if g.due else None}
        for g in reading.goals
        if g.owner_id not in off
    ]


def _evidence(evidence: Mapping[str, Excerpt], reading: Reading) -> list[dict[str, str]]:
    return [
        {
            "id": key,
            "date": excerpt.held_at.date().isoformat(),
            "by": _writer(excerpt, reading).replace('"', "”"),
            "text": excerpt.text,
        }
        for key, excerpt in evidence.items()
    ]


def _writer(excerpt: Excerpt, reading: Reading) -> str:
    person, name = reading.speaker_of(excerpt)
    return person.first_name if person else name
