"""Train what `vectorstore.reader` reads with: the packaged encoder's layers and a head for each task.

    python -m evals.train_reader [--epochs 2] [--start reader.npz] [--out reader.npz]

Two tasks at once, of which the service uses the first. A question with passages of its notes, one that
holds the answer, if any does, and some near ones: the likelihood of the sentences that answer, or of
none, against all of them. A statement with the passage that it cites: whether that bears it out.
Statements of held-out files are not trained on; they are measured at the end. With two cores an epoch
takes about half an hour.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from evals.cases.schema import Split
from evals.train_reader_data import Asked, Passage, Stated, every_question, every_statement, without_gold
from vectorstore.bert_graph import HIDDEN
from vectorstore.embedding import Vectors
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.packaged_model import packaged_folder, packaged_weights
from vectorstore.reader import LEARNED, LIKENESS, Piece, Pieces, learned_weights, write_learned

_RATE, _HEAD_RATE, _DECAY, _WARM = 8e-5, 8e-4, 0.01, 0.1
_QUESTIONS, _STATEMENTS = 8, 16
_NEAR, _NEAREST, _WITHOUT = 2, 8, 0.15
_SHOWN = 20


class Reader(nn.Module):
    """As `vectorstore.reader.OnnxReader` computes it."""

    def __init__(self, start: Path | None) -> None:
        super().__init__()
        self.encoder = BertModel(BertConfig.from_pretrained(packaged_folder()), add_pooling_layer=False)
        heads, weights = learned_weights(start) if start else ({}, packaged_weights())
        known = {name: torch.tensor(np.array(values)) for name, values in weights.items()}
        self.encoder.load_state_dict(
            {k: v for k, v in known.items() if not k.startswith("pooler")}, strict=False
        )
        for weight in self.encoder.embeddings.parameters():
            weight.requires_grad = False
        alike = torch.cat([torch.zeros(2 * HIDDEN), torch.tensor([2.5, 2.5])])
        self.heads = nn.ParameterDict(
            {
                "answers": alike,
                "answers bias": torch.tensor(-10.5),
                "stated": torch.zeros(3 * HIDDEN + 1),
                "stated bias": torch.tensor(2.0),
                "words": torch.zeros(HIDDEN),
                "words bias": torch.tensor(-2.0),
            }
        )
        for name, values in heads.items():
            self.heads[name] = nn.Parameter(torch.tensor(values))

    def states(self, pieces: Sequence[Piece]) -> list[Tensor]:
        ids = nn.utils.rnn.pad_sequence([torch.tensor(p.ids) for p in pieces], batch_first=True)
        mask = nn.utils.rnn.pad_sequence([torch.ones(len(p.ids)) for p in pieces], batch_first=True)
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return [held[: len(piece.ids)] for held, piece in zip(states, pieces, strict=True)]

    def answers(self, states: Tensor, piece: Piece) -> Tensor:
        asked = states[1 : piece.asked]
        question = asked.mean(0)
        own = torch.stack([states[a:b].mean(0) for a, b in piece.lines])
        alike = nn.functional.normalize(asked, dim=1) @ nn.functional.normalize(states, dim=1).T
        late = torch.stack([alike[:, a:b].max(1).values.mean() for a, b in piece.lines])
        whole = nn.functional.cosine_similarity(own, question[None], dim=1)
        traits = [own, own * question, LIKENESS * whole[:, None], LIKENESS * late[:, None]]
        scores: Tensor = torch.cat(traits, 1) @ self.heads["answers"] + self.heads["answers bias"]
        return scores

    def bears_out(self, states: Tensor, piece: Piece) -> Tensor:
        stated, passage = states[1 : piece.asked], states[piece.asked + 1 : -1]
        alike = nn.functional.cosine_similarity(stated.mean(0), passage.mean(0), dim=0)
        traits = [states[0], stated.mean(0), stated.mean(0) * passage.mean(0), LIKENESS * alike[None]]
        whole = torch.cat(traits) @ self.heads["stated"] + self.heads["stated bias"]
        odds: Tensor = whole - torch.logsumexp(stated @ self.heads["words"] + self.heads["words bias"], 0)
        return odds


def unanswered(reader: Reader, asked: Sequence[tuple[Asked, Sequence[Passage]]], pieces: Pieces) -> Tensor:
    """The mean of how unlikely the gold sentences are, or no answer, among all of a question's sentences."""
    made = [pieces.of(one.question, passage.lines) for one, chosen in asked for passage in chosen]
    states = iter(zip(reader.states(made), made, strict=True))
    losses = []
    for one, chosen in asked:
        scores = torch.cat([torch.zeros(1), *(reader.answers(*next(states)) for _ in chosen)])
        numbers = [-1, *(number for passage in chosen for number in passage.numbers)]
        gold = torch.tensor([number in one.gold for number in numbers])
        gold[0] = not gold.any()
        losses.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[gold], 0))
    return torch.stack(losses).mean()


def unheld(reader: Reader, stated: Sequence[Stated], pieces: Pieces) -> Tensor:
    made = [pieces.of(one.stated, one.passage) for one in stated]
    scores = torch.stack([reader.bears_out(*told) for told in zip(reader.states(made), made, strict=True)])
    wanted = torch.tensor([float(one.borne_out) for one in stated])
    return nn.functional.binary_cross_entropy_with_logits(scores, wanted)


def nearest(asked: Sequence[Asked]) -> list[list[int]]:
    """For each question its passages' positions, the nearest in meaning first."""
    embedder = OnnxEmbedder()
    passages = {id(one.passages): one.passages for one in asked}

    async def embedded() -> tuple[dict[int, Vectors], Vectors]:
        held = {
            key: await embedder.embed([" ".join(line.text for line in passage.lines) for passage in told])
            for key, told in passages.items()
        }
        return held, await embedder.embed([one.question.text for one in asked])

    held, questions = asyncio.run(embedded())
    return [
        np.argsort(-(held[id(one.passages)] @ question), kind="stable").tolist()
        for one, question in zip(asked, questions, strict=True)
    ]


def chosen(one: Asked, order: Sequence[int], random: Random) -> tuple[Asked, list[Passage]]:
    """A question with one of its gold passages, near ones that don't answer it and any other."""
    gold = [passage for passage in one.passages if not one.gold.isdisjoint(passage.numbers)]
    if gold and random.random() < _WITHOUT:
        one, gold = without_gold(one), []
    rest = [at for at in order if at < len(one.passages) and one.gold.isdisjoint(one.passages[at].numbers)]
    near = random.sample(rest[:_NEAREST], min(_NEAR, len(rest[:_NEAREST])))
    others = [at for at in rest if at not in near]
    picked = [one.passages[at] for at in [*near, *random.sample(others, min(1, len(others)))]]
    return one, [*([random.choice(gold)] if gold else []), *picked]


def batches(count: int, size: int, random: Random) -> Iterator[list[int]]:
    """Positions in random order, again and again."""
    while True:
        order = random.sample(range(count), count)
        yield from (order[at : at + size] for at in range(0, count - size + 1, size))


def train(reader: Reader, epochs: float, seed: int = 0) -> None:
    torch.manual_seed(seed)
    random, pieces = Random(seed), Pieces()
    asked, stated = every_question(), every_statement(Split.TUNING)
    order = nearest(asked)
    layers = [weight for weight in reader.encoder.parameters() if weight.requires_grad]
    groups = [{"params": layers, "lr": _RATE}, {"params": list(reader.heads.values()), "lr": _HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=_DECAY)
    steps = int(epochs * len(asked) / _QUESTIONS)

    def pace(step: int) -> float:
        return min(1, (step + 1) / (_WARM * steps)) * max(0.02, 1 - step / steps)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    questions, statements = batches(len(asked), _QUESTIONS, random), batches(len(stated), _STATEMENTS, random)
    shown: list[tuple[float, float]] = []
    begun = time.monotonic()
    print(f"{len(asked)} questions, {len(stated)} statements, {steps} steps", flush=True)
    reader.train()
    for step in range(1, steps + 1):
        given = [chosen(asked[at], order[at], random) for at in next(questions)]
        first = unanswered(reader, given, pieces)
        second = unheld(reader, [stated[at] for at in next(statements)], pieces)
        optimizer.zero_grad()
        torch.autograd.backward(first + second)
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        shown.append((first.item(), second.item()))
        if step % _SHOWN == 0:
            told = np.mean(shown[-_SHOWN:], axis=0)
            print(f"{step}: {told[0]:.3f} {told[1]:.3f}, {time.monotonic() - begun:.0f} s", flush=True)


@torch.no_grad()
def measure(reader: Reader) -> None:
    """How well held-out statements are told apart: what is rejected when so many true ones pass."""
    reader.eval()
    pieces, stated = Pieces(), every_statement(Split.HELD_OUT)
    made = [pieces.of(one.stated, one.passage) for one in stated]
    scores = np.array([float(reader.bears_out(reader.states([piece])[0], piece)) for piece in made])
    true = np.array([one.borne_out for one in stated])
    for passed in (0.95, 0.9, 0.85, 0.8, 0.7):
        least = np.quantile(scores[true], 1 - passed)
        print(
            f"{passed:.2f} of the true ones pass: {np.mean(scores[~true] < least):.3f} of the false rejected"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--start", type=Path, help="go on from these weights rather than the packaged ones")
    parser.add_argument("--out", type=Path, default=LEARNED)
    told = parser.parse_args()
    reader = Reader(told.start)
    train(reader, told.epochs)
    heads = {name: values.detach().numpy() for name, values in reader.heads.items()}
    weights = {name: values.numpy() for name, values in reader.encoder.state_dict().items()}
    write_learned(told.out, weights, heads)
    measure(reader)


if __name__ == "__main__":
    main()
