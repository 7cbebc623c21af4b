"""Runs of the encoder on onnxruntime, over texts as tokens."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.bert_graph import Array, bert_graph, written_graph
from vectorstore.embedding import Vectors
from vectorstore.packaged_model import packaged_folder

WINDOW = 256
_TOKENS_AT_ONCE, _TOKENS_AT_LEAST = 1024, 128
_SPIN_MICROSECONDS = "100"


def encoder_session(weights: Mapping[str, Array], int8: bool = False, threads: int = 1) -> Any:
    """An onnxruntime session on weights named as the packaged ones: int32 `ids` and `mask` in, states out.

    `threads` is what one run uses; 0 leaves it to onnxruntime.
    """
    onnxruntime = _silent_onnxruntime()
    graph = bert_graph(weights, int8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.spin_duration_us", _SPIN_MICROSECONDS)
    options.add_external_initializers(
        list(graph.weights),
        [onnxruntime.OrtValue.ortvalue_from_numpy(values) for values in graph.weights.values()],
    )
    model = written_graph(int8).read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _silent_onnxruntime() -> Any:
    """From 1.29 on it tells its maker of every process and model, unless this is set before its import."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime


def packaged_tokenizer() -> Any:
    """The packaged model's tokenizer, which neither pads nor cuts off."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def states_of(session: Any, tokens: Sequence[list[int]]) -> tuple[Vectors, NDArray[np.int32]]:
    """Each text's states, shape (pieces, longest, dimension), and which of them are its own."""
    ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int32)
    mask = np.zeros_like(ids)
    for row, told in enumerate(tokens):
        ids[row, : len(told)] = told
        mask[row, : len(told)] = 1
    (states,) = session.run(None, {"ids": ids, "mask": mask})
    return states, mask


def batches(lengths: Sequence[int], workers: int = 1) -> Iterator[list[int]]:
    """Positions of texts of like length, so that little is padded, and enough batches for every worker."""
    most = min(_TOKENS_AT_ONCE, max(_TOKENS_AT_LEAST, sum(lengths) // workers))
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lambda n: lengths[n]):
        if batch and (len(batch) + 1) * lengths[at] > most:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch
