"""Lines of a file or of standard input, read in batches of bounded size."""

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

LINES_AT_ONCE = 1024
BYTES_AT_ONCE = 16 * 1024 * 1024
BYTES_A_CHARACTER = 12
"""At most, as JSON writes them: an escape for each half of a character outside the basic plane."""
_BESIDE = 64 * 1024
_PIECE = 1024 * 1024

Line = bytes | None
"""None for one that was too long to be kept."""


def longest_line(max_note_chars: int) -> int:
    """Bytes of the longest line that can hold what the settings allow."""
    return BYTES_A_CHARACTER * max_note_chars + _BESIDE


def lines_of(file: Path, most: int) -> Iterator[Line]:
    """Split at newlines alone: a JSON string may hold other line separators as they are.

    `-` is standard input. No more than `most` bytes of a line are ever held.
    """
    with ExitStack() as closing:
        told = sys.stdin.buffer if str(file) == "-" else closing.enter_context(file.open("rb"))
        first = True
        while (line := told.readline(most + 1)) != b"":
            if first:
                line, first = line.removeprefix(BOM_UTF8), False
            whole = line.removesuffix(b"\n")
            if len(whole) <= most:
                yield whole
            else:
                _pass_over(told)
                yield None


def _pass_over(told: BinaryIO) -> None:
    """The rest of a line."""
    while (piece := told.readline(_PIECE)) and not piece.endswith(b"\n"):
        continue


def count_lines(file: Path) -> int | None:
    """None where it can be read but once."""
    if not file.is_file():
        return None
    with file.open("rb") as told:
        pieces = iter(lambda: told.read(_PIECE), b"")
        return sum(piece.count(b"\n") for piece in pieces) + 1


def batches(lines: Iterable[Line]) -> Iterator[list[tuple[int, Line]]]:
    """Numbered from 1; as many at once as are few enough and short enough."""
    batch: list[tuple[int, Line]] = []
    held = 0
    for number, line in enumerate(lines, start=1):
        batch.append((number, line))
        held += len(line or b"")
        if len(batch) == LINES_AT_ONCE or held >= BYTES_AT_ONCE:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
