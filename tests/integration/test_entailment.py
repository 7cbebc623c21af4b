"""An entailment model of one's own: any cross-encoder in a folder, here tiny ones."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from coach.settings import Settings
from tests.integration import model_replies as replies
from tests.integration.model_endpoint import Endpoint, check_by_model, check_offline, open_with_model
from vectorstore.entailment import CrossEncoderEntailment
from vectorstore.packaged_model import ModelNotUsable

_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "we", "learned", "polls", "demo", "."]
_NLI = ("contradiction", "entailment", "neutral")
_PAIRS = [("We learned polls.", "We learned."), ("The demo.", "We learned polls, and the demo " * 90)]


def saved(folder: Path, labels: Sequence[str], sure_of: str | None = None) -> str:
    """A cross-encoder of two layers with random weights, which may be sure of one label whatever it reads."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(_WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        id2label=dict(enumerate(labels)),
        label2id={label: at for at, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    if sure_of is not None:
        with torch.no_grad():
            model.classifier.weight.zero_()
            model.classifier.bias.copy_(torch.tensor([9.0 if label == sure_of else 0.0 for label in labels]))
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(_WORDS))
    BertTokenizer(vocab=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize("labels", [_NLI, ("ENTAILMENT", "NOT_ENTAILMENT"), ("LABEL_0",)])
async def test_each_pair_has_its_probability_whatever_the_labels(
    tmp_path: Path, labels: tuple[str, ...]
) -> None:
    entailment = CrossEncoderEntailment(saved(tmp_path, labels))
    await entailment.load()
    likely = await entailment.entails(_PAIRS)
    assert len(likely) == len(_PAIRS)
    assert all(0 < each < 1 for each in likely)
    assert await entailment.entails(_PAIRS[1:]) == pytest.approx(likely[1:], abs=1e-5)
    assert await entailment.entails([]) == []


@pytest.mark.parametrize(("sure_of", "least", "most"), [("entailment", 0.99, 1), ("neutral", 0, 0.01)])
async def test_the_label_entailment_is_what_counts_wherever_it_stands(
    tmp_path: Path, sure_of: str, least: float, most: float
) -> None:
    entailment = CrossEncoderEntailment(saved(tmp_path, _NLI, sure_of))
    assert all(least <= likely <= most for likely in await entailment.entails(_PAIRS))


async def test_a_model_without_the_label_entailment_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelNotUsable, match="no label 'entailment' but label_0, label_1"):
        await CrossEncoderEntailment(saved(tmp_path, ("LABEL_0", "LABEL_1"))).load()


async def test_a_folder_without_a_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelNotUsable, match="can't be loaded here"):
        await CrossEncoderEntailment(str(tmp_path)).load()


async def test_the_setting_adds_the_models_judgement_to_every_answer(
    tmp_path: Path, settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.says(replies.in_form)
    for sure_of in ("entailment", "contradiction"):
        own = settings.model_copy(update={"data_dir": tmp_path / sure_of / "data"})
        model = saved(tmp_path / sure_of, _NLI, sure_of)
        async with open_with_model(own, entailment_model=model) as program:
            suggestion = await program.ask("ask")
            if sure_of == "entailment":
                check_by_model(suggestion, "ask")
            else:
                assert "stood on the evidence" in check_offline(suggestion)
