"""The index's files hold vectors and opaque ids: no text, no name, nothing of this process's memory."""

import threading
from pathlib import Path

from coach.settings import Settings
from tests.integration.coached_program import KEPT_PRIVATE, coached_program, open_service_at

_ROUNDS = 6
_LITTER = b"yesterdaysnote"


def _files_with(folder: Path, word: bytes) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and word in file.read_bytes()]


def _litter() -> None:
    """Leave words in freed memory of many sizes, as any long-running process does."""
    for size in (400, 5_000, 20_000, 60_000, 100_000, 116_000, 125_000):
        held = [_LITTER * (size // len(_LITTER)) for _ in range(2_000_000 // size)]
        assert held
        del held


def _litter_everywhere() -> None:
    threads = [threading.Thread(target=_litter) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def test_no_word_of_a_note_and_no_name_is_written_into_the_index(settings: Settings) -> None:
    async with open_service_at(settings) as (service, client):
        program = await coached_program(client)
        assert await service.index.count() > 0
        index = settings.data_dir / "index"
        assert _files_with(index, program.world.pairing.encode()) == ["chroma.sqlite3"]
        words = (
            *KEPT_PRIVATE.split(),
            "podcast",
            "dashboard",
            "Okafor",
            "Halvorsen",
            *program.world.tokens.values(),
        )
        for word in (word for word in words if len(word) > 5):
            assert _files_with(index, word.encode()) == [], word


async def test_nothing_of_the_process_memory_is_written_into_the_index(settings: Settings) -> None:
    for round_ in range(_ROUNDS):
        own = settings.model_copy(update={"data_dir": settings.data_dir / str(round_)})
        _litter_everywhere()
        async with open_service_at(own) as (_, client):
            await coached_program(client)
            assert _files_with(own.data_dir / "index", _LITTER) == []
