"""`counterpart import` of files that hold too much in a line."""

import json
from pathlib import Path

from api.jobs import import_lines
from api.reading_lines import lines_of
from coach.capture.import_lines import line_of
from coach.domain.ids import imported_id
from coach.service import Service
from tests.conftest import Client
from tests.integration.checks import refused

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


async def test_a_note_that_its_author_erased_does_not_come_back_from_its_file(
    service: Service, client: Client
) -> None:
    lines = [
        PROGRAM,
        MAYA,
        line_of("participant", key="ing", program="p", name="Ingrid", role="mentee"),
        line_of("pairing", key="m", program="p", mentors=["maya"], mentees=["ing"], kind="reverse"),
        line_of("session", key="s", pairing="m", held_at="2027-03-04T15:00:00Z"),
        line_of("note", key="n", session="s", author="maya", text="I regret writing this."),
    ]
    assert (await import_lines(service, lines)).faults == []
    given = await client.made(f"/v1/participants/{imported_id('participant', 'maya')}/tokens")
    path = f"/v1/notes/{imported_id('note', 'n')}"
    assert (await client("DELETE", path, given["token"])).status_code == 204
    report = await import_lines(service, lines)
    assert report.faults == [
        (6, "key: was erased here by its author and stays so; take its line out of the file")
    ]
    refused(await client("GET", path, given["token"]), 404)
