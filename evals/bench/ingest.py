"""How much of the time of an import is embedding.

    python -m evals.bench.ingest [NOTES]

Imports notes into a fresh data directory as `counterpart import` does, then embeds the same passages
alone with the same loaded model, three times in turn; prints passages per second and the ratio, by the
clock and, since a shared machine's clock is noisy, by the processor time of this process.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from api.jobs import import_lines
from coach.settings import Settings
from coach.wiring import open_service
from evals.bench.texts import note_lines
from vectorstore.embedding import Embedder
from vectorstore.onnx_embedder import OnnxEmbedder

_NOTES, _PAIRINGS, _ROUNDS = 2000, 50, 3


class _Kept:
    """The embedder, keeping what it was asked to embed."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.name, self.dimension = inner.name, inner.dimension
        self.texts: list[str] = []
        self.load = inner.load

    async def embed(self, texts):  # type: ignore[no-untyped-def]
        self.texts += texts
        return await self._inner.embed(texts)


async def _import(embedder: Embedder, lines: list[bytes]) -> tuple[tuple[float, float], list[str]]:
    kept = _Kept(embedder)
    with tempfile.TemporaryDirectory() as folder:
        async with open_service(Settings(data_dir=Path(folder)), embedder_of=lambda _: kept) as service:
            started, worked = time.perf_counter(), time.process_time()
            report = await import_lines(service, lines)
            took = time.perf_counter() - started, time.process_time() - worked
    assert not report.faults, report.faults[:3]
    return took, kept.texts


async def main(notes: int) -> None:
    embedder = OnnxEmbedder()
    await embedder.embed(["warm up"])
    lines = list(note_lines(notes, _PAIRINGS))
    ratios = []
    for _ in range(_ROUNDS):
        (importing, importing_cpu), texts = await _import(embedder, lines)
        started, worked = time.perf_counter(), time.process_time()
        await embedder.embed(texts)
        alone, alone_cpu = time.perf_counter() - started, time.process_time() - worked
        ratios.append((alone / importing, alone_cpu / importing_cpu))
        print(
            f"{notes} notes, {len(texts)} passages: import {len(texts) / importing:6.1f} passages/s, "
            f"embedding alone {len(texts) / alone:6.1f} passages/s, "
            f"ratio {ratios[-1][0]:.2f} by the clock, {ratios[-1][1]:.2f} by processor time"
        )
    clock, processor = (median(column) for column in zip(*ratios, strict=True))
    print(f"median ratio {clock:.2f} by the clock, {processor:.2f} by processor time (the bar is 0.80)")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else _NOTES))
