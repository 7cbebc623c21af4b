"""The packaged model on onnxruntime beside the same weights on sentence-transformers."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from coach.settings import Settings
from coach.wiring import build_embedder, model_asked
from vectorstore.bert_graph import bert_graph, written_graph
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.packaged_model import MINILM, packaged_folder, packaged_weights
from vectorstore.sentence_transformer import SentenceTransformerEmbedder
from vectorstore.write_graphs import as_onnx

_TEXTS = [
    "4 March 2027. Maya: We ran out of time for the podcast demo.",
    "What did we say about the budget?",
    "",
    "...",
    "漢字かな交じり文。",
    "Ärger, naïve façade — “quotes” 🙂",
    "word " * 700,
    "short",
]


async def test_its_vectors_are_those_of_sentence_transformers() -> None:
    ours, theirs = OnnxEmbedder(), SentenceTransformerEmbedder()
    assert (ours.name, ours.dimension) == (theirs.name, theirs.dimension)
    vectors, expected = await ours.embed(_TEXTS), await theirs.embed(_TEXTS)
    assert vectors.dtype == np.float32
    assert (vectors * expected).sum(axis=1).min() > 0.9999


async def test_a_text_has_the_same_vector_alone_and_among_many() -> None:
    embedder = OnnxEmbedder()
    many = await embedder.embed([*_TEXTS, *(f"line {n} of a note" for n in range(300))])
    for at in (0, 4, 6):
        np.testing.assert_allclose((await embedder.embed([_TEXTS[at]]))[0], many[at], atol=1e-5)
    assert (await embedder.embed([])).shape == (0, 384)


async def test_eight_bits_stay_close_and_have_a_name_of_their_own() -> None:
    exact, rounded = OnnxEmbedder(), OnnxEmbedder(int8=True)
    assert exact.name != rounded.name
    cosines = ((await exact.embed(_TEXTS)) * (await rounded.embed(_TEXTS))).sum(axis=1)
    assert cosines.min() > 0.95
    assert cosines.mean() > 0.975


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [
        ({}, OnnxEmbedder),
        ({"embedding_int8": True}, OnnxEmbedder),
        ({"embedding_model": "some/model"}, SentenceTransformerEmbedder),
    ],
)
def test_the_settings_choose_the_embedder(settings: Settings, chosen: dict[str, object], kind: type) -> None:
    embedder = build_embedder(model_asked(settings.model_copy(update=chosen)) or MINILM)
    assert type(embedder) is kind
    assert embedder.name.endswith("/int8") is bool(chosen.get("embedding_int8"))


@pytest.mark.parametrize("int8", [False, True])
def test_the_graphs_are_as_they_were_written(int8: bool) -> None:
    assert written_graph(int8).read_bytes() == as_onnx(bert_graph(packaged_weights(), int8))


def test_the_weights_are_read_as_the_formats_own_library_reads_them() -> None:
    reference = load_file(packaged_folder() / "model.safetensors")
    weights = packaged_weights()
    assert weights.keys() == reference.keys()
    for name, values in reference.items():
        np.testing.assert_array_equal(weights[name], values)
