"""An embedding endpoint whose every request is intercepted, and the answers it may give."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import respx

from coach.settings import Settings
from tests.fakes import word_vectors
from vectorstore.embedding import Vectors

BASE, MODEL, KEY = "http://vectors.test/v1", "scripted-vectors", "the-key-of-the-tests"

Answer = Callable[[list[str]], respx.MockResponse]


def vectors(texts: Sequence[str]) -> respx.MockResponse:
    return given(word_vectors(texts))


def turned(texts: Sequence[str]) -> respx.MockResponse:
    """Those of another model."""
    return given(np.roll(word_vectors(texts), 7, axis=1))


def given(rows: Vectors | Sequence[Sequence[float]]) -> respx.MockResponse:
    content = json.dumps(embedded([[float(value) for value in row] for row in rows]))
    return respx.MockResponse(200, content=content, headers={"content-type": "application/json"})


def embedded(rows: Sequence[Any]) -> dict[str, Any]:
    """An answer's body; a row is a vector as a list or in base64."""
    data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
    return {"object": "list", "data": data, "model": MODEL, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def refused(status: int, message: str = "no", **headers: str) -> respx.MockResponse:
    return respx.MockResponse(status, json={"error": {"message": message}}, headers=headers)


class Endpoint:
    """Says what it was told to, and knows what it was asked, each request's texts."""

    def __init__(self, router: respx.Router, base: str = BASE) -> None:
        self.asked: list[list[str]] = []
        self.route = router.post(f"{base}/embeddings")
        self.answers(vectors)

    def answers(self, answer: Answer) -> None:
        def side_effect(request: Any) -> respx.MockResponse:
            self.asked.append(json.loads(request.content)["input"])
            return answer(self.asked[-1])

        self.route.mock(side_effect=side_effect)

    def fails(self, error: Exception) -> None:
        self.route.mock(side_effect=error)

    @property
    def latest(self) -> Any:
        return self.route.calls.last.request


def with_endpoint(settings: Settings, base: str = BASE, model: str = MODEL) -> Settings:
    return settings.model_copy(update={"embedding_base_url": base, "embedding_model": model})
