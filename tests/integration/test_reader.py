"""The trained reader, as it is shipped."""

from pathlib import Path

import numpy as np
import pytest

from coach.domain.spoken import Spoken
from vectorstore.encoder import packaged_tokenizer
from vectorstore.packaged_model import packaged_weights
from vectorstore.reader import OnnxReader, Pieces, learned_weights, write_learned

NOTE = [
    Spoken("Maya", "We met in the canteen."),
    Spoken("Maya", "Ingrid promised to bring two customers along on 14 June."),
    Spoken("Maya", "The projector failed again."),
]
OTHER = [Spoken("Maya", "The garden is green.")]


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return OnnxReader()


async def test_the_sentence_that_answers_is_likeliest(reader: OnnxReader) -> None:
    promised, other = await reader.answers(Spoken("Maya", "What did Ingrid promise me?"), [NOTE, OTHER])
    assert promised.shape == (3,) and other.shape == (1,)
    assert promised.argmax() == 1
    assert promised[1] > other[0] + 1


async def test_what_no_sentence_answers_has_lower_odds(reader: OnnxReader) -> None:
    (answered,) = await reader.answers(Spoken("Maya", "Who will Ingrid bring along?"), [NOTE])
    (unanswered,) = await reader.answers(Spoken("Maya", "What does the podcast cost each month?"), [NOTE])
    assert answered.max() > unanswered.max() + 1


async def test_it_reads_a_passage_the_same_alone_and_among_others(reader: OnnxReader) -> None:
    asked = Spoken("Ingrid", "Where did we meet?")
    many = await reader.answers(asked, [NOTE, OTHER, [*NOTE, *OTHER]])
    (alone,) = await reader.answers(asked, [OTHER])
    assert alone.tolist() == many[1].tolist()


async def test_nothing_to_read_is_no_score(reader: OnnxReader) -> None:
    assert await reader.answers(Spoken("", "Where?"), []) == []


async def test_odd_and_long_lines_have_a_score_each(reader: OnnxReader) -> None:
    odd = [
        Spoken("", ""),
        Spoken("", "…"),
        Spoken("Zoë", "word " * 400),
        Spoken("", "漢字かな交じり文。"),
        Spoken("", "last"),
    ]
    (scores,) = await reader.answers(Spoken("", "what " * 200), [odd])
    assert scores.shape == (5,) and np.isfinite(scores).all()


def test_a_piece_tells_where_its_lines_are() -> None:
    words = packaged_tokenizer().decode
    piece = Pieces().of(
        Spoken("", "where is it"), [Spoken("Maya", "in the garden"), Spoken("Maya", "at noon")]
    )
    tokens = [words(piece.ids[a:b]) for a, b in piece.lines]
    assert tokens == ["in the garden", "at noon"]
    assert words(piece.ids[1 : piece.asked]) == "where is it"


def test_learned_weights_come_back_as_they_were_rounded(tmp_path: Path) -> None:
    known = packaged_weights()
    name = "encoder.layer.0.output.dense.weight"
    moved = np.asarray(known[name], np.float32) + np.float32(0.01)
    learned = {**known, name: moved}
    write_learned(tmp_path / "some.npz", learned, {"answers": np.ones(3, dtype=np.float32)})
    heads, weights = learned_weights(tmp_path / "some.npz")
    assert heads["answers"].tolist() == [1, 1, 1]
    assert weights.keys() == known.keys()
    step = np.abs(moved).max(axis=1, keepdims=True) / 127
    assert (np.abs(np.asarray(weights[name], np.float32) - moved) <= 0.51 * step).all()
    other = "encoder.layer.1.output.dense.weight"
    assert np.array_equal(weights[other], known[other])
