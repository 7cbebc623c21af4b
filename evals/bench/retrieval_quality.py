"""What retrieval finds for a budget of characters, beside what people would pick instead, in one run.

    python -m evals.bench.retrieval_quality [--qmsum MEETINGS.jsonl] [--conversations FILE.jsonl]

The others: LangChain's recursive splitter (1,000 characters, 200 shared) or single turns, ranked by
all-MiniLM-L6-v2 (what Chroma's own query gives, exactly), by BM25, or by reciprocal rank fusion of both.
`--conversations` takes any corpus in the form that evals/datasets/conversations.py describes; without
any option the dialogues in evals/fixtures are measured. The weights of our search were learned on QMSum
and on those dialogues: for conversations that they have not seen, `python -m evals.calibrate_search`
prints the same shares by cross-validation.
"""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import bm25s
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter
from numpy.typing import NDArray

from coach.advice.finding import stretches
from coach.domain.notes import Home, Scope
from evals.datasets.conversations import Conversation, Stretch, dialogues, from_json_lines, qmsum
from evals.retrieval import BUDGETS, coverage, gain
from vectorstore.embedding import Embedder
from vectorstore.generation import Generation, Serving
from vectorstore.lexical import lexical_terms
from vectorstore.memory import MemoryIndex
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.passage_index import EmbeddedPassages
from vectorstore.search import HybridSearch

_CHUNK, _SHARED = 1000, 200
_RANK_OFFSET = 60
_OURS, _ROUNDED = "counterpart", "counterpart int8"
Shares = dict[str, list[list[float]]]


def chunks(home: Conversation) -> list[Stretch]:
    splitter = RecursiveCharacterTextSplitter(chunk_size=_CHUNK, chunk_overlap=_SHARED, add_start_index=True)
    return [
        (session, start, start + len(part.page_content))
        for session, text in enumerate(home.texts)
        for part in splitter.create_documents([text])
        for start in [int(part.metadata["start_index"])]
    ]


def turns(home: Conversation) -> list[Stretch]:
    return [(session, start, end) for session, lines in enumerate(home.turns) for start, end in lines]


async def rankings(
    home: Conversation, units: Sequence[Stretch], embedder: Embedder
) -> Iterator[dict[str, NDArray[np.int_]]]:
    """For each question the order of the units by each of the others' ways."""
    texts = [home.texts[session][start:end] for session, start, end in units]
    vectors = await embedder.embed(texts)
    wanted = await embedder.embed([question.query for question in home.questions])
    words = bm25s.BM25()
    terms = [lexical_terms(text) for text in texts]
    words.index(terms, show_progress=False)
    known = {term for text in terms for term in text}

    def orders() -> Iterator[dict[str, NDArray[np.int_]]]:
        for question, vector in zip(home.questions, wanted, strict=True):
            asked = [term for term in lexical_terms(question.query) if term in known]
            dense = np.argsort(-(vectors @ vector), kind="stable")
            lexical = np.argsort(-(words.get_scores(asked) if asked else np.zeros(len(units))), kind="stable")
            fused = np.zeros(len(units))
            for order in (dense, lexical):
                fused[order] += 1 / (_RANK_OFFSET + np.arange(len(units)))
            yield {"MiniLM": dense, "BM25": lexical, "RRF": np.argsort(-fused, kind="stable")}

    return orders()


async def measure(
    conversations: Sequence[Conversation], embedder: Embedder, rounded: Embedder
) -> tuple[Shares, Shares]:
    """By way, for each question: the share of gold, and the gain, at each budget."""
    found, gained = defaultdict(list), defaultdict(list)
    for home in conversations:
        for kind, units in (("chunks", chunks(home)), ("turns", turns(home))):
            for question, orders in zip(home.questions, await rankings(home, units, embedder), strict=True):
                for way, order in orders.items():
                    given = [units[at] for at in order[:400]]
                    found[f"{way}, {kind}"].append([coverage(given, question.gold, b) for b in BUDGETS])
                    gained[f"{way}, {kind}"].append([gain(given, question.gold, b) for b in BUDGETS])
        for way, own in ((_OURS, embedder), (_ROUNDED, rounded)):
            await _ours(home, way, own, found, gained)
    return found, gained


async def _ours(home: Conversation, way: str, embedder: Embedder, found: Shares, gained: Shares) -> None:
    serving = Serving(Generation("bench", embedder, MemoryIndex(embedder.dimension)))
    passages, place = home.passages(), Home("corpus", home.id, shared=False)
    await EmbeddedPassages(serving).put([(p, place) for p in passages])
    search, notes = HybridSearch(serving), {note.id: note for note in home.notes()}
    for question in home.questions:
        ranked = await search.search(question.query, Scope("corpus", home.id), passages, len(passages))
        given = [
            [(int(s.excerpt.note_id), s.excerpt.start, s.excerpt.end) for s in stretches(ranked, notes, b)]
            for b in BUDGETS
        ]
        found[way].append([coverage(g, question.gold, b) for g, b in zip(given, BUDGETS, strict=True)])
        gained[way].append([gain(g, question.gold, b) for g, b in zip(given, BUDGETS, strict=True)])


def table(corpus: str, told: Shares, what: str) -> dict[str, object]:
    means = {way: 100 * np.mean(values, axis=0) for way, values in told.items()}
    best = np.max([mean for way, mean in means.items() if way not in (_OURS, _ROUNDED)], axis=0)
    ratios = means[_OURS] / best
    print(f"\n{corpus}: {what}, %, {len(told[_OURS])} questions")
    print(f"{'characters':<18}" + "".join(f"{budget:>8}" for budget in BUDGETS))
    for way, mean in means.items():
        print(f"{way:<18}" + "".join(f"{value:>8.1f}" for value in mean))
    print(f"{'ours / best other':<18}" + "".join(f"{ratio:>8.2f}" for ratio in ratios))
    return {"means": {way: mean.round(2).tolist() for way, mean in means.items()}, "ratios": ratios.tolist()}


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--qmsum", type=Path)
    asked.add_argument("--conversations", type=Path)
    asked.add_argument("--out", type=Path, default=Path("data/bench/retrieval_quality.json"))
    given = asked.parse_args()
    corpora = {"dialogues": dialogues()}
    if given.qmsum:
        corpora["QMSum"] = qmsum(given.qmsum)
    if given.conversations:
        corpora = {given.conversations.stem: from_json_lines(given.conversations)}
    embedder, rounded, results = OnnxEmbedder(), OnnxEmbedder(int8=True), {}
    for name, conversations in corpora.items():
        found, gained = await measure(conversations, embedder, rounded)
        results[name] = {
            "share": table(name, found, "share of gold evidence"),
            "nDCG": table(name, gained, "nDCG"),
        }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(f"\nwritten: {given.out}")


if __name__ == "__main__":
    asyncio.run(main())
