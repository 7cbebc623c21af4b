"""What request and answer bodies are made of."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coach.domain.spending import in_units
from coach.setup.fields import Day


class Input(BaseModel):
    """A request's body: a field that is not known is an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


FirstDay = Annotated[Day | None, Query(examples=["2027-03-01"])]
LastDay = Annotated[Day | None, Query(examples=["2027-03-31"])]

Money = Annotated[str, BeforeValidator(in_units), Field(examples=["0.001234"])]
"""A decimal in units of the currency, from millionths."""
