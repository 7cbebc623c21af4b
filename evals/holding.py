"""Services that hold some lines of an import for as long as they are asked."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from api.jobs import import_lines
from coach.generations import EmbedderOf
from coach.ports import Clock
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service, utc_now


@asynccontextmanager
async def holding(
    lines: Iterable[bytes],
    settings: Settings,
    embedder_of: EmbedderOf | None = None,
    clock: Clock = utc_now,
    *,
    faults_allowed: bool = False,
) -> AsyncIterator[Service]:
    """A fresh service in a folder of its own, which goes with it, whatever database the settings name.

    AssertionError for a line with a fault, unless they are allowed: then it is left out.
    """
    with TemporaryDirectory(prefix="counterpart-eval-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "database_url": None, "chroma_url": None})
        async with open_service(own, embedder_of=embedder_of, clock=clock) as service:
            report = await import_lines(service, list(lines))
            assert faults_allowed or not report.faults, report.faults
            yield service
