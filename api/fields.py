"""What request and answer bodies are made of."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coach.domain.spending import in_units


class Input(BaseModel):
    """A request's body: a field that is not known is an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


Money = Annotated[str, BeforeValidator(in_units), Field(examples=["0.001234"])]
"""A decimal in units of the currency, from millionths."""
