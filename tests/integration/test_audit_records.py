"""The audit in the database: appended to, without a word, and whole when many write at once."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from coach.advice.briefs import Brief
from coach.domain.suggestions import Draft, Item
from coach.drafting.offline import OfflineDrafter
from coach.errors import NotReady
from coach.settings import Settings
from tests.conftest import ADMIN, database_file
from tests.integration.audited import Audited, open_audited

_MARKER = "xylophonequagga"
_AGAINST_IT = (
    "UPDATE audit SET action = 'searched'",
    "UPDATE audit SET actor_id = NULL",
    "UPDATE audit SET program_id = NULL",
    "UPDATE audit SET at = '2020-01-01 00:00:00'",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE program_id IS NULL OR actor_id IS NOT NULL",
    "REPLACE INTO audit SELECT number, 'x', at, day, NULL, actor_kind, NULL, action, NULL, NULL FROM audit",
    "INSERT OR REPLACE INTO audit_concerns SELECT audit_number, position, participant_id, NULL "
    "FROM audit_concerns",
    "UPDATE audit_concerns SET note_id = NULL",
    "UPDATE audit_concerns SET participant_id = (SELECT max(id) FROM participants)",
    "DELETE FROM audit_concerns",
)


@pytest.fixture
async def audited(settings: Settings) -> AsyncIterator[Audited]:
    async with open_audited(settings) as opened:
        yield opened


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(database_file(settings)) as connection:
        return connection.execute(query).fetchall()


async def test_the_database_refuses_to_change_what_was_recorded(
    audited: Audited, settings: Settings, subtests: pytest.Subtests
) -> None:
    await audited.program.ask("agenda")
    tables = "audit", "audit_concerns"
    before = [rows(settings, f"SELECT * FROM {table}") for table in tables]
    assert all(before)
    connection = sqlite3.connect(database_file(settings))
    connection.execute("PRAGMA foreign_keys=ON")
    for statement in _AGAINST_IT:
        with (
            subtests.test(statement=statement),
            pytest.raises(sqlite3.IntegrityError, match="audit is appended to only"),
        ):
            connection.execute(statement)
    connection.close()
    assert [rows(settings, f"SELECT * FROM {table}") for table in tables] == before


async def test_an_erased_person_goes_and_what_was_done_stays(audited: Audited, settings: Settings) -> None:
    await audited.program.ask("agenda")
    ingrid, maya = audited.world.ids["ingrid"], audited.world.ids["maya"]
    count = rows(settings, "SELECT count(*) FROM audit")[0][0]
    for who in (maya, ingrid):
        assert (await audited.client("DELETE", f"/v1/participants/{who}", ADMIN)).status_code == 200
    left = str([rows(settings, f"SELECT * FROM {t}") for t in ("audit", "audit_concerns")])
    assert ingrid not in left and maya not in left
    assert rows(settings, "SELECT count(*) FROM audit")[0][0] == int(str(count)) + 2


async def test_a_program_that_goes_takes_its_rows_and_nobody_gets_their_numbers(
    audited: Audited, settings: Settings
) -> None:
    client = audited.client
    other = await client.made("/v1/programs", {"name": "Other", "objectives": ["x"]})
    ((numbers,),) = rows(settings, "SELECT max(number) FROM audit")
    connection = sqlite3.connect(database_file(settings), isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("DELETE FROM programs WHERE id = ?", (other["id"],))
    connection.close()
    assert rows(settings, f"SELECT * FROM audit WHERE number = {numbers}") == []
    await client.made("/v1/programs", {"name": "Another", "objectives": ["x"]})
    assert rows(settings, "SELECT max(number) FROM audit") == [(int(str(numbers)) + 1,)]


async def test_no_word_of_anyone_gets_into_it(audited: Audited, settings: Settings) -> None:
    """Not of notes, questions, drafts, titles or names."""
    world, home = audited.world, f"/v1/pairings/{audited.world.pairing}"
    who = await world.person(f"{_MARKER} Person", "mentor")
    note = await audited.note_of("ingrid", f"We tried {_MARKER} twice. I will send {_MARKER} by Friday.")
    token = audited.token("maya")
    await audited.client.made(f"{home}/actions", {"title": f"Send {_MARKER}"})
    await audited.client.asked(f"{home}/agenda", token, {"focus": _MARKER})
    await audited.client.asked(f"{home}/ask", token, {"question": f"What of {_MARKER}?"})
    await audited.client.asked(f"{home}/search", token, {"query": _MARKER})
    draft = {"draft": f"You forgot {_MARKER}.", "to": world.ids["ingrid"]}
    await audited.client.asked(f"{home}/feedback", token, draft)
    await audited.client("GET", f"/v1/notes/{note['id']}", token)
    await audited.client("DELETE", f"/v1/participants/{world.ids[who]}", ADMIN)
    await audited.service.database.trail.settle()
    kept = [rows(settings, f"SELECT * FROM {t}") for t in ("audit", "audit_concerns")]
    assert len(kept[0]) > 20 and note["id"] in str(kept[1])
    for word in (_MARKER, "Okafor", "Ingrid", "Reverse", "social media", "Send"):
        assert word not in str(kept)


async def test_many_at_once_are_all_on_record(audited: Audited, settings: Settings) -> None:
    note = await audited.note_of("ingrid", "We tried the pelican board.")
    token, home = audited.token("maya"), f"/v1/pairings/{audited.world.pairing}"
    calls = [audited.client("GET", f"/v1/notes/{note['id']}", token) for _ in range(40)]
    calls += [audited.client("POST", f"{home}/search", token, {"query": "demo"}) for _ in range(20)]
    calls += [audited.client("POST", f"{home}/agenda", token, {}) for _ in range(10)]
    calls += [audited.client("GET", "/v1/audit", token) for _ in range(10)]
    assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}
    done = await audited.actions("maya")
    assert [done.count(a) for a in ("read_note", "searched", "asked_agenda")] == [40, 20, 10]
    numbers = [n for (n,) in rows(settings, "SELECT number FROM audit ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_what_was_seen_is_on_record_after_a_stop(settings: Settings) -> None:
    async with open_audited(settings) as audited:
        note = await audited.note_of("ingrid", "We tried the pelican board.")
        await audited.client("GET", f"/v1/notes/{note['id']}", audited.token("maya"))
        assert rows(settings, "SELECT * FROM audit WHERE action = 'read_note'") == []
    assert len(rows(settings, "SELECT * FROM audit WHERE action = 'read_note'")) == 1


async def test_who_was_erased_meanwhile_does_not_come_back_with_what_was_seen(
    audited: Audited, settings: Settings
) -> None:
    note = await audited.note_of("ingrid", "We tried the pelican board.")
    maya = audited.world.ids["maya"]
    await audited.client("GET", f"/v1/notes/{note['id']}", audited.token("maya"))
    assert (await audited.client("DELETE", f"/v1/participants/{maya}", ADMIN)).status_code == 200
    await audited.service.database.trail.settle()
    (read,) = rows(settings, "SELECT actor_kind, actor_id FROM audit WHERE action = 'read_note'")
    assert read == ("person", None)


class ByItem:
    """The offline coach's draft, handed over item by item as a model does, and never to its end."""

    async def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]:
        for item in (await OfflineDrafter().draft(brief)).items:
            yield item
        raise NotReady("this drafter never comes to its end")


async def test_a_passage_shown_in_a_stream_that_breaks_off_is_on_record(settings: Settings) -> None:
    async with open_audited(settings, ByItem()) as audited:
        path, token, body = audited.program.call("agenda")
        stream = {"Accept": "text/event-stream"}
        answer = await audited.client("POST", path, token, body, headers=stream)
        assert "event: item" in answer.text and "event: done" not in answer.text
        assert "shown_passage" in await audited.actions("maya")
        assert "asked_agenda" not in await audited.actions("maya")
