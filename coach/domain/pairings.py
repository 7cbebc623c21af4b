"""Pairings: who mentors whom."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from coach.domain.people import Participant, seniority_rank


class PairingKind(StrEnum):
    REVERSE = "reverse"
    TRADITIONAL = "traditional"
    PEER = "peer"
    GROUP = "group"


class Side(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"


@dataclass(frozen=True, slots=True)
class Membership:
    participant_id: str
    side: Side
    joined_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    id: str
    program_id: str
    kind: PairingKind
    memberships: tuple[Membership, ...]
    created_at: datetime

    @property
    def is_ended(self) -> bool:
        """Whether a side is empty: it can be read by who remains, and takes nothing new."""
        return not all(self.ids_on(side) for side in Side)

    @property
    def member_ids(self) -> tuple[str, ...]:
        return tuple(m.participant_id for m in self.memberships if m.left_at is None)

    @property
    def ids_ever(self) -> frozenset[str]:
        """Of its members, and of who left it."""
        return frozenset(m.participant_id for m in self.memberships)

    def side_of(self, participant_id: str) -> Side | None:
        """The side someone is on now; None for who is not, or no longer, a member."""
        for membership in self.memberships:
            if membership.participant_id == participant_id and membership.left_at is None:
                return membership.side
        return None

    def ids_on(self, side: Side) -> tuple[str, ...]:
        return tuple(m.participant_id for m in self.memberships if m.side is side and m.left_at is None)


def speaks_upward(pairing: Pairing, speaker: Participant, listener: Participant) -> bool:
    """Whether `listener` outranks `speaker`: by seniority where both state one, else by role.

    In a reverse pairing the mentor is the junior, so a mentor speaks upward to a mentee.
    """
    ranks = seniority_rank(speaker.seniority), seniority_rank(listener.seniority)
    if ranks[0] is not None and ranks[1] is not None and ranks[0] != ranks[1]:
        return ranks[1] > ranks[0]
    sides = pairing.side_of(speaker.id), pairing.side_of(listener.id)
    if pairing.kind is PairingKind.REVERSE:
        return sides == (Side.MENTOR, Side.MENTEE)
    if pairing.kind is PairingKind.TRADITIONAL:
        return sides == (Side.MENTEE, Side.MENTOR)
    return False
