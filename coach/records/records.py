"""The system of record inside one transaction."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from coach.records.erasure import Erasure
from coach.records.index import IndexRecords
from coach.records.notes import NoteRecords
from coach.records.people import PeopleRecords
from coach.records.sessions import SessionRecords
from coach.records.spending import SpendingRecords
from coach.records.suggestions import SuggestionRecords
from coach.records.work import WorkRecords


class Records:
    """One room for each kind of record; all share the transaction and none of them commits."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @cached_property
    def people(self) -> PeopleRecords:
        return PeopleRecords(self._connection)

    @cached_property
    def work(self) -> WorkRecords:
        return WorkRecords(self._connection)

    @cached_property
    def sessions(self) -> SessionRecords:
        return SessionRecords(self._connection)

    @cached_property
    def notes(self) -> NoteRecords:
        return NoteRecords(self._connection)

    @cached_property
    def suggestions(self) -> SuggestionRecords:
        return SuggestionRecords(self._connection)

    @cached_property
    def spending(self) -> SpendingRecords:
        return SpendingRecords(self._connection)

    @cached_property
    def index(self) -> IndexRecords:
        return IndexRecords(self._connection)

    @cached_property
    def erasure(self) -> Erasure:
        return Erasure(self._connection)
