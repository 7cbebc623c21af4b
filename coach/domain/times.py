"""Instants that any database and any client can hold."""

from datetime import UTC, datetime

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """The same instant in UTC; ValueError without a time zone or outside the years 1900 to 2199."""
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, as in 2027-03-04T15:00:00Z")
    if not EARLIEST <= moment < LATEST:
        raise ValueError("must be a date between 1900 and 2200")
    return moment.astimezone(UTC)
