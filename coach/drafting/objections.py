"""Why a model's line is not shown."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Each has its wording in `prompts/repair.md`, where the model is told what to mend."""

    FORM = "form"
    EVIDENCE = "evidence"
    RULE = "rule"
    LANGUAGE = "language"
    RECORDS = "records"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    STATUS = "status"
    SCOPE = "scope"
    SENTIMENT = "sentiment"
    WHO = "who"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Objection:
    """`words`: those of the line that the objection is about, or what its rule says; may be empty."""

    reason: Reason
    words: str = ""
