"""The demonstration program, with the real embedder: what every suggestion must keep."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.demo import demo_key, demo_lines, demo_owner, demo_pairs
from api.jobs import import_lines
from coach.advice.agenda import AgendaAsk
from coach.advice.learnings import LearningsAsk
from coach.advice.reflection import ReflectionAsk
from coach.domain.ids import imported_id
from coach.domain.work import Action, ActionStatus
from coach.rules.confidentiality import names_anyone, repeats
from coach.rules.reflection import violations
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from tests.fakes import NOW
from tests.integration.advising import asks, count_exact_citations, person, suggested
from vectorstore.onnx_embedder import OnnxEmbedder

PAIRS = demo_pairs()
SEATS = [
    (pair["key"], person["key"]) for pair in PAIRS for side in ("mentors", "mentees") for person in pair[side]
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo") / "data")
    async with open_service(settings, embedder_of=lambda _: OnnxEmbedder(), clock=lambda: NOW) as service:
        report = await import_lines(service, list(demo_lines(NOW)))
        assert report.faults == []
        yield service


def pairing_id(pair: str) -> str:
    return imported_id("pairing", demo_key(pair))


def person_id(key: str) -> str:
    return imported_id("participant", demo_key(key))


def other_of(pair: str, seat: str) -> str:
    members = next(p for p in PAIRS if p["key"] == pair)
    return next(person_id(m["key"]) for m in [*members["mentors"], *members["mentees"]] if m["key"] != seat)


async def actions_of(service: Service, pair: str) -> list[Action]:
    async with service.database.reading() as records:
        return await records.work.actions_of(pairing_id(pair))


@pytest.mark.parametrize(("pair", "seat"), SEATS)
async def test_every_citation_quotes_exactly_what_the_reader_may_see(
    demo: Service, pair: str, seat: str
) -> None:
    actor, home = await person(demo, person_id(seat)), pairing_id(pair)
    cited = 0
    for ask in asks(home, other_of(pair, seat), "What did we agree about LinkedIn?"):
        cited += await count_exact_citations(demo, actor, home, await suggested(demo, actor, ask))
    assert cited > 10


@pytest.mark.parametrize(("pair", "seat"), SEATS)
async def test_the_agenda_holds_overdue_actions_and_no_done_one(demo: Service, pair: str, seat: str) -> None:
    actor = await person(demo, person_id(seat))
    agenda = await suggested(demo, actor, AgendaAsk(pairing_id(pair), minutes=60, limit=5))
    told = " ".join(f"{item.text} {item.detail or ''}" for item in agenda.items)
    actions = await actions_of(demo, pair)
    overdue = [action for action in actions if action.days_overdue(NOW.date())]

    assert overdue
    assert all(action.title in told for action in overdue)
    assert not any(f"“{a.title}”" in told for a in actions if a.status is not ActionStatus.OPEN)
    assert sum(item.minutes or 0 for item in agenda.items) == 60
    assert len(agenda.items) <= 5
    assert all(item.citations and item.detail for item in agenda.items if item.section == "focus")
    assert any(item.section == "focus" for item in agenda.items)


@pytest.mark.parametrize(("pair", "seat"), SEATS)
async def test_reflection_questions_are_valid_and_cover_what_so_what_now_what(
    demo: Service, pair: str, seat: str
) -> None:
    actor = await person(demo, person_id(seat))
    reflection = await suggested(demo, actor, ReflectionAsk(pairing_id(pair)))
    assert {item.section for item in reflection.items} == {"what", "so_what", "now_what"}
    assert [violations(item.text) for item in reflection.items] == [()] * len(reflection.items)
    assert all(item.citations for item in reflection.items)


async def test_learnings_show_shared_themes_without_names_or_sentences(demo: Service) -> None:
    owner = await person(demo, person_id(demo_owner()["key"]))
    async with demo.database.reading() as records:
        program = owner.participant.program_id
        people = await records.people.participants_of(program)
        texts = [note.text for note in await records.notes.program_notes(program)]
    learned = await suggested(demo, owner, LearningsAsk(program))

    assert len(learned.items) >= 3
    for item in learned.items:
        told = f"{item.text} {item.detail or ''}"
        assert item.pairings is not None and item.pairings >= 5
        assert not item.citations
        assert not names_anyone(told, [p.name for p in people])
        assert not repeats(told, texts)
    words = " ".join(item.text for item in learned.items).lower()
    assert "linkedin" in words and "assistant" in words and "time" in words
    assert "caption" not in words and "stream" not in words


async def test_importing_again_changes_nothing(demo: Service) -> None:
    async with demo.database.reading() as records:
        before = await records.notes.count()
    report = await import_lines(demo, list(demo_lines(NOW)))
    async with demo.database.reading() as records:
        assert await records.notes.count() == before
    assert not report.added and report.unchanged > before


def test_the_demonstration_is_of_the_promised_size() -> None:
    assert len(PAIRS) >= 6
    for pair in PAIRS:
        notes: list[dict[str, Any]] = [note for session in pair["sessions"] for note in session["notes"]]
        assert pair["kind"] == "reverse"
        assert 4 <= len(pair["sessions"]) <= 6
        assert any(note["visibility"] == "private" for note in notes)
        assert any(action["status"] == "done" for action in pair["actions"])
        assert any(a["status"] == "open" and a.get("due_in_days", 0) < 0 for a in pair["actions"])
