"""Days that are asked about: both ends included."""

from datetime import date, timedelta

from coach.errors import Invalid

_DAYS = timedelta(days=30)
_MOST_DAYS = timedelta(days=366)
_DAY = timedelta(days=1)


def days_asked(today: date, since: date | None, until: date | None) -> tuple[date, date]:
    """Thirty days up to today unless told otherwise; Invalid for more than 366."""
    last = until or today
    first = since or last - _DAYS + _DAY
    if first > last:
        raise Invalid("must not be after until", "since")
    if last - first >= _MOST_DAYS:
        raise Invalid(f"at most {_MOST_DAYS.days} days at once; ask for the others apart", "since")
    return first, last
