"""Instants that any database and any client can hold."""

from datetime import UTC, datetime

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """The same instant in UTC; ValueError outside the years 1900 to 2199."""
    if not EARLIEST <= moment < LATEST:
        raise ValueError("must be a date between 1900 and 2200")
    return moment.astimezone(UTC)
