"""From nothing to ready: the service on an index that is there, beside sentence-transformers.

    python -m evals.bench.cold_start [--rounds 5]

Each round starts `counterpart serve` on the demonstration program, whose index is there, and waits until
/readyz answers 200; then a process of its own imports sentence-transformers and encodes one sentence with
the same weights. Both are timed from the start of their process; once with all files in the system's page
cache, and once, where we may empty that, with all files on the disk as after a restart of the machine.
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from statistics import median

from api.demo import demo_lines
from api.jobs import import_lines
from coach.settings import Settings
from coach.wiring import open_service, utc_now

_PEER = """
from sentence_transformers import SentenceTransformer
from vectorstore.packaged_model import packaged_model
SentenceTransformer(str(packaged_model()), device="cpu").encode(["What did we agree?"])
print("encoded", flush=True)
"""
_LONGEST = 120.0
_BETWEEN_LOOKS = 0.02


async def _prepare(data_dir: Path) -> None:
    async with open_service(Settings(data_dir=data_dir)) as service:
        await import_lines(service, list(demo_lines(utc_now())))


def service_ready(data_dir: Path) -> float:
    """Seconds until /readyz answers 200."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {**os.environ, "COUNTERPART_DATA_DIR": str(data_dir), "COUNTERPART_PORT": str(port)}
    started = time.perf_counter()
    command = [str(Path(sys.executable).with_name("counterpart")), "serve"]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as process:
        try:
            while not _is_ready(port):
                if time.perf_counter() - started > _LONGEST or process.poll() is not None:
                    raise RuntimeError("the service did not become ready")
                time.sleep(_BETWEEN_LOOKS)
            return time.perf_counter() - started
        finally:
            process.terminate()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def peer_ready() -> float:
    """Seconds until sentence-transformers has encoded one sentence."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    started = time.perf_counter()
    command = [sys.executable, "-c", _PEER]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        if process.stdout.readline() != b"encoded\n":
            raise RuntimeError("sentence-transformers did not encode")
        return time.perf_counter() - started


def empty_page_cache() -> bool:
    """Whether the system let us, so that every file is read from the disk again."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3", "ascii")
    except OSError:
        return False
    return True


def measured(data_dir: Path, rounds: int, cold: bool) -> list[tuple[float, float]]:
    """Seconds of the service and of its peer, round by round."""
    times = []
    for _ in range(rounds):
        pair = []
        for ready in (partial(service_ready, data_dir), peer_ready):
            if cold:
                empty_page_cache()
            pair.append(ready())
        times.append((pair[0], pair[1]))
    return times


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--out", type=Path, default=Path("data/bench/cold_start.json"))
    given = asked.parse_args()
    told = {}
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_prepare(Path(folder)))
        measured(Path(folder), 1, cold=False)
        told["files in memory"] = measured(Path(folder), given.rounds, cold=False)
        if empty_page_cache():
            told["files on disk"] = measured(Path(folder), given.rounds, cold=True)
    print(f"{'seconds until ready':<22}{'service':>10}{'sentence-transformers':>24}{'ratio':>8}")
    for name, rounds in told.items():
        ours, theirs = (median(times) for times in zip(*rounds, strict=True))
        print(f"{name:<22}{ours:>10.2f}{theirs:>24.2f}{median(o / t for o, t in rounds):>8.2f}")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
