"""The embedder at an OpenAI-compatible endpoint, by LangChain.

Servers differ here, too: some take few texts at once, some refuse a text that is longer than the model's
window and others cut it off without a word, and what answers to a name today may be another model
tomorrow.
"""

import asyncio
import logging
from base64 import b64decode
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from circuitbreaker import CircuitBreaker
from langchain_core.embeddings import Embeddings
from langchain_openai import OpenAIEmbeddings
from numpy.typing import NDArray
from openai import APIConnectionError, APIStatusError, APITimeoutError
from pydantic import SecretStr
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from coach.drafting.again import FAILURES_TO_REST, hush_clients, is_down, is_worth_again, wait
from coach.errors import NoVectors

_log = logging.getLogger(__name__)

PROBE = "Which model is it that reads this line?"
# With the probe 32 texts, the most that some servers take.
TEXTS_AT_ONCE = 31
# Some 300 tokens of English and 400 of Chinese: within the windows of 512 that many models have.
PART_BYTES = 1200
_LEAST_PART = 200
_FEW = 4
_SAME = 0.99
_MAYBE_THE_TEXTS = {400, 413, 422, 500}
_BUSY = 429

Vectors = NDArray[np.float32]


class _Refused(NoVectors):
    """It may be one of the texts that the endpoint could not take, and not the endpoint's own fault."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a few texts may take, as of a query; that a batch of many may; and of rest.

    An endpoint that failed three times in a row is asked for no query while it rests.
    """

    few: float = 10.0
    many: float = 60.0
    rest: float = 15.0


class _Lane:
    """Many texts never stand in the way of a few."""

    def __init__(self, seconds: float, attempts: int, at_once: int) -> None:
        self.seconds = seconds
        self.attempts = attempts
        self.places = asyncio.Semaphore(at_once)


class EndpointEmbedder:
    """Vectors of a model elsewhere; NoVectors, and why, whenever it gives none that can be used.

    With every request goes the probe, a fixed text: where its vector is not the one that is expected,
    another model has taken the name, and none of the others is used.
    """

    def __init__(self, name: str, endpoint: Embeddings, patience: Patience) -> None:
        self.name = name
        self._endpoint = endpoint
        self._probe: Vectors | None = None
        self._met = False
        self._breaker = CircuitBreaker(FAILURES_TO_REST, patience.rest, _is_down)
        self._few = _Lane(patience.few, attempts=3, at_once=8)
        self._many = _Lane(patience.many, attempts=5, at_once=3)

    @property
    def dimension(self) -> int:
        """NoVectors before it was probed or told what to expect."""
        if self._probe is None:
            raise NoVectors("the embedding endpoint was not asked yet")
        return len(self._probe)

    def expect(self, probe: bytes) -> None:
        self._probe = np.frombuffer(probe, dtype="<f4").astype(np.float32)

    async def probed(self) -> bytes:
        await self.load()
        assert self._probe is not None
        return self._probe.astype("<f4").tobytes()

    async def load(self) -> None:
        """Some servers load a model when it is first asked for, which takes them a while."""
        if not self._met:
            await self._asked([], self._many)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """A text of more than PART_BYTES in parts, averaged by their length; a blank one is a zero row."""
        if self._probe is None:
            await self.load()
        lane = self._few if len(texts) <= _FEW else self._many
        pieces = [(row, piece) for row, text in enumerate(texts) for piece in parts_of(text)]
        batches = [pieces[at : at + TEXTS_AT_ONCE] for at in range(0, len(pieces), TEXTS_AT_ONCE)]
        found = await _together(self._vectors([piece for _, piece in batch], lane) for batch in batches)
        summed: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch, vectors in zip(batches, found, strict=True):
            np.add.at(summed, [row for row, _ in batch], vectors * _lengths([piece for _, piece in batch]))
        return _unit(summed)

    async def _vectors(self, pieces: Sequence[str], lane: _Lane) -> Vectors:
        """Unit vectors of a batch; where it is refused and the probe alone is not, of fewer at once."""
        try:
            return await self._asked(pieces, lane)
        except _Refused:
            await self._asked([], lane)
        if len(pieces) == 1:
            return await self._of_refused(pieces[0], lane)
        middle = len(pieces) // 2
        halves = [await self._vectors(half, lane) for half in (pieces[:middle], pieces[middle:])]
        return np.concatenate(halves)

    async def _of_refused(self, piece: str, lane: _Lane) -> Vectors:
        """In smaller parts; a zero row for one so short that its length can't be what is wrong."""
        length = len(piece.encode())
        if length <= _LEAST_PART:
            _log.warning("the embedding endpoint refuses a text; it is found by its words alone")
            return np.zeros((1, self.dimension), dtype=np.float32)
        smaller = parts_of(piece, length // 2 + 1)
        vectors = await self._vectors(smaller, lane)
        return _unit((vectors * _lengths(smaller)).sum(axis=0, keepdims=True))

    async def _asked(self, pieces: Sequence[str], lane: _Lane) -> Vectors:
        """Unit vectors of what one request may hold, from the very model that is expected."""
        async with lane.places:
            vectors = await self._told([PROBE, *pieces], lane)
        if not np.isfinite(vectors[0]).all() or not vectors[0].any():
            raise NoVectors("the embedding endpoint gives vectors that are no numbers, or nothing but zeros")
        scaled = _unit(vectors)
        self._require_same(scaled[0])
        if not np.isfinite(vectors).all():
            raise _Refused("the embedding endpoint gives vectors that are no numbers")
        return scaled[1:]

    def _require_same(self, probe: Vectors) -> None:
        if self._probe is None:
            self._probe = probe
        if probe.shape != self._probe.shape or probe @ self._probe < _SAME:
            raise NoVectors(
                f"{self.name} gives other vectors now than the index was built with; "
                "`counterpart reindex --rebuild` builds it anew while the service answers"
            )
        self._met = True

    async def _told(self, texts: list[str], lane: _Lane) -> Vectors:
        if lane is self._few and self._breaker.opened:
            raise NoVectors("the embedding endpoint failed again and again and is left alone for a while")
        deadline = asyncio.get_running_loop().time() + lane.seconds
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception(is_worth_again),
                wait=lambda state: wait(state, deadline),
                stop=stop_after_attempt(lane.attempts),
                reraise=True,
            ):
                with attempt, self._breaker:
                    async with asyncio.timeout_at(deadline):
                        told = await self._endpoint.aembed_documents(texts)
            return _read(told, len(texts))
        except Exception as error:  # its text may repeat ours, and belongs in no log
            raise _failure(error) from None


def endpoint_embedder(
    name: str, model: str, base_url: str, api_key: SecretStr | None, patience: Patience | None = None
) -> EndpointEmbedder:
    """`name`: the model's in the records. Without a key none is sent that is meant for somebody else."""
    patience = patience or Patience()
    hush_clients()
    endpoint = OpenAIEmbeddings(
        model=model,
        openai_api_base=base_url,
        openai_api_key=api_key or SecretStr("none"),
        request_timeout=patience.many,
        max_retries=0,
        check_embedding_ctx_length=False,
        model_kwargs={"encoding_format": "float"},
    )
    return EndpointEmbedder(name, endpoint, patience)


def parts_of(text: str, most: int = PART_BYTES) -> list[str]:
    """The text in parts of at most `most` bytes, between words where it can be; none of a blank one."""
    held, start = text.encode(errors="replace"), 0
    parts = []
    while len(held) - start > most:
        end = start + most
        space = held.rfind(b" ", start + most // 2, end)
        end = space if space > 0 else _between_letters(held, end)
        parts.append(held[start:end].decode())
        start = end
    parts.append(held[start:].decode())
    return [part for part in parts if part.strip()]


def _between_letters(held: bytes, at: int) -> int:
    while held[at] & 0xC0 == 0x80:
        at -= 1
    return at


def _lengths(pieces: Sequence[str]) -> Vectors:
    """In bytes, shape (n, 1)."""
    return np.array([[len(piece.encode())] for piece in pieces], dtype=np.float32)


def _unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return scaled


def _read(told: Sequence[Any], count: int) -> Vectors:
    """Shape (count, dimension); some servers answer in base64, whatever they were asked for."""
    rows = [np.frombuffer(b64decode(row), dtype="<f4") if isinstance(row, str) else row for row in told]
    vectors = np.array(rows, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != count:
        raise ValueError(f"{len(rows)} vectors for {count} texts, or of different lengths")
    return vectors


async def _together(calls: Iterable[Coroutine[Any, Any, Vectors]]) -> list[Vectors]:
    """All of them, or the first one's error, with the others ended."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


def _is_down(kind: type[BaseException], error: BaseException) -> bool:
    """Neither a text that can't be taken nor the traffic of many texts keeps a query from being asked."""
    if isinstance(error, APIStatusError) and error.status_code in {*_MAYBE_THE_TEXTS, _BUSY}:
        return False
    return is_down(kind, error)


def _failure(error: Exception) -> NoVectors:
    if isinstance(error, APIStatusError):
        status = error.status_code
        kind = _Refused if status in _MAYBE_THE_TEXTS else NoVectors
        return kind(f"the embedding endpoint answered with status {status}{_ADVICE.get(status, '')}")
    if isinstance(error, TimeoutError | APITimeoutError):
        return NoVectors("the embedding endpoint did not answer in time")
    if isinstance(error, APIConnectionError):
        return NoVectors("the embedding endpoint could not be reached; see COUNTERPART_EMBEDDING_BASE_URL")
    return NoVectors("the embedding endpoint's answer was not in the form that was asked for")


_ADVICE = {
    401: "; see COUNTERPART_EMBEDDING_API_KEY",
    403: "; see COUNTERPART_EMBEDDING_API_KEY",
    404: "; see COUNTERPART_EMBEDDING_BASE_URL and COUNTERPART_EMBEDDING_MODEL",
}
