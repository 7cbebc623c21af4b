"""Which generation of the derived index serves."""

from dataclasses import dataclass

ENDPOINT = "endpoint:"
"""What the name of an embedding model begins with that is asked for over the network."""


@dataclass(frozen=True, slots=True)
class ServingIndex:
    """A generation by its name, and the embedding model that it was built with.

    `probe`: for a model whose name another one may take, the vector that tells it from others.
    """

    generation: str
    model: str
    probe: bytes | None = None
