"""What an erasure took away."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Erased:
    """How many rows went, by table, and the ids of the passages that are no more."""

    rows: Counter[str] = field(default_factory=Counter)
    passage_ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, parts: Iterable["Erased"]) -> "Erased":
        whole = cls()
        for part in parts:
            whole.rows.update(part.rows)
            whole.passage_ids += part.passage_ids
        return whole
