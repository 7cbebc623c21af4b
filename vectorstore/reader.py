"""A reader: whether a sentence answers a question.

A cross-encoder (Nogueira & Cho, "Passage Re-ranking with BERT", 2019): question and passage are read in
one go, by the packaged encoder with its layers trained further by `python -m evals.train_reader`. What
was learned lies in `reader.npz`, matrices rounded to eight bits.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from coach.domain.spoken import Spoken
from vectorstore.bert_graph import Array
from vectorstore.encoder import WINDOW, encoder_session, packaged_tokenizer, states_of
from vectorstore.packaged_model import packaged_weights

LEARNED = Path(__file__).with_name("reader.npz")
LIKENESS = 3.0
_SCALE = " scale"
_MOST_ASKED, _MOST_SAID = 48, 120
_THREADS = 2

Floats = NDArray[np.float32]
Span = tuple[int, int]
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens of a question and a passage: where the question ends, and where each line of the passage is."""

    ids: list[int]
    asked: int
    lines: list[Span]


class Pieces:
    """Makes pieces, with the packaged model's tokens."""

    def __init__(self) -> None:
        self._tokenizer = packaged_tokenizer()
        self._first, self._last = self._tokenizer.encode("").ids

    def of(self, asked: Spoken, passage: Sequence[Spoken]) -> Piece:
        """Each speaker is named where they begin; what does not fit the window is left out."""
        question = self._ids(f"{asked.speaker}: {asked.text}" if asked.speaker else asked.text)[:_MOST_ASKED]
        ids = [self._first, *question, self._last]
        lines: list[Span] = []
        speaker = ""
        for line in passage:
            if line.speaker and line.speaker != speaker:
                ids += self._ids(f"{line.speaker}:")
            speaker = line.speaker
            said = self._ids(" ".join(line.text.split()))[:_MOST_SAID]
            lines.append((len(ids), len(ids) + max(1, len(said))))
            ids += said
        ids = [*ids[: WINDOW - 1], self._last]
        most = len(ids) - 1
        return Piece(ids, 1 + len(question), [(min(a, most - 1), min(b, most)) for a, b in lines])

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


class CrossEncoder:
    """A trained encoder on onnxruntime, loaded when it is first asked, in a thread of its own."""

    def __init__(self, learned: Path) -> None:
        self._learned = learned
        self._loading = Lock()
        self._ready: tuple[Any, Pieces, Mapping[str, Floats]] | None = None
        self._own = ThreadPoolExecutor(1, thread_name_prefix="reader")

    async def load(self) -> None:
        await self._run(self._load)

    async def _run(self, work: Callable[[], Done]) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self._own, work)

    def _states(self, made: Sequence[Piece]) -> list[Floats]:
        """Each piece's states, shape (tokens, dimension).

        One piece at a time: eight bits are scaled by all that is read at once, so that beside other
        pieces the same one would have other odds.
        """
        session, _, _ = self._load()
        return [states_of(session, [piece.ids])[0][0] for piece in made]

    def _load(self) -> tuple[Any, Pieces, Mapping[str, Floats]]:
        with self._loading:
            if self._ready is None:
                heads, weights = learned_weights(self._learned)
                session = encoder_session(weights, int8=True, threads=_THREADS)
                self._ready = session, Pieces(), heads
        return self._ready


class OnnxReader(CrossEncoder):
    def __init__(self, learned: Path = LEARNED) -> None:
        super().__init__(learned)

    async def answers(self, asked: Spoken, passages: Sequence[Sequence[Spoken]]) -> list[Floats]:
        """How well each line of each passage answers: its log odds against there being no answer."""
        return await self._run(lambda: self._answers(asked, passages))

    def _answers(self, asked: Spoken, passages: Sequence[Sequence[Spoken]]) -> list[Floats]:
        _, pieces, learned = self._load()
        made = [pieces.of(asked, passage) for passage in passages]
        return [
            answer_traits(states, piece) @ learned["answers"] + learned["answers bias"]
            for states, piece in zip(self._states(made), made, strict=True)
        ]


def answer_traits(states: Floats, piece: Piece) -> Floats:
    """What each line is like beside the question, shape (lines, 2 * 384 + 2)."""
    asked = states[1 : piece.asked]
    question = asked.mean(axis=0)
    own = np.stack([states[a:b].mean(axis=0) for a, b in piece.lines])
    alike = _unit(asked) @ _unit(states).T
    late = np.array([alike[:, a:b].max(axis=1).mean() for a, b in piece.lines])
    whole = _unit(own) @ _unit(question[None])[0]
    return np.concatenate(
        [own, own * question, LIKENESS * whole[:, None], LIKENESS * late[:, None]], axis=1
    ).astype(np.float32)


def _unit(vectors: Floats) -> Floats:
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-8)
    return scaled


def write_learned(path: Path, weights: Mapping[str, Array], heads: Mapping[str, Floats]) -> None:
    """`weights`: the encoder's, of which those that the packaged model has too are not written."""
    packaged = packaged_weights()
    held: dict[str, Array] = {
        f"head {name}": np.asarray(values, np.float32) for name, values in heads.items()
    }
    for name, values in weights.items():
        if name in packaged and np.array_equal(values, packaged[name]):
            continue
        if values.ndim == 2:
            scale = (np.abs(values).max(axis=1, keepdims=True) / 127).astype(np.float32)
            held[name] = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
            held[name + _SCALE] = scale
        else:
            held[name] = values.astype(np.float32)
    np.savez_compressed(path, allow_pickle=False, **held)


def learned_weights(path: Path) -> tuple[dict[str, Floats], dict[str, Array]]:
    """The heads by name, and the encoder's weights: the packaged ones where nothing else was learned."""
    heads: dict[str, Floats] = {}
    weights = dict(packaged_weights())
    with np.load(path) as held:
        for name in held.files:
            if name.startswith("head "):
                heads[name.removeprefix("head ")] = held[name]
            elif not name.endswith(_SCALE):
                scale = held[name + _SCALE] if name + _SCALE in held.files else 1
                weights[name] = (held[name] * scale).astype(np.float32)
    return heads, weights
