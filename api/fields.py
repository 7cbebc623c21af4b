"""What request and answer bodies are made of."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coach.domain.spending import in_units
from coach.setup.fields import Day


class Input(BaseModel):
    """A request's body: a field that is not known is an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


def sent(body: Input, *never_empty: str) -> dict[str, Any]:
    """The fields that a request changes; null empties one, except those that are never empty."""
    given = body.model_dump(exclude_unset=True)
    return {name: value for name, value in given.items() if value is not None or name not in never_empty}


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


FirstDay = Annotated[Day | None, Query(examples=["2027-03-01"])]
LastDay = Annotated[Day | None, Query(examples=["2027-03-31"])]

Money = Annotated[str, BeforeValidator(in_units), Field(examples=["0.001234"])]
"""A decimal in units of the currency, from millionths."""
