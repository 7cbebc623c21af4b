"""Fields that come in over HTTP and by import alike, with their limits."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from coach.domain.times import EARLIEST, LATEST, in_utc

OBJECTIVES_MOST = 50
MEMBERS_MOST = 100
GROUP_SIZE_MOST = 1000
RETENTION_MOST = 36_500
NOTE_MOST = 10_000_000
EMAIL = r"^[^@\s]+@[^@\s]+$"


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold a NUL character")
    return text


def _near(day: date) -> date:
    if not EARLIEST.date() <= day < LATEST.date():
        raise ValueError("must be a date between 1900 and 2200")
    return day


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_storable)
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_storable)
]
Paragraph = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000), AfterValidator(_storable)
]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_storable)]
NoteText = Annotated[str, StringConstraints(max_length=NOTE_MOST)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_storable)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_storable)]
Moment = Annotated[datetime, AfterValidator(in_utc)]
Day = Annotated[date, AfterValidator(_near)]
