"""The system of record inside one transaction."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from coach.ports import Clock
from coach.records.audit import AuditRecords, Done
from coach.records.disclosures import DisclosureRecords
from coach.records.erasure import Erasure
from coach.records.index import IndexRecords
from coach.records.notes import NoteRecords
from coach.records.people import PeopleRecords
from coach.records.releases import ReleaseRecords
from coach.records.sessions import SessionRecords
from coach.records.spending import SpendingRecords
from coach.records.suggestions import SuggestionRecords
from coach.records.tokens import TokenRecords
from coach.records.traces import TraceRecords
from coach.records.work import WorkRecords


class Records:
    """One room for each kind of record; all share the transaction and none of them commits."""

    def __init__(self, connection: AsyncConnection, clock: Clock, seen: list[Done] | None = None) -> None:
        """With `seen`, where the transaction only reads, what is to be audited is put there."""
        self._connection = connection
        self._clock = clock
        self._seen = seen

    @cached_property
    def people(self) -> PeopleRecords:
        return PeopleRecords(self._connection)

    @cached_property
    def tokens(self) -> TokenRecords:
        return TokenRecords(self._connection)

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
    def releases(self) -> ReleaseRecords:
        return ReleaseRecords(self._connection)

    @cached_property
    def spending(self) -> SpendingRecords:
        return SpendingRecords(self._connection)

    @cached_property
    def index(self) -> IndexRecords:
        return IndexRecords(self._connection)

    @cached_property
    def erasure(self) -> Erasure:
        return Erasure(self._connection)

    @cached_property
    def traces(self) -> TraceRecords:
        return TraceRecords(self._connection)

    @cached_property
    def audit(self) -> AuditRecords:
        return AuditRecords(self._connection, self._clock, self._seen)

    @cached_property
    def disclosures(self) -> DisclosureRecords:
        return DisclosureRecords(self._connection)
