"""The packaged model on onnxruntime beside the same weights elsewhere: tokens a second of processor time.

    python -m evals.bench.embedding_speed [--qmsum MEETINGS.jsonl]

Each way runs in a process of its own: seconds until its first vector (import and load), tokens per
second of processor time and by the clock over the same passages, milliseconds for a single query, and
memory. "chroma default" is what Chroma's default embedding function does with the same weights: every
text padded to 256 tokens, 32 at a time. Cosines are with sentence-transformers' vectors. The order goes
round so that no way has the quietest moment to itself.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from vectorstore.embedding import Vectors, unit

_WAYS = ("sentence-transformers", "onnxruntime", "onnxruntime int8", "chroma default")
_ROUNDS = 3
_TEXTS = 600
_QUERIES = 30
_PADDED, _PADDED_BATCH = 256, 32
_QUERY = "What did we say about the budget of the remote control?"


def passages(qmsum: Path | None) -> list[str]:
    """As they are embedded: of QMSum's teams, or of the dialogues of this project."""
    from evals.datasets import conversations
    from vectorstore.passages import embedded_text

    homes = conversations.qmsum(qmsum) if qmsum else conversations.dialogues()
    said = [p.excerpt for home in homes for p in home.passages()]
    step = max(1, len(said) // _TEXTS)
    return [embedded_text(e.text, e.held_at, e.speaker) for e in said[::step]][:_TEXTS]


def encoder(way: str) -> Callable[[Sequence[str]], Vectors]:
    if way == "sentence-transformers":
        os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer

        from vectorstore.packaged_model import packaged_model

        model = SentenceTransformer(str(packaged_model()))
        return lambda texts: model.encode(list(texts), show_progress_bar=False)
    if way == "chroma default":
        return _padded()
    from vectorstore.onnx_embedder import OnnxEmbedder

    embedder = OnnxEmbedder(int8=way.endswith("int8"))
    loop = asyncio.new_event_loop()
    return lambda texts: loop.run_until_complete(embedder.embed(texts))


def _padded() -> Callable[[Sequence[str]], Vectors]:
    """Chroma's ONNXMiniLM_L6_V2 in its way of batching, whose own weights can't be downloaded here."""
    from tokenizers import Tokenizer

    from vectorstore.encoder import encoder_session
    from vectorstore.packaged_model import packaged_model, packaged_weights

    folder = packaged_model()
    session = encoder_session(packaged_weights(), threads=0)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_length=_PADDED)
    tokenizer.enable_padding(length=_PADDED)

    def encode(texts: Sequence[str]) -> Vectors:
        made = []
        for at in range(0, len(texts), _PADDED_BATCH):
            told = tokenizer.encode_batch(list(texts[at : at + _PADDED_BATCH]))
            ids = np.array([t.ids for t in told], dtype=np.int32)
            mask = np.array([t.attention_mask for t in told], dtype=np.int32)
            (states,) = session.run(None, {"ids": ids, "mask": mask})
            made.append(np.einsum("bld,bl->bd", states, mask.astype(np.float32)))
        vectors = np.concatenate(made)
        return unit(vectors)

    return encode


def one_way(way: str, texts: Sequence[str], kept: Path) -> dict[str, float]:
    began = time.perf_counter()
    encode = encoder(way)
    encode([_QUERY])
    ready = time.perf_counter() - began
    times = []
    for _ in range(_QUERIES):
        started = time.perf_counter()
        encode([_QUERY])
        times.append(time.perf_counter() - started)
    clock, worked = time.perf_counter(), time.process_time()
    vectors = encode(texts)
    clock, worked = time.perf_counter() - clock, time.process_time() - worked
    np.save(kept, vectors)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"ready": ready, "query": median(times) * 1000, "clock": clock, "worked": worked, "memory": memory}


def tokens_in(texts: Sequence[str]) -> int:
    from tokenizers import Tokenizer

    from vectorstore.packaged_model import packaged_model

    tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
    tokenizer.no_padding()
    return sum(len(told.ids) for told in tokenizer.encode_batch(list(texts)))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--qmsum", type=Path)
    asked.add_argument("--out", type=Path, default=Path("data/bench/embedding_speed.json"))
    asked.add_argument("--way", choices=_WAYS, help=argparse.SUPPRESS)
    asked.add_argument("--kept", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    texts = passages(given.qmsum)
    if given.way:
        print(json.dumps(one_way(given.way, texts, given.kept)))
        return
    told, cosines, tokens = defaultdict(list), {}, tokens_in(texts)
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(_ROUNDS):
            for way in (*_WAYS[turn:], *_WAYS[:turn]):
                told[way].append(_apart(way, given.qmsum, Path(folder) / f"{way}.npy"))
        reference = np.load(Path(folder) / f"{_WAYS[0]}.npy")
        for way in _WAYS:
            cosines[way] = (np.load(Path(folder) / f"{way}.npy") * reference).sum(axis=1)
    rows = {way: {name: median(run[name] for run in runs) for name in runs[0]} for way, runs in told.items()}
    base = rows[_WAYS[0]]
    print(f"{len(texts)} passages, {tokens} tokens, {_ROUNDS} rounds, medians")
    print(
        f"{'':<22}{'tokens/CPU s':>13}{'ratio':>7}{'tokens/s':>10}{'ready s':>9}{'query ms':>10}{'ratio':>7}"
        f"{'MiB':>7}{'least cosine':>14}"
    )
    for way in _WAYS:
        row = rows[way]
        print(
            f"{way:<22}{tokens / row['worked']:>13.0f}{base['worked'] / row['worked']:>7.2f}"
            f"{tokens / row['clock']:>10.0f}{row['ready']:>9.2f}{row['query']:>10.1f}"
            f"{row['query'] / base['query']:>7.2f}{row['memory']:>7.0f}{cosines[way].min():>14.5f}"
        )
    results = {
        "tokens": tokens,
        "ways": rows,
        "least cosine": {w: float(c.min()) for w, c in cosines.items()},
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(f"written: {given.out}")


def _apart(way: str, qmsum: Path | None, kept: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "evals.bench.embedding_speed", "--way", way, "--kept", str(kept)]
    command += ["--qmsum", str(qmsum)] if qmsum else []
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


if __name__ == "__main__":
    main()
