"""Lists in pages: `?limit=&cursor=` gives `{items, next_cursor}`."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Annotated, Generic, Protocol, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from coach.errors import Invalid


class Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T")
R = TypeVar("R", bound=Identified)


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None = None


class Paging:
    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> None:
        self.limit = limit
        self.after = _decoded(cursor) if cursor else None

    def cut(self, everything: Sequence[R]) -> tuple[Sequence[R], str | None]:
        """This page and the cursor of the next one."""
        ids = [thing.id for thing in everything]
        if self.after is not None and self.after not in ids:
            raise Invalid("is not one that this list gave, or its entry is gone; start without it", "cursor")
        start = ids.index(self.after) + 1 if self.after else 0
        page = everything[start : start + self.limit]
        more = start + self.limit < len(everything)
        return page, _encoded(page[-1].id) if more else None

    def of_more(self, found: Sequence[R]) -> tuple[Sequence[R], str | None]:
        """The same of up to one more than the limit of what follows the cursor."""
        page = found[: self.limit]
        return page, _encoded(page[-1].id) if len(found) > self.limit else None


def _encoded(last_id: str) -> str:
    return urlsafe_b64encode(last_id.encode()).decode()


def _decoded(cursor: str) -> str:
    try:
        told = urlsafe_b64decode(cursor.encode()).decode()
    except (Error, ValueError):
        told = "\0"
    if "\0" in told:
        raise Invalid("is not one that this list gave", "cursor")
    return told


ThePaging = Annotated[Paging, Depends()]
