"""Erasing a person, with a receipt that says store by store what went and what did not."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from coach import access
from coach.domain.visibility import Actor, Person
from coach.errors import NotFound
from coach.ports import Records

_STORES = {
    "records": ("participants", "tokens", "memberships", "notes", "idempotency_keys"),
    "passages": ("passages",),
    "derived_suggestions": ("suggestions", "suggestion_sources", "citations", "responses"),
}
_KEPT = (
    "Goals and actions of the pairing stay, without an owner.",
    "What others wrote stays theirs, where it names the person too; they can change or delete it.",
    "What the language model took for the program stays counted, by day and kind, with nobody's name.",
    "Backups that you made of the data directory or database are yours to erase.",
    "Vectors leave the index's files for good when it is rebuilt: `counterpart reindex --rebuild`.",
)


@dataclass(frozen=True, slots=True)
class StoreErased:
    store: str
    erased: dict[str, int]


@dataclass(frozen=True, slots=True)
class Receipt:
    participant_id: str
    erased_at: datetime
    stores: tuple[StoreErased, ...]
    not_erased: tuple[str, ...]

    def with_caches(self, entries: int) -> "Receipt":
        """The same with what was dropped from memory, which is known last."""
        return replace(self, stores=(*self.stores, StoreErased("caches", {"entries": entries})))


async def erase_participant(
    records: Records, actor: Actor, now: datetime, participant_id: str
) -> tuple[Receipt, list[str]]:
    """By the operator or the person; also the ids of the passages to drop from the index."""
    if isinstance(actor, Person) and actor.id != participant_id:
        raise NotFound("no such participant")
    await access.participant(records, actor, participant_id)
    gone, passage_ids = await records.erasure.participant(participant_id)
    return Receipt(participant_id, now, _by_store(gone, len(passage_ids)), _KEPT), passage_ids


def _by_store(gone: Counter[str], vectors: int) -> tuple[StoreErased, ...]:
    stores = [StoreErased(name, {t: gone[t] for t in tables}) for name, tables in _STORES.items()]
    return (*stores, StoreErased("index", {"vectors": vectors}))
