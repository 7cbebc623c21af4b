"""An entailment model of one's own choice, as a further check on what a language model says."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from vectorstore.packaged_model import ModelNotUsable

_ENTAILMENT = "entailment"


class CrossEncoderEntailment:
    """Any sentence-transformers CrossEncoder, by path or hub name, on a thread of its own.

    With several labels, one of them must be called "entailment"; a single label is taken for it.
    """

    def __init__(self, model: str) -> None:
        self._chosen = model
        self._ready: tuple[Any, int | None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="entailment")

    async def load(self) -> None:
        """ModelNotUsable for a model that can't be loaded, or has no label called "entailment"."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._loaded)

    async def entails(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each passage and statement the probability, 0 to 1, that the passage entails the statement."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._entails, list(pairs))

    def _entails(self, pairs: list[tuple[str, str]]) -> list[float]:
        if not pairs:
            return []
        model, label = self._loaded()
        several = label is not None
        scores = np.asarray(model.predict(pairs, apply_softmax=several, show_progress_bar=False))
        return [float(score) for score in (scores[:, label] if several else scores)]

    def _loaded(self) -> tuple[Any, int | None]:
        if self._ready is None:
            self._ready = _load(self._chosen)
        return self._ready


def _load(chosen: str) -> tuple[Any, int | None]:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(chosen)
    except (OSError, ValueError) as error:
        raise ModelNotUsable(
            f"the entailment model {chosen!r} can't be loaded here; name a folder that holds one"
        ) from error
    labels = {str(name).lower(): int(at) for name, at in model.config.label2id.items()}
    if len(labels) > 1 and _ENTAILMENT not in labels:
        raise ModelNotUsable(f"the model {chosen!r} has no label {_ENTAILMENT!r} but {', '.join(labels)}")
    return model, labels.get(_ENTAILMENT) if len(labels) > 1 else None
