"""Command-line jobs on the records and the index."""

import asyncio
from collections.abc import Iterable, Sized
from pathlib import Path

from tqdm import tqdm

from api.reading_lines import Line, batches, count_lines, lines_of, longest_line
from coach import wiring
from coach.capture.importing import Importer, ImportReport, NoteLimits
from coach.service import Service
from coach.settings import Settings
from coach.wiring import Reindexed, data_lock, open_records, open_service


async def migrate() -> None:
    settings = Settings()
    with data_lock(settings):
        await (await open_records(settings)).close()


async def reindex(model: str | None, rebuild: bool) -> Reindexed:
    with tqdm(desc="notes", unit="note", disable=None) as bar:
        return await wiring.reindex(Settings(), lambda n: _advance(bar, n), model=model, rebuild=rebuild)


async def import_file(file: Path, settings: Settings | None = None) -> ImportReport:
    async with open_service(settings or Settings()) as service:
        lines = lines_of(file, longest_line(service.settings.max_note_chars))
        return await import_lines(service, lines, await asyncio.to_thread(count_lines, file))


async def import_lines(service: Service, lines: Iterable[Line], count: int | None = None) -> ImportReport:
    """Record and index the lines, some hundred at a time, with a progress bar on a terminal."""
    limits = NoteLimits(service.settings.max_note_chars, service.settings.retention_days)
    importer = Importer(service.database, service.splitter, service.clock, limits)
    report = ImportReport()
    count = len(lines) if isinstance(lines, Sized) else count
    numbered = batches(lines)
    with tqdm(total=count, desc="lines", unit="line", disable=None) as bar:
        while batch := await asyncio.to_thread(next, numbered, None):
            before = len(report.note_ids)
            await importer.take(batch, report)
            await service.indexer.index_notes(report.note_ids[before:])
            _advance(bar, len(batch))
    return report


def _advance(bar: "tqdm[None]", by: int) -> None:
    bar.update(by)
