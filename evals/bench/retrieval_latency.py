"""How long a search takes as the store grows: in one pairing, and program-wide.

    python -m evals.bench.retrieval_latency [10000 100000 ...] [--folder data/bench/latency]

Synthetic unit vectors around one centre for each pairing, 500 passages a pairing, one program. A store
is built once and kept. Measured, in milliseconds (median): our search in a pairing, its passages made
ready (warm) and not (cold); Chroma's own query with the pairing as filter; the floor, which is embedding
the query and scoring 500 vectors in memory; approximate search over the program, near a passage and
between what two pairings speak of, and its recall of the exact 10 best.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from tqdm import tqdm

from coach.domain.notes import Excerpt, Home, PlacedPassage, Scope
from coach.wiring.surroundings import silence_telemetry
from vectorstore.chroma import ChromaIndex, EmbeddedStore
from vectorstore.embedding import Vectors, unit
from vectorstore.generation import Generation, Serving
from vectorstore.index import Entry, Fingerprint
from vectorstore.onnx_embedder import OnnxEmbedder
from vectorstore.search import HybridSearch

_PAIRING = 500
_SESSIONS = 20
_SPREAD = 1.5
_ROUNDS, _PAIRINGS_ASKED = 40, 8
_BEST = 10
_WORDS = [
    *("demo", "podcast", "budget", "board", "customer", "post", "video", "meeting", "question", "plan"),
    *("launch", "team", "review", "draft", "market", "session", "feedback", "channel", "store", "number"),
    *("dashboard", "report", "goal", "press", "friday", "call", "product", "young", "idea", "short"),
]
_QUERY = "What did the team say about the budget of the video launch?"


def vectors_of(pairing: int, dimension: int) -> Vectors:
    rng = np.random.default_rng(pairing)
    centre = rng.standard_normal(dimension)
    return unit((centre + _SPREAD * rng.standard_normal((_PAIRING, dimension))).astype(np.float32))


def passages_of(pairing: int) -> list[PlacedPassage]:
    rng = np.random.default_rng(pairing)
    made = []
    for at in range(_PAIRING):
        session = at * _SESSIONS // _PAIRING
        text = " ".join(rng.choice(_WORDS, 25)) + "."
        held = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=session)
        place = Excerpt(f"n{session}", f"s{session}", held, "m", "Maya", 0, len(text), text)
        made.append(PlacedPassage(_id(pairing, at), place))
    return made


def _id(pairing: int, at: int) -> str:
    return f"{pairing:08x}-{at:04x}"


async def filled(folder: Path, size: int, fingerprint: Fingerprint) -> ChromaIndex:
    """The store of so many passages, built where it is not there in full."""
    index = await EmbeddedStore(folder).open(str(size), fingerprint)
    done = await index.count() // _PAIRING
    for pairing in tqdm(range(done, size // _PAIRING), desc=f"{size} passages", disable=None):
        home = Home("program", str(pairing), shared=True)
        entries = [Entry(_id(pairing, at), home) for at in range(_PAIRING)]
        await index.add(entries, vectors_of(pairing, fingerprint.dimension))
    return index


async def _milliseconds(calls: Iterator[Callable[[], Awaitable[object]]]) -> float:
    times = []
    for call in calls:
        started = time.perf_counter()
        await call()
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


def chromas_own(folder: Path) -> Callable[[Vectors, str], object]:
    """Chroma's own query of what a store holds, filtered by pairing."""
    import chromadb

    quiet = chromadb.config.Settings(anonymized_telemetry=False)
    held = chromadb.PersistentClient(str(folder), settings=quiet).list_collections()
    collection = next(collection for collection in held if collection.count())

    def filtered(wanted: Vectors, pairing: str) -> object:
        return collection.query(query_embeddings=wanted[None], where={"pairing": pairing}, n_results=_BEST)

    return filtered


async def measure(index: ChromaIndex, embedder: OnnxEmbedder, folder: Path, size: int) -> dict[str, float]:
    asked = np.random.default_rng(1).choice(size // _PAIRING, _PAIRINGS_ASKED, replace=False).tolist()
    passages = {pairing: passages_of(pairing) for pairing in asked}
    held = {pairing: vectors_of(pairing, embedder.dimension) for pairing in asked}
    search = HybridSearch(Serving(Generation("bench", embedder, index)))
    filtered = chromas_own(folder / str(size))

    def ours(pairing: int) -> Callable[[], Awaitable[object]]:
        return lambda: search.search(_QUERY, Scope("program", str(pairing)), passages[pairing], 10)

    async def floor(pairing: int) -> None:
        wanted = (await embedder.embed([_QUERY]))[0]
        np.argsort(-(held[pairing] @ wanted))[:10]

    async def chroma(pairing: int) -> None:
        wanted = (await embedder.embed([_QUERY]))[0]
        await asyncio.to_thread(filtered, wanted, str(pairing))

    rounds = [asked[at % len(asked)] for at in range(_ROUNDS)]
    told = {
        "cold": await _milliseconds(ours(pairing) for pairing in asked),
        "warm": await _milliseconds(ours(pairing) for pairing in rounds),
        "floor": await _milliseconds(partial(floor, pairing) for pairing in rounds),
        "chroma": await _milliseconds(partial(chroma, pairing) for pairing in rounds[:12]),
    }
    return told | await _program_wide(index, embedder.dimension, size)


def _program_queries(pairings: int, dimension: int) -> Iterator[Vectors]:
    """Near a passage, and between what two pairings speak of."""
    for pairing in range(0, pairings, max(1, pairings // _ROUNDS)):
        one, other = vectors_of(pairing, dimension), vectors_of((pairing + 7) % pairings, dimension)
        yield unit(one[:1] + 0.02 * other[:1])[0]
        yield unit(one.mean(axis=0, keepdims=True) + 0.5 * other[:1])[0]


async def _program_wide(index: ChromaIndex, dimension: int, size: int) -> dict[str, float]:
    """Recall of the exact best, and the time of one approximate search."""
    queries = list(_program_queries(size // _PAIRING, dimension))
    best: list[list[tuple[float, str]]] = [[] for _ in queries]
    for pairing in range(size // _PAIRING):
        cosines = vectors_of(pairing, dimension) @ np.stack(queries).T
        for number, column in enumerate(cosines.T):
            top = np.argsort(-column)[:_BEST]
            best[number] = sorted([*best[number], *((-float(column[at]), _id(pairing, at)) for at in top)])[
                :_BEST
            ]
    hits, times = 0, []
    for query, exact in zip(queries, best, strict=True):
        started = time.perf_counter()
        found = await index.nearest(query, "program", _BEST)
        times.append((time.perf_counter() - started) * 1000)
        hits += len({passage_id for passage_id, _ in found} & {passage_id for _, passage_id in exact})
    return {"program": median(times), "recall": hits / (_BEST * len(queries))}


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--folder", type=Path, default=Path("data/bench/latency"))
    asked.add_argument("--out", type=Path, default=Path("data/bench/retrieval_latency.json"))
    given = asked.parse_args()
    silence_telemetry()
    embedder, results = OnnxEmbedder(), {}
    await embedder.load()
    names = ("cold", "warm", "floor", "chroma", "program", "recall")
    print(f"{'passages':>10}" + "".join(f"{name:>10}" for name in names) + f"{'warm/floor':>12}")
    for size in given.sizes:
        index = await filled(given.folder, size, Fingerprint.of(embedder))
        told = results[size] = await measure(index, embedder, given.folder, size)
        await index.close()
        ratio = told["warm"] / told["floor"]
        print(
            f"{size:>10}" + "".join(f"{told[name]:>10.2f}" for name in names) + f"{ratio:>12.2f}", flush=True
        )
    first = results[given.sizes[0]]["warm"]
    print(
        "warm against the smallest: " + ", ".join(f"{s}: {t['warm'] / first:.2f}" for s, t in results.items())
    )
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
