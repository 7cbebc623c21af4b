"""What request and answer bodies are made of."""

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """A request's body: a field that is not known is an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)
