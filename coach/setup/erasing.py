"""Erasing a person, a pairing or a program, with a receipt: store by store what went, and what did not."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from coach import access
from coach.auditing import did
from coach.domain.audit import AuditAction
from coach.domain.erasing import Erased
from coach.domain.visibility import Actor, Person
from coach.errors import NotFound
from coach.ports import Records

_DERIVED = ("suggestions", "suggestion_sources", "citations", "responses")
_PASSAGES = ("passages",)


class What(StrEnum):
    NOTE = "note"
    PARTICIPANT = "participant"
    PAIRING = "pairing"
    PROGRAM = "program"


_KEPT: dict[What, tuple[str, ...]] = {
    What.NOTE: (
        "Goals and actions that were agreed on because of it stay; they can be changed, and are erased with "
        "their pairing.",
    ),
    What.PARTICIPANT: (
        "Goals and actions of the pairing stay, without an owner.",
        "What others wrote stays theirs, where it names the person too; they can change or delete it.",
        "What the language model took for the program stays counted, by day and kind, with nobody's name.",
        "The audit keeps what was done in the program and when, without saying that this person did it.",
    ),
    What.PAIRING: (
        "Its members stay; each can be erased.",
        "The audit keeps who did what and when in it, without a word of it.",
        "What the language model took for the program stays counted, by day and kind, with nobody's name.",
    ),
    What.PROGRAM: (),
}
_ELSEWHERE = (
    "Backups that you made of the data directory or database are yours to erase.",
    "What a language model's or an embedding model's endpoint was sent before is that provider's to erase.",
)


@dataclass(frozen=True, slots=True)
class StoreErased:
    store: str
    erased: dict[str, int]


@dataclass(frozen=True, slots=True)
class Receipt:
    """`pending`: what is still to be done by the service itself; `not_erased`: what it can't or won't."""

    what: What
    id: str
    erased_at: datetime
    stores: tuple[StoreErased, ...]
    pending: tuple[str, ...]
    not_erased: tuple[str, ...]

    def completed(self, entries: int, pending: tuple[str, ...], beyond: tuple[str, ...]) -> "Receipt":
        """The same with what is known last: what memory held, what is pending, and what is beyond reach."""
        caches = StoreErased("caches", {"entries": entries})
        return replace(
            self,
            stores=(*self.stores, caches),
            pending=pending,
            not_erased=(*self.not_erased, *beyond),
        )


async def erase_participant(records: Records, actor: Actor, participant_id: str) -> Erased:
    """By the operator or the person."""
    if isinstance(actor, Person) and actor.id != participant_id:
        raise NotFound("no such participant")
    person = await access.participant(records, actor, participant_id)
    await records.audit.record(did(actor, AuditAction.ERASED_PERSON, program_id=person.program_id))
    return await records.erasure.participant(participant_id)


async def erase_pairing(records: Records, actor: Actor, pairing_id: str) -> Erased:
    """By the operator: its sessions, notes, goals and actions, and all that was drawn from them."""
    access.require_operator(actor)
    pairing = await access.pairing(records, actor, pairing_id)
    await records.audit.record(did(actor, AuditAction.ERASED_PAIRING, program_id=pairing.program_id))
    return await records.erasure.pairing(pairing_id)


async def erase_program(records: Records, actor: Actor, program_id: str) -> Erased:
    """By the operator: its people, pairings, and everything of theirs."""
    access.require_operator(actor)
    await access.program(records, actor, program_id)
    await records.audit.record(did(actor, AuditAction.ERASED_PROGRAM))
    return await records.erasure.program(program_id)


def receipt_of(what: What, erased_id: str, now: datetime, erased: Erased) -> Receipt:
    """Every table that such an erasure reaches is told, those without a row too."""
    rows = {name: erased.rows[name] for name in sorted(erased.rows)}
    stores = (
        StoreErased("records", {t: n for t, n in rows.items() if t not in (*_DERIVED, *_PASSAGES)}),
        StoreErased("passages", {t: n for t, n in rows.items() if t in _PASSAGES}),
        StoreErased("derived_suggestions", {t: n for t, n in rows.items() if t in _DERIVED}),
        StoreErased("index", {"vectors": len(erased.passage_ids)}),
    )
    return Receipt(what, erased_id, now, stores, (), (*_KEPT[what], *_ELSEWHERE))
