"""Asking the coach for everything it gives, and checking what it cites."""

from collections.abc import Iterator

from coach.advice.agenda import AgendaAsk
from coach.advice.answers import QuestionAsk
from coach.advice.coach import Ask, Done
from coach.advice.feedback import FeedbackAsk
from coach.advice.progress import ProgressAsk
from coach.advice.reflection import ReflectionAsk
from coach.domain.notes import Visibility
from coach.domain.suggestions import Suggestion
from coach.domain.visibility import Person
from coach.service import Service

DRAFT = "You are always late and it is rude. I felt ignored. Please tell me earlier."


def asks(pairing: str, other: str, question: str) -> Iterator[Ask]:
    """One of each kind for a pairing, feedback to its member `other`."""
    yield AgendaAsk(pairing)
    yield AgendaAsk(pairing, minutes=47, limit=8, focus=question)
    yield ReflectionAsk(pairing)
    yield FeedbackAsk(pairing, DRAFT, other)
    yield ProgressAsk(pairing)
    yield QuestionAsk(pairing, question)


async def person(service: Service, participant_id: str) -> Person:
    async with service.database.reading() as records:
        found = await records.people.participant(participant_id)
    assert found is not None
    return Person(found)


async def suggested(service: Service, actor: Person, ask: Ask) -> Suggestion:
    done = [event async for event in service.coach.advise(actor, ask) if isinstance(event, Done)]
    assert len(done) == 1
    return done[0].suggestion


async def count_exact_citations(service: Service, actor: Person, pairing: str, suggestion: Suggestion) -> int:
    """How many citations there are; each must quote its note as it stands, and be the reader's to see."""
    citations = [citation for item in suggestion.items for citation in item.citations]
    async with service.database.reading() as records:
        notes = await records.notes.notes(citation.note_id for citation in citations)
    for citation in citations:
        note = notes[citation.note_id]
        assert note.text[citation.start : citation.end] == citation.text
        assert note.pairing_id == pairing
        assert note.visibility is not Visibility.PRIVATE or note.author_id == actor.id
    return len(citations)
