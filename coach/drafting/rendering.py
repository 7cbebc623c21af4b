"""Briefs as the variables of their prompts."""

from collections.abc import Mapping
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


def theme_ids(brief: LearningsBrief) -> dict[str, Theme]:
    return {f"T{n}": theme for n, theme in enumerate(brief.themes, start=1)}


def prompt_variables(brief: Brief, evidence: Mapping[str, Excerpt]) -> dict[str, Any]:
    """Only what the reader may see, and of people no more than names and roles."""
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
    return {**_common(brief.reading), **_own(brief), "evidence": _evidence(evidence, brief.reading)}


def _common(reading: Reading) -> dict[str, Any]:
    side = reading.pairing.side_of(reading.reader.id)
    return {
        "reader_name": reading.reader.first_name,
        "reader_role": side.value if side else reading.reader.role.value,
        "pairing_kind": reading.pairing.kind.value,
        "partners": " and ".join(partner.first_name for partner in reading.partners) or "nobody yet",
        "today": reading.today.isoformat(),
    }


def _own(brief: Brief) -> dict[str, Any]:
    match brief:
        case AgendaBrief():
            wishes = next((p.subject for p in brief.points if p.reason.value == "asked"), None)
            records = {"actions": _actions(brief.reading), "goals": _goals(brief.reading)}
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


def _actions(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "title": action.title,
            "status": action.status.value,
            "owner": reading.called(action.owner_id),
            "due": action.due.isoformat() if action.due else None,
        }
        for action in reading.actions
    ]


def _goals(reading: Reading) -> list[dict[str, Any]]:
    return [
        {"title": g.title, "status": g.status.value, "due": g.due.isoformat() if g.due else None}
        for g in reading.goals
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
