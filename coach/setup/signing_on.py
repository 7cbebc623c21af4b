"""Which participant someone is who signed on elsewhere."""

from collections.abc import Sequence

from coach.domain.people import Participant
from coach.domain.tokens import Identity, SignedOn
from coach.domain.visibility import Person
from coach.errors import Conflict, NotAuthenticated, NotFound
from coach.ports import Records

CHOOSING = "Counterpart-Participant"
_TOLD = 20


async def signed_on(records: Records, identity: Identity, chosen: str | None) -> SignedOn:
    """By their subject, else by their verified email; of several participants the one that is chosen."""
    theirs = await records.people.participants_signing_on(identity.subject, identity.email)
    if not theirs:
        raise NotAuthenticated(
            "your sign-on is right, but no participant here has its subject or its verified email; "
            "ask the operator to set one of them"
        )
    return SignedOn(Person(await _one(records, theirs, chosen)), ends_at=identity.ends_at)


async def _one(records: Records, theirs: Sequence[Participant], chosen: str | None) -> Participant:
    if chosen is not None:
        found = next((p for p in theirs if p.id == chosen), None)
        if found is None:
            raise NotFound(f"the header {CHOOSING} names no participant of yours")
        return found
    if len(theirs) > 1:
        names = [await _told(records, p) for p in theirs[:_TOLD]]
        raise Conflict(
            f"you take part more than once; send the header {CHOOSING} with one of: {'; '.join(names)}"
        )
    return theirs[0]


async def _told(records: Records, participant: Participant) -> str:
    program = await records.people.program(participant.program_id)
    where = f" in {program.name}" if program else ""
    return f"{participant.id} ({participant.role.value}{where})"
