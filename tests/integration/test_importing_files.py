"""`counterpart import` of files that hold too much in a line."""

import json
from pathlib import Path

from api.jobs import import_lines
from api.reading_lines import lines_of
from coach.service import Service

PROGRAM = b'{"type": "program", "key": "p", "name": "Reverse"}'
MAYA = b'{"type": "participant", "key": "maya", "program": "p", "name": "Maya", "role": "mentor"}'


async def test_lines_that_hold_too_much_are_told_by_number_and_the_others_go_in(
    service: Service, tmp_path: Path
) -> None:
    file = tmp_path / "lines.jsonl"
    huge = json.dumps({"type": "note", "text": "x" * 200_000}).encode()
    deep = b'{"type": "program", "name": ' + b"[" * 20_000
    file.write_bytes(b"\n".join([PROGRAM, huge, deep, MAYA]))
    report = await import_lines(service, lines_of(file, 100_000))
    assert dict(report.added) == {"program": 1, "participant": 1}
    assert [number for number, _ in report.faults] == [2, 3]
    assert "longer" in report.faults[0][1]
    assert "nests deeper" in report.faults[1][1]
