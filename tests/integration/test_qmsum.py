"""Real transcripts: four teams of QMSum come in and the coach answers on them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.jobs import import_lines
from coach.domain.ids import imported_id
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from evals.datasets import qmsum as dataset
from tests.conftest import SHARED_DATA
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.integration.advising import asks, count_exact_citations, person, suggested

TEAMS = ("ES2005", "ES2008", "IS1000", "TS3010")
MEETINGS = SHARED_DATA / "qmsum" / "meetings.jsonl"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not MEETINGS.is_file(), reason="no transcripts beside this checkout"),
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def teams(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("qmsum") / "data")
    async with open_service(
        settings, embedder_of=lambda _: WordEmbedder(), reader=WordReader(), clock=lambda: NOW
    ) as service:
        lines = list(dataset.import_lines(MEETINGS, TEAMS))
        report = await import_lines(service, lines)
        assert report.faults == []
        assert report.added["pairing"] == len(TEAMS)
        yield service


@pytest.mark.parametrize("team", TEAMS)
async def test_every_suggestion_on_a_team_cites_exactly(teams: Service, team: str) -> None:
    pairing = imported_id("pairing", f"qmsum/{team}")
    actor = await person(teams, imported_id("participant", f"qmsum/{team}/Project Manager"))
    other = imported_id("participant", f"qmsum/{team}/Marketing")
    question = "What did the marketing expert say about the colour of the remote control?"
    cited = [
        await count_exact_citations(teams, actor, pairing, await suggested(teams, actor, ask))
        for ask in asks(pairing, other, question)
    ]
    assert sum(cited) > 15


@pytest.mark.parametrize("team", TEAMS)
async def test_a_transcript_splits_by_turn_and_keeps_its_words(teams: Service, team: str) -> None:
    meeting = dataset.meetings_by_team(Path(MEETINGS))[team][0]
    note_id = imported_id("note", f"qmsum/{meeting['meeting_id']}")
    async with teams.database.reading() as records:
        note = await records.notes.note(note_id)
        passages = (await records.notes.passages_of([note_id]))[note_id]
    assert note is not None
    assert note.text == dataset.transcript(meeting)
    said = {(turn["speaker"], turn["text"].strip()) for turn in meeting["turns"] if len(turn["text"]) <= 200}
    found = {(p.speaker, note.text[p.start : p.end]) for p in passages}
    assert {turn for turn in said if turn[1]} <= found
