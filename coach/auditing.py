"""Deeds for the audit, as the use cases tell them."""

from collections.abc import Iterable

from coach.domain.audit import ActorKind, AuditAction, Concern, Deed, Place, PlaceKind, of_notes
from coach.domain.suggestions import Item, Kind, Suggestion
from coach.domain.visibility import Actor, Person

_ASKED = {
    Kind.AGENDA: AuditAction.ASKED_AGENDA,
    Kind.REFLECTION: AuditAction.ASKED_REFLECTION,
    Kind.FEEDBACK: AuditAction.ASKED_FEEDBACK,
    Kind.PROGRESS: AuditAction.ASKED_PROGRESS,
    Kind.ASK: AuditAction.ASKED_QUESTION,
    Kind.LEARNINGS: AuditAction.READ_LEARNINGS,
}


def did(
    actor: Actor,
    action: AuditAction,
    place: Place | None = None,
    concerns: Iterable[Concern] = (),
    program_id: str | None = None,
) -> Deed:
    """`program_id` is to be given for the operator alone: a person's is their own."""
    if isinstance(actor, Person):
        home = actor.participant.program_id
        return Deed(action, ActorKind.PERSON, actor.id, home, place, tuple(concerns))
    return Deed(action, ActorKind.OPERATOR, None, program_id, place, tuple(concerns))


def asked(actor: Actor, suggestion: Suggestion) -> Deed:
    """A suggestion was asked for, and shown with what it cites."""
    return did(actor, _ASKED[suggestion.kind], _place_of(suggestion), cited_in(suggestion.items))


def read_again(actor: Actor, suggestion: Suggestion) -> Deed:
    return did(actor, AuditAction.READ_SUGGESTION, _place_of(suggestion), cited_in(suggestion.items))


def cited_in(items: Iterable[Item]) -> tuple[Concern, ...]:
    return of_notes((cited.author_id, cited.note_id) for item in items for cited in item.citations)


def _place_of(suggestion: Suggestion) -> Place:
    return Place(PlaceKind.SUGGESTION, suggestion.id)
