"""What each reader may come upon, by the reference: words that were planted, and ids."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from tests.probing.canaries import secrets_in
from tests.reference import OPERATOR, Reference

_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_CODED = re.compile(r"[A-Za-z0-9_-]{43,44}=?")
NOBODY, STRANGER = "no token", "a wrong token"


class Kind(StrEnum):
    PROGRAM = "program"
    PARTICIPANT = "participant"
    PAIRING = "pairing"
    SESSION = "session"
    NOTE = "note"
    GOAL = "goal"
    ACTION = "action"
    SUGGESTION = "suggestion"


@dataclass
class Oracle:
    """`kinds`: of each id; `homes`: each session's pairing; `askers`: each suggestion's.

    `holders`: for each secret the ids of what holds it, several where one text was sent by several people;
    one that nothing holds any more is nobody's. `authors`: of every note that there ever was.
    """

    known: Reference = field(default_factory=Reference)
    kinds: dict[str, Kind] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    askers: dict[str, str] = field(default_factory=dict)
    holders: dict[str, set[str]] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)

    def register(self, kind: Kind, made: str) -> None:
        self.kinds[made] = kind

    def hide(self, holder: str, text: str) -> None:
        """From now on a thing holds these secrets, and none that it held before."""
        for holders in self.holders.values():
            holders.discard(holder)
        for secret in secrets_in(text):
            self.holders.setdefault(secret, set()).add(holder)

    def of_kind(self, kind: Kind) -> list[str]:
        return [i for i, of in self.kinds.items() if of is kind]

    def knows(self, reader: str, thing: str) -> bool:
        """Whether a reader may know that something with this id exists."""
        known = self.known
        match self.kinds[thing]:
            case Kind.PROGRAM:
                return known.sees_program(reader, thing)
            case Kind.PARTICIPANT:
                return known.names_person(reader, thing)
            case Kind.PAIRING:
                return known.sees_pairing(reader, thing)
            case Kind.SESSION:
                return known.sees_work(reader, self.homes[thing]) or self._wrote_in(reader, thing)
            case Kind.NOTE:
                return thing in known.notes and known.reads_note(reader, thing)
            case Kind.GOAL | Kind.ACTION:
                return known.sees_work(reader, known.works[thing])
            case Kind.SUGGESTION:
                return reader == self.askers[thing]

    def remembers(self, reader: str, thing: str) -> bool:
        """Whether an account of what a reader did and of who saw their notes may name this id."""
        match self.kinds[thing]:
            case Kind.NOTE:
                return self.authors[thing] == reader
            case Kind.PAIRING:
                return reader in self.known.ever_in(thing)
            case Kind.SESSION:
                return reader in self.known.ever_in(self.homes[thing])
            case Kind.PARTICIPANT:
                return any({reader, thing} <= self.known.ever_in(pairing) for pairing in self.known.pairings)
        return False

    def _wrote_in(self, reader: str, session: str) -> bool:
        """Whoever wrote a note in a session may know of it, also after leaving."""
        return any(n.author == reader and n.pairing == self.homes[session] for n in self.known.notes.values())

    def shows(self, reader: str, secret: str) -> bool:
        """Whether a reader may come upon a planted word."""
        return any(self._opens(reader, holder) for holder in self.holders.get(secret, ()))

    def _opens(self, reader: str, holder: str) -> bool:
        if self.kinds[holder] is Kind.PARTICIPANT:
            return self.known.sees_person(reader, holder)
        return self.knows(reader, holder)

    def acts(self, reader: str, thing: str) -> bool:
        """Whether a call on this very thing may answer otherwise than one on what does not exist."""
        known = self.known
        match self.kinds[thing]:
            case Kind.PARTICIPANT:
                return known.sees_person(reader, thing)
            case Kind.NOTE:
                there = thing in known.notes
                return there and (known.reads_note(reader, thing) or known.changes_note(reader, thing))
            case Kind.SESSION:
                return known.sees_work(reader, self.homes[thing])
        return self.knows(reader, thing)


def strange_in(
    oracle: Oracle, reader: str, told: str, sent: str, *, is_looking_back: bool = False
) -> set[str]:
    """Secrets and ids in what was told that the reader may not come upon, and did not send.

    `is_looking_back`: it tells what the reader did, and may name by id what they knew then.
    """
    strange = {found for found in _found(oracle, told) if not _may(oracle, reader, found)}
    known = {i for i in strange if is_looking_back and i in oracle.kinds and oracle.remembers(reader, i)}
    return {found for found in strange - known if found not in sent}


def _found(oracle: Oracle, told: str) -> Iterator[str]:
    yield from secrets_in(told)
    for text in (told, *_decoded(told)):
        yield from (i for i in _ID.findall(text) if i in oracle.kinds)


def _decoded(told: str) -> Iterator[str]:
    """What cursors hold."""
    for coded in _CODED.findall(told):
        try:
            yield urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode("ascii")
        except ValueError:
            continue


def _may(oracle: Oracle, reader: str, found: str) -> bool:
    return oracle.knows(reader, found) if found in oracle.kinds else oracle.shows(reader, found)


__all__ = ["NOBODY", "OPERATOR", "STRANGER", "Kind", "Oracle", "strange_in"]
