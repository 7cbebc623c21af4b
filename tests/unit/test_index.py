"""What an index was built with, and passages put into it."""

import pytest

from coach.domain.notes import Home
from tests.fakes import WordEmbedder
from tests.unit.building import note, reading
from tests.unit.stores import serving_in_memory
from vectorstore.index import Fingerprint, IndexBuiltOtherwise
from vectorstore.passage_index import EmbeddedPassages
from vectorstore.passages import PASSAGE_FORMAT

OURS = Home("program", "ours", shared=False)
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


def test_an_index_built_otherwise_says_with_what() -> None:
    told = str(IndexBuiltOtherwise("old-model", Fingerprint.of(WordEmbedder())))
    assert "old-model" in told
    assert "words-in-tests" in told


async def test_passages_are_embedded_with_their_date_and_speaker() -> None:
    embedder = WordEmbedder()
    await EmbeddedPassages(serving_in_memory(embedder)).put([(p, OURS) for p in READ.passages])
    assert embedder.texts == [
        "4 March 2027. Maya Okafor: Ingrid posted her first video.",
        "4 March 2027. Maya Okafor: The board asked for numbers.",
    ]


async def test_putting_again_replaces_and_dropping_passes_over_what_is_not_there() -> None:
    filling = EmbeddedPassages(serving_in_memory())
    for _ in range(2):
        await filling.put([(p, OURS) for p in READ.passages])
    assert await filling.held_ids() == {"p1", "p2"}
    await filling.drop(["p1", "unheard of"])
    assert await filling.held_ids() == {"p2"}


async def test_nothing_to_put_embeds_nothing() -> None:
    embedder = WordEmbedder()
    await EmbeddedPassages(serving_in_memory(embedder)).put([])
    assert embedder.texts == []
