"""Which generation of the derived index serves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServingIndex:
    """A generation by its name, and the embedding model that it was built with."""

    generation: str
    model: str
