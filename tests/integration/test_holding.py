"""A service that holds lines of an import for one measurement."""

import pytest

from coach.capture.import_lines import line_of
from coach.domain.ids import imported_id
from coach.settings import Settings
from evals.holding import holding
from tests.fakes import NOW, WordEmbedder

GOOD = line_of("program", key="p", name="Upward")
BAD = line_of("participant", key="maya", program="elsewhere", name="Maya", role="mentor")


async def test_it_holds_the_lines_in_a_folder_that_goes_with_it(settings: Settings) -> None:
    named = settings.model_copy(update={"database_url": "postgresql://db.invalid/counterpart"})
    async with holding([GOOD], named, lambda _: WordEmbedder(), lambda: NOW) as service:
        own = service.settings
        async with service.database.reading() as records:
            program = await records.people.program(imported_id("program", "p"))
        assert program is not None
        assert program.name == "Upward"
        assert service.clock() == NOW
        assert own.data_dir.is_dir()
    assert own.data_dir != settings.data_dir
    assert not own.data_dir.exists()


async def test_a_faulty_line_is_refused_or_left_out(settings: Settings) -> None:
    with pytest.raises(AssertionError, match="no program"):
        async with holding([GOOD, BAD], settings, lambda _: WordEmbedder()):
            pass
    lenient = holding([GOOD, BAD], settings, lambda _: WordEmbedder(), faults_allowed=True)
    async with lenient as service, service.database.reading() as records:
        assert await records.people.participant(imported_id("participant", "maya")) is None
        assert await records.people.program(imported_id("program", "p")) is not None
