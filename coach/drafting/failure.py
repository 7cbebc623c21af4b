"""What a drafter raises when it has nothing to give."""

from enum import StrEnum


class Fault(StrEnum):
    """Why a language model gave nothing that can be used."""

    LATE = "late"
    UNREACHABLE = "unreachable"
    STATUS = "status"
    TOO_LONG = "too_long"
    FILTERED = "filtered"
    REFUSED = "refused"
    EMPTY = "empty"
    FORM = "form"
    UNHELD = "unheld"
    LANGUAGE = "language"
    RESTS = "rests"
    SPENT = "spent"
    OFF = "off"
    WITHHELD = "withheld"
    CHANGED = "changed"
    UNRECORDED = "unrecorded"


class DraftingFailed(Exception):
    """The model gave nothing that can be used; `told` fills in what is said of the fault."""

    def __init__(self, fault: Fault, **told: object) -> None:
        super().__init__(" ".join([fault.value, *(f"{name} {value}" for name, value in told.items())]))
        self.fault = fault
        self.told = told
