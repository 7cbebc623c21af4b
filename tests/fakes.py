"""Hand-written fakes at the Protocols."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import cast

import numpy as np
from numpy.typing import NDArray

from coach.advice.briefs import Brief
from coach.domain.notes import Excerpt
from coach.domain.spending import Spent, Taken, total
from coach.domain.spoken import Spoken
from coach.drafting.leaving import Permit
from coach.language.words import content_stems, overlap
from coach.ports import Records
from vectorstore.embedding import Vectors, unit

Scores = NDArray[np.float32]
_ODDS = 20.0
NOW = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)


class MovingClock:
    """Stands still unless it is moved. Called as a clock or, by `ticks`, for seconds."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return self.now.timestamp()

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class WordEmbedder:
    """Each stem is a direction of its own: texts are alike as far as they share words."""

    name = "words-in-tests"
    dimension = 256

    def __init__(self) -> None:
        self.broken = False
        self.texts: list[str] = []

    async def load(self) -> None:
        return None

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise RuntimeError("the embedder is broken, as this test asked")
        self.texts += texts
        return word_vectors(texts)


def word_vectors(texts: Sequence[str]) -> Vectors:
    vectors = np.zeros((len(texts), WordEmbedder.dimension), dtype=np.float32)
    for row, text in enumerate(texts):
        for stem in content_stems(text) or {"nothing"}:
            digest = blake2b(stem.encode(), digest_size=4).digest()
            vectors[row, int.from_bytes(digest) % WordEmbedder.dimension] += 1
    return unit(vectors)


class WordReader:
    """A sentence answers as far as it holds the question's stems: half of them or more, or it does not."""

    async def load(self) -> None:
        return None

    async def answers(self, asked: Spoken, passages: Sequence[Sequence[Spoken]]) -> list[Scores]:
        wanted = content_stems(asked.text)
        return [
            np.array(
                [_ODDS * (overlap(wanted, content_stems(line.text)) - 0.5) for line in passage], np.float32
            )
            for passage in passages
        ]


class WordStatements:
    """A statement reader by shared words: borne out when most of a statement's are its passages'."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def bears_out(self, statements: Sequence[tuple[Spoken, Sequence[Spoken]]]) -> list[float]:
        self.read += [stated.text for stated, _ in statements]
        return [
            _ODDS
            * (overlap(content_stems(stated.text), content_stems(" ".join(p.text for p in passages))) - 0.5)
            for stated, passages in statements
        ]


class SameEntailment:
    """An entailment model that holds everything to be as likely as the test says."""

    def __init__(self, likely: float) -> None:
        self.likely = likely
        self.asked: list[tuple[str, str]] = []

    async def load(self) -> None:
        return None

    async def entails(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self.likely] * len(pairs)


class OpenLeaving:
    """Lets everything go, with no names known, and remembers what was recorded."""

    def __init__(self, permit: Permit | None = None) -> None:
        self.granted = permit or Permit()
        self.recorded: list[Sequence[Excerpt]] = []

    async def permit(self, brief: Brief) -> Permit:
        return self.granted

    async def still(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> bool:
        return True

    async def record(self, brief: Brief, evidence: Sequence[Excerpt], permit: Permit) -> None:
        self.recorded.append(evidence)


class Accounts:
    """Transactions on records that hold nothing but what the model took, in memory."""

    def __init__(self) -> None:
        self.spending = self
        self.booked: list[Spent] = []

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Records]:
        yield cast(Records, self)

    writing = reading

    async def book(self, spent: Spent) -> None:
        self.booked.append(spent)

    async def on_day(self, program_id: str, day: date) -> Taken:
        return total(await self.of_program(program_id, day, day))

    async def of_program(self, program_id: str, since: date, until: date) -> list[Spent]:
        return [s for s in self.booked if s.program_id == program_id and since <= s.day <= until]
