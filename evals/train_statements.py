"""Train what `vectorstore.statement_reader` reads with.

    python -m evals.train_statements [--epochs 5] [--out statements.npz]

Each labelled statement is read with the passage that it cites: does that bear it out? Beside it, in the
same batch: true statements with a small change or with another passage, and sentences of the notes
themselves, some of them changed. Statements of held-out files are not trained on, nor those of every
seventh other file, by which `python -m evals.calibrate_statements` finds the least odds. An epoch takes some
eight minutes with two cores.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from coach.domain.spoken import Spoken
from evals.cases.schema import Split
from evals.datasets.labelled import labelled_notes
from evals.perturbing import perturbed
from evals.train_statements_data import (
    Stated,
    by_passage,
    close_statements,
    every_statement,
    sentences_of,
    spoken,
)
from vectorstore.bert_graph import HIDDEN
from vectorstore.packaged_model import packaged_folder, packaged_weights
from vectorstore.reader import Piece, Pieces, write_learned
from vectorstore.statement_reader import LEARNED_STATEMENTS

_RATE, _HEAD_RATE, _DECAY, _WARM = 1.2e-4, 1e-3, 0.01, 0.08
_AT_ONCE, _NEAR_LENGTHS = 24, 200
_CHANGED, _ELSEWHERE, _SENTENCES = 0.25, 0.1, 3
_PAIRS = 0.5
_SHOWN = 50
CALIBRATED_EVERY = 7


class StatementReader(nn.Module):
    """As `vectorstore.statement_reader.OnnxStatementReader` computes it."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = BertModel(BertConfig.from_pretrained(packaged_folder()), add_pooling_layer=False)
        known = {name: torch.tensor(np.array(values)) for name, values in packaged_weights().items()}
        self.encoder.load_state_dict(
            {k: v for k, v in known.items() if not k.startswith("pooler")}, strict=False
        )
        for weight in self.encoder.embeddings.parameters():
            weight.requires_grad = False
        self.unsure = nn.Dropout(0.1)
        self.heads = nn.ParameterDict(
            {
                "stated": torch.zeros(3 * HIDDEN),
                "stated bias": torch.tensor(1.0),
                "words": torch.zeros(HIDDEN),
                "words bias": torch.tensor(-3.0),
            }
        )

    def forward(self, pieces: Sequence[Piece]) -> Tensor:
        """Log odds, shape (pieces,)."""
        ids = nn.utils.rnn.pad_sequence([torch.tensor(p.ids) for p in pieces], batch_first=True)
        mask = nn.utils.rnn.pad_sequence([torch.ones(len(p.ids)) for p in pieces], batch_first=True)
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return torch.stack([self._odds(states[row], piece) for row, piece in enumerate(pieces)])

    def _odds(self, states: Tensor, piece: Piece) -> Tensor:
        stated, passages = states[1 : piece.asked], states[piece.asked + 1 : len(piece.ids) - 1]
        traits = torch.cat([states[0], stated.mean(0), stated.mean(0) * passages.mean(0)])
        least = torch.logsumexp(stated @ self.heads["words"] + self.heads["words bias"], 0)
        odds: Tensor = self.unsure(traits) @ self.heads["stated"] + self.heads["stated bias"] - least
        return odds


def trained_on() -> tuple[list[str], list[str]]:
    """The tuning files that are trained on, and those that are kept for the calibration."""
    names = sorted(name for name, notes in labelled_notes().items() if notes.split is Split.TUNING)
    kept = names[::CALIBRATED_EVERY]
    return [name for name in names if name not in kept], kept


def in_batches(groups: list[list[Stated]], random: Random) -> list[list[Stated]]:
    """Statements about the same passage in one batch, with others of like length; in a random order."""
    random.shuffle(groups)
    made: list[list[Stated]] = []
    for at in range(0, len(groups), _NEAR_LENGTHS):
        batch: list[Stated] = []
        for group in sorted(groups[at : at + _NEAR_LENGTHS], key=lambda g: len(g[0].about[2])):
            batch += group
            if len(batch) >= _AT_ONCE:
                made.append(batch)
                batch = []
        made += [batch] if batch else []
    random.shuffle(made)
    return made


Told = tuple[Spoken, tuple[Spoken, ...]]


class Company:
    """What is read beside a batch's own statements, so that small changes and other passages count."""

    def __init__(self, every: Sequence[Stated], names: Sequence[str], random: Random) -> None:
        self._random = random
        self._by_file: dict[str, list[Stated]] = defaultdict(list)
        for one in every:
            self._by_file[one.about[0]].append(one)
        self._sentences = list(sentences_of(names, random))

    def of(self, batch: Sequence[Stated]) -> Iterator[tuple[Told, bool]]:
        for one in batch:
            chance = self._random.random()
            if one.borne_out and chance < _ELSEWHERE:
                other = self._random.choice(self._by_file[one.about[0]])
                if other.about != one.about:
                    yield spoken(one.claim.sentence, other.claim.sources), False
            elif one.borne_out and chance < _ELSEWHERE + _CHANGED:
                changed = perturbed(one.claim.sentence, self._random)
                if changed is not None:
                    yield spoken(changed, one.claim.sources), False
        for sentence, source in self._random.sample(self._sentences, _SENTENCES):
            if self._random.random() < 0.5:
                yield spoken(sentence, [source]), True
            elif changed := perturbed(sentence, self._random):
                yield spoken(changed, [source]), False


def loss_of(reader: StatementReader, batch: Sequence[Stated], company: Company, pieces: Pieces) -> Tensor:
    """How unlikely the labels are, and how seldom a true statement is likelier than a false one beside it."""
    read = [(one.spoken, one.borne_out) for one in batch] + list(company.of(batch))
    odds = reader([pieces.of(*told) for told, _ in read])
    wanted = torch.tensor([float(is_true) for _, is_true in read])
    ranked = [
        nn.functional.softplus(odds[b] - odds[a])
        for a, one in enumerate(batch)
        for b, other in enumerate(batch)
        if one.borne_out and not other.borne_out and one.about == other.about
    ]
    loss = nn.functional.binary_cross_entropy_with_logits(odds, wanted)
    return loss + _PAIRS * torch.stack(ranked).mean() if ranked else loss


def train(reader: StatementReader, epochs: float, seed: int = 0) -> None:
    random, pieces = Random(seed), Pieces()
    torch.manual_seed(seed)
    names, kept = trained_on()
    every = [*every_statement(Split.TUNING), *close_statements(Split.TUNING)]
    learned = [one for one in every if one.about[0] in names]
    checked = [one for one in every if one.about[0] in kept]
    groups, company = by_passage(learned), Company(learned, names, random)
    steps = round(epochs * len(in_batches(groups, random)))
    optimizer = torch.optim.AdamW(
        [
            {"params": [w for w in reader.encoder.parameters() if w.requires_grad], "lr": _RATE},
            {"params": reader.heads.parameters(), "lr": _HEAD_RATE},
        ],
        weight_decay=_DECAY,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (_WARM * steps)) * max(0.02, 1 - step / steps)
    )
    print(f"{len(learned)} statements, {steps} steps; {len(checked)} kept", flush=True)
    begun, shown, step = time.monotonic(), list[float](), 0
    reader.train()
    while step < steps:
        for batch in in_batches(groups, random)[: steps - step]:
            loss = loss_of(reader, batch, company, pieces)
            optimizer.zero_grad()
            torch.autograd.backward([loss])
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            shown.append(loss.item())
            if step % _SHOWN == 0:
                print(f"{step}: {np.mean(shown[-_SHOWN:]):.3f}, {time.monotonic() - begun:.0f} s", flush=True)
        measure(reader, checked, pieces)


@torch.no_grad()
def measure(reader: StatementReader, every: Sequence[Stated], pieces: Pieces) -> None:
    """How well statements are told apart: what is rejected when so many true ones pass."""
    reader.eval()
    scores = np.concatenate(
        [
            reader([pieces.of(*one.spoken) for one in every[at : at + _AT_ONCE]]).numpy()
            for at in range(0, len(every), _AT_ONCE)
        ]
    )
    true = np.array([one.borne_out for one in every])
    told = [
        f"{p:.2f}: {np.mean(scores[~true] < np.quantile(scores[true], 1 - p)):.3f}" for p in (0.95, 0.85, 0.5)
    ]
    print("false ones rejected when so many true ones pass:", ", ".join(told), flush=True)
    reader.train()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=float, default=5.0)
    parser.add_argument("--out", type=Path, default=LEARNED_STATEMENTS)
    told = parser.parse_args()
    reader = StatementReader()
    train(reader, told.epochs)
    heads = {name: values.detach().numpy() for name, values in reader.heads.items()}
    weights = {name: values.numpy() for name, values in reader.encoder.state_dict().items()}
    write_learned(told.out, weights, heads)


if __name__ == "__main__":
    main()
