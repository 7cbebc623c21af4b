"""Tokens of the packaged model, with their places."""

import numpy as np
import pytest

from vectorstore.embedding import unit
from vectorstore.onnx_embedder import OnnxEmbedder

TEXTS = ["Ingrid posted a video.", "", "Lunch", "Über 1,140 Gäste kamen – naïve!", "the board met", "x y"]


async def test_tokens_stand_where_they_stand_in_the_text() -> None:
    tokens = await OnnxEmbedder().embed_tokens(TEXTS)
    assert [TEXTS[0][a:b] for a, b in tokens[0].places] == ["Ingrid", "posted", "a", "video", "."]
    assert len(tokens[1]) == 0
    assert all(
        "".join(t[a:b] for a, b in told.places) == t.replace(" ", "")
        for t, told in zip(TEXTS, tokens, strict=True)
    )


async def test_a_token_means_the_same_alone_and_among_many_texts() -> None:
    embedder = OnnxEmbedder()
    many = await embedder.embed_tokens(TEXTS)
    for text, told in zip(TEXTS, many, strict=True):
        (alone,) = await embedder.embed_tokens([text])
        assert alone.vectors == pytest.approx(told.vectors, abs=1e-3)
        assert np.linalg.norm(told.vectors, axis=1) == pytest.approx(1, abs=1e-3)


async def test_the_mean_of_the_tokens_is_near_the_texts_vector() -> None:
    embedder = OnnxEmbedder()
    (tokens,), whole = await embedder.embed_tokens(TEXTS[:1]), await embedder.embed(TEXTS[:1])
    assert float(unit(tokens.vectors.mean(axis=0, keepdims=True))[0] @ whole[0]) > 0.9


async def test_what_does_not_fit_the_window_is_left_out() -> None:
    (tokens,) = await OnnxEmbedder().embed_tokens(["video " * 300])
    assert len(tokens) == 254
