"""Learn how much each signal of a passage counts in search, and print what that gives on unseen talk.

    python -m evals.calibrate_search --qmsum MEETINGS.jsonl [--write]

Trained on QMSum's teams and on the dialogues in evals/fixtures, five folds by team and by dialogue, so
that each figure is on conversations that the weights have not seen. `--write` fits on everything and
replaces vectorstore/fusion.json.
"""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import vectorstore
from coach.advice.finding import stretches
from coach.domain.notes import Found
from evals.datasets.conversations import STRETCH, Conversation, Question, dialogues, qmsum
from evals.retrieval import BUDGETS, coverage
from vectorstore.embedding import Embedder
from vectorstore.fusion import Weights, extended, weighed
from vectorstore.lexical import Scores
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.passages import embedded_text
from vectorstore.signals import PassageSet, Query, question_traits, signals

_FOLDS = 5
_EPOCHS = 150
_RATE = 0.08
_RIDGE = 5e-3
_HARDEST, _DRAWN = 250, 250


@dataclass
class Example:
    """One question: signals (n, signals), traits (traits,), and which passages are gold (n,)."""

    home: Conversation
    ready: PassageSet
    question: Question
    asked: Query
    columns: NDArray[np.float32]
    traits: NDArray[np.float32]
    gold: NDArray[np.bool_]
    weight: float
    fold: int


async def examples(
    conversations: Sequence[Conversation], embedder: Embedder
) -> tuple[list[str], list[Example]]:
    made: list[Example] = []
    names: list[str] = []
    for number, home in enumerate(conversations):
        passages = home.passages()
        said = [p.excerpt for p in passages]
        vectors = await embedder.embed([embedded_text(e.text, e.held_at, e.speaker) for e in said])
        ready = PassageSet(passages, vectors, np.ones(len(passages), dtype=np.bool_))
        wanted = await embedder.embed([question.query for question in home.questions])
        for question, vector in zip(home.questions, wanted, strict=True):
            asked = Query.of(question.query, vector)
            found = signals(asked, ready)
            names = list(found)
            gold = np.array(
                [
                    any(int(e.note_id) == s and e.start < b and a < e.end for s, a, b in question.gold)
                    for e in said
                ]
            )
            weight = 0.5 if question.kind == "other" else 1.0
            columns = np.stack(list(found.values()), axis=1)
            traits = question_traits(asked, found, ready)
            made.append(Example(home, ready, question, asked, columns, traits, gold, weight, number % _FOLDS))
    return names, made


def fitted(train: Sequence[Example], names: Sequence[str]) -> Weights:
    """Weights under which gold passages are likeliest, by their characters (softmax over each scope).

    Of each scope the hardest passages and the gold ones are taken, and some drawn from the others that
    stand for all of them.
    """
    rng = np.random.default_rng(0)
    rows, owner, chars, gold = [], [], [], []
    counts: dict[bool, float] = defaultdict(float)
    for example in train:
        counts[_is_stretch(example)] += example.weight
    weights = []
    for number, example in enumerate(train):
        hard = np.argsort(-(example.columns[:, :8].sum(axis=1)))[:_HARDEST]
        top = np.union1d(hard, np.flatnonzero(example.gold))
        rest = np.setdiff1d(np.arange(len(example.gold)), top)
        drawn = rng.choice(rest, min(len(rest), _DRAWN), replace=False)
        chosen = np.concatenate([top, drawn])
        stands_for = np.concatenate([np.ones(len(top)), np.full(len(drawn), len(rest) / max(1, len(drawn)))])
        rows.append(example.columns[chosen])
        owner.append(np.full(len(chosen), number))
        chars.append(example.ready.chars[chosen] * stands_for)
        gold.append(example.gold[chosen] * example.ready.chars[chosen])
        weights.append(example.weight / counts[_is_stretch(example)] / len(counts))
    x, of = torch.tensor(np.concatenate(rows)), torch.tensor(np.concatenate(owner))
    size, held = torch.tensor(np.concatenate(chars)).float(), torch.tensor(np.concatenate(gold)).float()
    traits, n = torch.tensor(np.stack([e.traits for e in train])), len(train)
    share = held / torch.zeros(n).index_add(0, of, held).clamp_min(1)[of] * torch.tensor(weights).float()[of]
    values = torch.zeros(traits.shape[1], len(names), requires_grad=True)
    optimizer = torch.optim.Adam([values], lr=_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, _EPOCHS)
    for _ in range(_EPOCHS):
        optimizer.zero_grad()
        scores = (x * (traits @ values)[of]).sum(1)
        highest = torch.full((n,), -1e9).scatter_reduce(0, of, scores.detach(), "amax")[of]
        total = torch.zeros(n).index_add(0, of, torch.exp(scores - highest) * size / 100)
        loss = -(share * (scores - highest - torch.log(total)[of])).sum() + _RIDGE * (values**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return Weights(tuple(names), values.detach().numpy())


def _is_stretch(example: Example) -> bool:
    return example.question.kind == STRETCH


def score(example: Example, weights: Weights) -> Scores:
    found = dict(zip(weights.names, example.columns.T, strict=True))
    return extended(example.asked, weighed(found, example.traits, weights), example.ready)


def shares(example: Example, scores: Scores) -> list[float]:
    """The share of gold within each budget."""
    passages = example.home.passages()
    ranked = [Found(passages[at], float(scores[at]), 0.0) for at in np.argsort(-scores, kind="stable")]
    notes = {note.id: note for note in example.home.notes()}
    return [
        coverage(
            [
                (int(s.excerpt.note_id), s.excerpt.start, s.excerpt.end)
                for s in stretches(ranked, notes, budget)
            ],
            example.question.gold,
            budget,
        )
        for budget in BUDGETS
    ]


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--qmsum", type=Path, required=True)
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    names, every = await examples([*qmsum(given.qmsum), *dialogues()], OnnxEmbedder())
    reached: dict[str, list[list[float]]] = defaultdict(list)
    for fold in range(_FOLDS):
        weights = fitted([e for e in every if e.fold != fold], names)
        for example in (e for e in every if e.fold == fold):
            reached[example.question.kind or STRETCH].append(shares(example, score(example, weights)))
    print(f"{'questions':<12}{'n':>6}" + "".join(f"{budget:>8}" for budget in BUDGETS))
    for kind, values in sorted(reached.items()):
        print(f"{kind:<12}{len(values):>6}" + "".join(f"{100 * x:>8.1f}" for x in np.mean(values, axis=0)))
    if given.write:
        weights = fitted(every, names)
        told = {"signals": names, "weights": [[round(float(v), 4) for v in row] for row in weights.values]}
        path = Path(vectorstore.__path__[0]) / "fusion.json"
        path.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        print(f"written: {path}")


if __name__ == "__main__":
    asyncio.run(main())
