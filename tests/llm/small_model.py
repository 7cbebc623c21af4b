"""A real OpenAI-compatible server with a small language model, as a process of its own.

python -m tests.llm.small_model FILE

prints its address and serves until its standard input ends.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.llm.model_file import MODEL_FILE

_CONTEXT, _AT_ONCE, _MOST_TOKENS = 4096, 64, 200
_ROOT = Path(__file__).parents[2]


@contextmanager
def small_model() -> Iterator[str]:
    """The base URL of the server; it ends with the block."""
    command = [sys.executable, "-m", "tests.llm.small_model", str(MODEL_FILE)]
    env = {**os.environ, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_ROOT, env=env, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        address = next((line for line in process.stdout if line.startswith("http://127.0.0.1:")), None)
        assert address is not None, "the model's server did not start"
        yield f"{address.strip()}/v1"
        process.stdin.close()


def main(file: str) -> None:
    """One thread, the same words each time, and batches so small that it soon sees that nobody waits."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.n_ctx, params.n_predict = _CONTEXT, _MOST_TOKENS
    params.n_batch = params.n_ubatch = _AT_ONCE
    params.n_gpu_layers, params.cache_ram_mib, params.verbosity = 0, 0, 0
    params.sampling.seed, params.sampling.temp = 1, 0.2
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads, threads.poll = 1, 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
