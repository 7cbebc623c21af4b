"""What the process is told before anything else is loaded."""

import ctypes
import os
import sys

_M_PERTURB = -6


def scrub_memory() -> None:
    """Have glibc overwrite memory when it is freed and handed out again; elsewhere nothing.

    Chroma's HNSW library saves buffers that it never filled (`length.bin`), so that what lay in them
    before, words of notes among it, would reach the disk.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_PERTURB, 0xA5)


def silence_telemetry() -> None:
    """No library may report to anyone, whatever its default."""
    os.environ.update(
        ANONYMIZED_TELEMETRY="False",
        DO_NOT_TRACK="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        LANGCHAIN_TRACING_V2="false",
        LANGSMITH_TRACING="false",
        ORT_DISABLE_TELEMETRY="1",
    )
    os.environ.setdefault("OTEL_SDK_DISABLED", "true")
