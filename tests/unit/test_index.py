"""What an index was built with, and passages put into it."""

import pytest

from tests.fakes import WordEmbedder
from tests.unit.building import note, reading
from vectorstore.index import Fingerprint, IndexBuiltOtherwise
from vectorstore.memory import MemoryIndex
from vectorstore.passage_index import EmbeddedPassages
from vectorstore.passages import PASSAGE_FORMAT

READ = reading(note("Ingrid posted her first video.\n\nThe board asked for numbers."))


def test_a_fingerprint_names_the_model_its_dimension_and_the_passage_format() -> None:
    assert Fingerprint.of(WordEmbedder()) == Fingerprint("words-in-tests", 256, PASSAGE_FORMAT)


@pytest.mark.parametrize(
    "other",
    [
        Fingerprint("another", 256, PASSAGE_FORMAT),
        Fingerprint("words-in-tests", 384, PASSAGE_FORMAT),
        Fingerprint("words-in-tests", 256, "another format"),
    ],
)
def test_another_model_dimension_or_format_is_another_fingerprint(other: Fingerprint) -> None:
    assert other != Fingerprint.of(WordEmbedder())


def test_an_index_built_otherwise_says_what_to_do() -> None:
    told = str(IndexBuiltOtherwise("old-model", Fingerprint.of(WordEmbedder())))
    assert "old-model" in told
    assert "words-in-tests" in told
    assert "counterpart reindex" in told


async def test_passages_are_embedded_with_their_date_and_speaker() -> None:
    embedder = WordEmbedder()
    await EmbeddedPassages(embedder, MemoryIndex(WordEmbedder.dimension)).put(
        [(p, "ours", "program") for p in READ.passages]
    )
    assert embedder.texts == [
        "4 March 2027. Maya Okafor: Ingrid posted her first video.",
        "4 March 2027. Maya Okafor: The board asked for numbers.",
    ]


async def test_putting_again_replaces_and_dropping_passes_over_what_is_not_there() -> None:
    index = MemoryIndex(WordEmbedder.dimension)
    filling = EmbeddedPassages(WordEmbedder(), index)
    for _ in range(2):
        await filling.put([(p, "ours", "program") for p in READ.passages])
    assert await filling.held_ids() == {"p1", "p2"}
    await filling.drop(["p1", "unheard of"])
    assert await filling.held_ids() == {"p2"}


async def test_nothing_to_put_embeds_nothing() -> None:
    embedder = WordEmbedder()
    await EmbeddedPassages(embedder, MemoryIndex(WordEmbedder.dimension)).put([])
    assert embedder.texts == []
