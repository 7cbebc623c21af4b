"""Files of any size and build are read line by line, within bounds."""

import io
import json
import sys
from pathlib import Path

import pytest

from api.reading_lines import (
    BYTES_AT_ONCE,
    LINES_AT_ONCE,
    batches,
    count_lines,
    lines_of,
    longest_line,
)
from coach.capture.import_lines import read_line
from coach.errors import Invalid

_NOTE = {"type": "note", "key": "n", "session": "s", "author": "maya"}


def read(file: Path, held: bytes, most: int = 10) -> list[bytes | None]:
    file.write_bytes(held)
    return list(lines_of(file, most))


@pytest.mark.parametrize(
    ("held", "lines"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\n", [b"a"]),
        (b"a\n\nb", [b"a", b"", b"b"]),
        (b"a\r\nb\r\n", [b"a\r", b"b\r"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", [b"a", b"\xef\xbb\xbfb"]),
        ("a\u2028b\n".encode(), ["a\u2028b".encode()]),
        (b"0123456789\nb", [b"0123456789", b"b"]),
        (b"0123456789X\nb", [None, b"b"]),
        (b"a\n" + b"x" * 5_000_000 + b"\nb", [b"a", None, b"b"]),
        (b"a\n" + b"x" * 5_000_000, [b"a", None]),
    ],
)
def test_lines_end_at_newlines_and_a_long_one_is_passed_over(
    tmp_path: Path, held: bytes, lines: list[bytes | None]
) -> None:
    assert read(tmp_path / "lines", held) == lines


def test_no_more_of_a_line_is_held_than_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(io.BytesIO):
        longest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            got = super().readline(size)
            self.longest = max(self.longest, len(got))
            return got

    class Standard:
        buffer = Counting(b"x" * 9_000_000 + b"\nshort\n")

    monkeypatch.setattr(sys, "stdin", Standard)
    assert list(lines_of(Path("-"), 1000)) == [None, b"short"]
    assert Standard.buffer.longest <= 1024 * 1024


def test_the_longest_note_fits_however_it_is_written() -> None:
    text = "\U0001f600" * 1000
    assert len(json.dumps({**_NOTE, "text": text})) < longest_line(1000)


def test_a_batch_is_few_lines_or_few_bytes() -> None:
    assert [len(batch) for batch in batches([b"x"] * (LINES_AT_ONCE + 1))] == [LINES_AT_ONCE, 1]
    long = b"x" * (BYTES_AT_ONCE // 2)
    told = list(batches([long, long, b"a", None]))
    assert [[number for number, _ in batch] for batch in told] == [[1, 2], [3, 4]]


def test_lines_are_counted_where_they_can_be_read_again(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"a\nb\nc")
    assert count_lines(file) == 3
    assert count_lines(Path("-")) is None


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 10_000_000,
        b'{"type": "note", "text": ' + b'{"a":' * 1_000_000,
        b'{"type": "program", "objectives": [' + b"1," * 1_000_000 + b"1]}",
        b"{" + b",".join(b'"k%d":1' % n for n in range(300_000)) + b"}",
        "{}".encode("utf-16"),
        b"\xff\xfe{",
    ],
)
def test_a_line_that_is_built_to_cost_is_invalid(line: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_line(line)
    assert len(refused.value.detail + (refused.value.field or "")) < 200


def test_a_name_that_is_not_known_is_not_repeated_at_length() -> None:
    with pytest.raises(Invalid) as refused:
        read_line(json.dumps({**_NOTE, "text": "a", "n" * 100_000: 1}).encode())
    assert len(refused.value.field or "") <= 100
