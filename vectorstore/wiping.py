"""Files overwritten before they are removed."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

_BLOCK = bytes(1 << 20)


def wipe(place: Path) -> None:
    """A file or folder is no more, its files' bytes overwritten; what resists is left for another time.

    Whether the disk keeps a former version elsewhere, as copy-on-write and flash may, is beyond a program.
    """
    for file in [place, *place.rglob("*")]:
        if file.is_file() and not file.is_symlink():
            with suppress(OSError):
                _overwrite(file)
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _overwrite(file: Path) -> None:
    with file.open("r+b", buffering=0) as opened:
        left = os.fstat(opened.fileno()).st_size
        while left > 0:
            left -= opened.write(_BLOCK[:left]) or 0
        os.fsync(opened.fileno())
