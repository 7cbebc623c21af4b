"""The embedder at an endpoint: its vectors, and what it does about servers that differ or fail."""

import asyncio
import base64
import json
import traceback
from collections.abc import Sequence
from typing import Any

import httpx2
import numpy as np
import pytest
import respx
from pydantic import SecretStr

from coach.drafting.embeddings import (
    PART_BYTES,
    PROBE,
    TEXTS_AT_ONCE,
    EndpointEmbedder,
    Patience,
    endpoint_embedder,
    parts_of,
)
from coach.errors import NoVectors
from tests.fakes import WordEmbedder, word_vectors
from tests.integration import embedding_endpoint as replies
from tests.integration.embedding_endpoint import BASE, KEY, MODEL, Answer, Endpoint
from vectorstore.embedding import Probed, Vectors

NAME = f"endpoint:{MODEL}"
AGAIN = {"retry-after-ms": "1"}
FEW = ["Ingrid posted her first video.", "We had lunch in the garden."]
MANY = [f"Line {n} of the note: {word}." for n, word in enumerate(["video", "lunch", "board", "market"] * 30)]


def embedder(key: str | None = KEY, **patience: float) -> EndpointEmbedder:
    return endpoint_embedder(NAME, MODEL, BASE, SecretStr(key) if key else None, Patience(**patience))


@pytest.fixture
def endpoint(httpx2_mock: respx.Router) -> Endpoint:
    return Endpoint(httpx2_mock)


def check_same(found: Vectors, texts: Sequence[str]) -> None:
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, word_vectors(texts), atol=1e-6)


async def why(made: EndpointEmbedder, texts: Sequence[str] = FEW) -> str:
    with pytest.raises(NoVectors) as failed:
        await made.embed(texts)
    assert all(text not in "".join(traceback.format_exception(failed.value)) for text in texts)
    return failed.value.detail


async def test_vectors_come_as_the_model_gives_them_for_texts_sent_as_they_are(endpoint: Endpoint) -> None:
    made = embedder()
    await made.load()
    check_same(await made.embed(FEW), FEW)
    assert (made.name, made.dimension) == (NAME, WordEmbedder.dimension)
    body = json.loads(endpoint.latest.content)
    assert body == {"model": MODEL, "input": [PROBE, *FEW], "encoding_format": "float"}
    assert endpoint.latest.headers["authorization"] == f"Bearer {KEY}"
    assert endpoint.asked == [[PROBE], [PROBE, *FEW]]


async def test_without_a_key_of_its_own_it_is_sent_nobody_elses(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the language model's key")
    await embedder(key=None).embed(FEW)
    assert endpoint.latest.headers["authorization"] == "Bearer none"


async def test_many_texts_go_in_batches_that_servers_take(endpoint: Endpoint) -> None:
    check_same(await embedder().embed(MANY), MANY)
    assert max(map(len, endpoint.asked)) == TEXTS_AT_ONCE + 1 == 32
    assert len(endpoint.asked) == 1 + -(-len(MANY) // TEXTS_AT_ONCE)


async def test_nothing_and_blanks_are_not_asked_for(endpoint: Endpoint) -> None:
    made = embedder()
    assert (await made.embed([])).shape == (0, WordEmbedder.dimension)
    assert not (await made.embed(["", " \n"])).any()
    assert endpoint.asked == [[PROBE]]


@pytest.mark.parametrize(
    "text", ["garden lunch " * 300, "市場の数字。" * 400, "x" * 3000, "\ud800" + "é" * 900]
)
def test_a_long_text_is_cut_into_parts_that_lose_nothing(text: str) -> None:
    parts = parts_of(text)
    assert "".join(parts) == text.replace("\ud800", "?")
    assert len(parts) > 1
    assert all(len(part.encode()) <= PART_BYTES for part in parts)
    assert " " not in text.strip() or all(part.strip().split(" ")[0] in ("garden", "lunch") for part in parts)


async def test_a_long_text_is_the_average_of_its_parts_by_their_length(endpoint: Endpoint) -> None:
    text = "garden " * 150 + "video " * 50 + "market " * 20
    (found,) = await embedder().embed([text])
    first, second = endpoint.asked[-1][1:]
    lengths = np.array([[len(first)], [len(second)]])
    expected = (word_vectors([first, second]) * lengths).sum(axis=0)
    np.testing.assert_allclose(found, expected / np.linalg.norm(expected), atol=1e-6)
    assert len(first) > len(second)


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
async def test_answers_in_base64_are_read_too(endpoint: Endpoint) -> None:
    def answer(texts: list[str]) -> respx.MockResponse:
        rows = [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in word_vectors(texts)]
        return respx.MockResponse(200, json=replies.embedded(rows))

    endpoint.answers(answer)
    check_same(await embedder().embed(FEW), FEW)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_server_that_takes_fewer_at_once_is_asked_for_fewer(endpoint: Endpoint, status: int) -> None:
    endpoint.answers(lambda texts: replies.refused(status) if len(texts) > 10 else replies.vectors(texts))
    check_same(await embedder().embed(MANY), MANY)


async def test_a_text_too_long_for_the_window_is_embedded_in_smaller_parts(endpoint: Endpoint) -> None:
    endpoint.answers(
        lambda texts: replies.refused(400) if max(map(len, texts)) > 300 else replies.vectors(texts)
    )
    text = "garden " * 140
    found = await embedder().embed([text, FEW[0]])
    check_same(found, ["garden", FEW[0]])


def _poisoned(texts: list[str]) -> bool:
    return any("poison" in text for text in texts)


def _no_number(texts: list[str]) -> respx.MockResponse:
    rows = word_vectors(texts)
    rows[["poison" in text for text in texts]] = np.nan
    return replies.given(rows)


@pytest.mark.parametrize(
    "answer",
    [
        lambda texts: replies.refused(500, **AGAIN) if _poisoned(texts) else replies.vectors(texts),
        lambda texts: replies.refused(400) if _poisoned(texts) else replies.vectors(texts),
        _no_number,
    ],
)
async def test_one_text_that_is_always_refused_keeps_no_other_from_its_vector(
    endpoint: Endpoint, answer: Answer
) -> None:
    endpoint.answers(answer)
    texts = [*MANY[:20], "A poisoned line.", *MANY[20:40]]
    found = await embedder().embed(texts)
    assert not found[20].any()
    check_same(np.delete(found, 20, axis=0), MANY[:40])


_NOTHING = [[0.0] * 8] * 3
_FAULTS: dict[str, tuple[Answer, str]] = {
    "no key": (lambda _: replies.refused(401), "status 401; see COUNTERPART_EMBEDDING_API_KEY"),
    "not allowed": (lambda _: replies.refused(403), "COUNTERPART_EMBEDDING_API_KEY"),
    "no model": (lambda _: replies.refused(404), "COUNTERPART_EMBEDDING_MODEL"),
    "busy": (lambda _: replies.refused(429, **AGAIN), "status 429"),
    "an error": (lambda _: replies.refused(500, **AGAIN), "status 500"),
    "overloaded": (lambda _: replies.refused(503, **AGAIN), "status 503"),
    "everything is refused": (lambda texts: replies.refused(400, f"bad: {texts}"), "status 400"),
    "garbage": (lambda _: respx.MockResponse(200, content=b"\xff\x00"), "form"),
    "a web page": (lambda _: respx.MockResponse(200, html="<html>Welcome</html>"), "form"),
    "no data": (lambda _: respx.MockResponse(200, json={"error": "no"}), "form"),
    "too few": (lambda texts: replies.vectors(texts[:-1]), "form"),
    "too many": (lambda texts: replies.vectors([*texts, "more"]), "form"),
    "unequal": (lambda _: replies.given([[1.0, 2.0], [1.0], [1.0]]), "form"),
    "no numbers": (lambda texts: replies.given(word_vectors(texts) * np.nan), "no numbers"),
    "zeros": (lambda texts: replies.given(_NOTHING[: len(texts)]), "zeros"),
    "another dimension": (lambda texts: replies.given([[1.0, 0.0]] * len(texts)), "--rebuild"),
    "another model": (replies.turned, "--rebuild"),
    "out of order": (lambda texts: replies.vectors(texts[::-1]), "--rebuild"),
}


@pytest.mark.parametrize("fault", _FAULTS)
async def test_a_fault_gives_no_vectors_and_says_why(endpoint: Endpoint, fault: str) -> None:
    made = embedder()
    await made.load()
    answer, told = _FAULTS[fault]
    endpoint.answers(answer)
    assert told in await why(made)
    endpoint.answers(replies.vectors)
    check_same(await embedder().embed(FEW), FEW)


@pytest.mark.parametrize("error", [httpx2.ConnectError("refused"), httpx2.ReadError("hung up")])
async def test_an_endpoint_out_of_reach_is_told_with_the_setting(
    endpoint: Endpoint, error: Exception
) -> None:
    endpoint.fails(error)
    assert "could not be reached; see COUNTERPART_EMBEDDING_BASE_URL" in await why(embedder(many=0.5))


async def test_an_endpoint_that_hangs_is_given_up(endpoint: Endpoint) -> None:
    made = embedder(few=0.05)
    await made.load()

    async def side_effect(_: Any) -> respx.MockResponse:
        await asyncio.Event().wait()
        raise AssertionError

    endpoint.route.mock(side_effect=side_effect)
    async with asyncio.timeout(10):
        assert "in time" in await why(made)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_endpoint_is_asked_again(endpoint: Endpoint, status: int) -> None:
    made = embedder()
    await made.load()
    endpoint.answers(
        lambda texts: replies.refused(status, **AGAIN) if len(endpoint.asked) < 4 else replies.vectors(texts)
    )
    check_same(await made.embed(FEW), FEW)
    assert len(endpoint.asked) == 4


async def test_who_is_told_to_come_back_too_late_does_not_wait(endpoint: Endpoint) -> None:
    made = embedder()
    await made.load()
    endpoint.answers(lambda _: replies.refused(429, **{"retry-after": "3600"}))
    async with asyncio.timeout(5):
        assert "status 429" in await why(made)
    assert len(endpoint.asked) == 2


async def test_after_three_failures_queries_rest_and_the_index_is_filled_on(endpoint: Endpoint) -> None:
    made = embedder(rest=600)
    await made.load()
    endpoint.answers(lambda _: replies.refused(503, **AGAIN))
    await why(made)
    asked = len(endpoint.asked)
    assert "left alone" in await why(made)
    assert len(endpoint.asked) == asked
    endpoint.answers(replies.vectors)
    check_same(await made.embed(MANY), MANY)
    check_same(await made.embed(FEW), FEW)


async def test_what_it_gave_once_is_expected_for_good(endpoint: Endpoint) -> None:
    probe = await embedder().probed()
    made = embedder()
    assert isinstance(made, Probed)
    made.expect(probe)
    assert (made.dimension, len(endpoint.asked)) == (WordEmbedder.dimension, 1)
    assert await made.probed() == probe
    endpoint.answers(replies.turned)
    assert NAME in await why(made)
    another = embedder()
    another.expect(probe)
    with pytest.raises(NoVectors, match="--rebuild"):
        await another.load()


async def test_last_digits_that_differ_from_call_to_call_are_no_other_model(endpoint: Endpoint) -> None:
    chance = np.random.default_rng(20270311)

    def answer(texts: list[str]) -> respx.MockResponse:
        rows = word_vectors(texts)
        return replies.given(rows + chance.normal(0, 1e-3, rows.shape).astype(np.float32))

    endpoint.answers(answer)
    made = embedder()
    for _ in range(5):
        found = await made.embed(FEW)
        assert (found * word_vectors(FEW)).sum(axis=1).min() > 0.99


def test_before_it_was_asked_its_dimension_is_unknown() -> None:
    with pytest.raises(NoVectors, match="not asked yet"):
        _ = embedder().dimension


async def test_a_query_is_answered_while_many_texts_wait_a_few_batches_at_a_time(endpoint: Endpoint) -> None:
    made = embedder()
    await made.load()
    began, released, under_way = asyncio.Event(), asyncio.Event(), 0

    async def side_effect(request: Any) -> respx.MockResponse:
        nonlocal under_way
        texts = json.loads(request.content)["input"]
        if len(texts) > len(FEW) + 1:
            under_way += 1
            began.set()
            await released.wait()
        return replies.vectors(texts)

    endpoint.route.mock(side_effect=side_effect)
    waiting = asyncio.create_task(made.embed(MANY * 3))
    async with asyncio.timeout(10):
        await began.wait()
        for _ in range(20):
            check_same(await made.embed(FEW), FEW)
    assert under_way == 3
    released.set()
    check_same(await waiting, MANY * 3)


async def test_the_first_batch_that_fails_ends_the_others(endpoint: Endpoint) -> None:
    made = embedder()
    await made.load()
    ended = []

    async def side_effect(request: Any) -> respx.MockResponse:
        if MANY[0] in json.loads(request.content)["input"]:
            return replies.refused(401)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)
        raise AssertionError

    endpoint.route.mock(side_effect=side_effect)
    async with asyncio.timeout(10):
        assert "401" in await why(made, MANY)
    assert ended
