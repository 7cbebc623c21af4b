"""Command-line jobs on the records and the index."""

import asyncio
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from coach import wiring
from coach.capture.importing import Importer, ImportReport
from coach.service import Service
from coach.settings import Settings
from coach.wiring import Reindexed, data_lock, open_records, open_service

_LINES_AT_ONCE = 1024


async def migrate() -> None:
    settings = Settings()
    with data_lock(settings):
        await (await open_records(settings)).close()


async def reindex(model: str | None, rebuild: bool) -> Reindexed:
    with tqdm(desc="notes", unit="note", disable=None) as bar:
        return await wiring.reindex(Settings(), lambda n: _advance(bar, n), model=model, rebuild=rebuild)


async def import_file(file: Path, settings: Settings | None = None) -> ImportReport:
    async with open_service(settings or Settings()) as service:
        return await import_lines(service, await asyncio.to_thread(_lines, file))


async def import_lines(service: Service, lines: Sequence[bytes]) -> ImportReport:
    """Record and index the lines, some hundred at a time, with a progress bar on a terminal."""
    importer = Importer(service.database, service.splitter, service.clock, service.settings.max_note_chars)
    report = ImportReport()
    with tqdm(total=len(lines), desc="lines", unit="line", disable=None) as bar:
        for batch in _batches(lines):
            before = len(report.note_ids)
            await importer.take(batch, report)
            await service.indexer.index_notes(report.note_ids[before:])
            _advance(bar, len(batch))
    return report


def _lines(file: Path) -> list[bytes]:
    """Split at newlines alone: a JSON string may hold other line separators as they are."""
    told = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    return told.removeprefix(BOM_UTF8).split(b"\n")


def _batches(lines: Sequence[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    numbered = enumerate(lines, start=1)
    while batch := list(islice(numbered, _LINES_AT_ONCE)):
        yield batch


def _advance(bar: "tqdm[None]", by: int) -> None:
    bar.update(by)
