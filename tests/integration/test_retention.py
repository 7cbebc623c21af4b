"""Transcripts are erased so many days after their session; what people confirmed from them stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import Client, World, client_for
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.integration.checks import refused

_SPOKEN = "Maya: I promise to send the flamingo slides by Friday.\nIngrid: I would love to see the flamingo."
_WRITTEN = "We ran out of time for the flamingo launch."
_EDITED = "Ask how the launch went."


class Time:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def is_days_after(self, days: float) -> None:
        self.now = NOW + timedelta(days=days)


@pytest.fixture
def time() -> Time:
    return Time()


@asynccontextmanager
async def program(
    settings: Settings, time: Time, days: int | None, own: int | None = None
) -> AsyncIterator[tuple[Service, World, dict[str, str]]]:
    """A pairing with a transcript and a note of a session that was held now, and their ids."""
    limited = settings.model_copy(update={"retention_days": days})
    async with (
        open_service(
            limited, embedder_of=lambda _: WordEmbedder(), reader=WordReader(), clock=time
        ) as service,
        client_for(service) as client,
    ):
        world = World(client)
        told = {"name": "P", "objectives": [], **({"retention_days": own} if own else {})}
        made = await client.made("/v1/programs", told)
        assert made["retention_days"] == own
        world.program = made["id"]
        await world.person("Maya", "mentor")
        await world.person("Ingrid", "mentee")
        world.pairing = await world.pair("maya", "ingrid")
        session = await world.session(NOW.isoformat())
        spoken = await world.note(session, "maya", _SPOKEN, kind="transcript")
        written = await world.note(session, "maya", _WRITTEN)
        yield service, world, {"transcript": spoken["id"], "note": written["id"]}


async def is_there(world: World, note_id: str) -> bool:
    return (await world.client("GET", f"/v1/notes/{note_id}", world.tokens["maya"])).status_code == 200


@pytest.mark.parametrize(
    ("days", "own", "kept_until"), [(30, None, 30), (30, 7, 7), (7, 30, 30), (None, 7, 7), (None, None, None)]
)
async def test_transcripts_are_kept_as_long_as_the_settings_or_the_program_say(
    settings: Settings, time: Time, days: int | None, own: int | None, kept_until: int | None
) -> None:
    async with program(settings, time, days, own) as (service, world, ids):
        time.is_days_after(kept_until or 36_500)
        await service.retain()
        assert await is_there(world, ids["transcript"])
        if kept_until is not None:
            time.is_days_after(kept_until + 0.001)
            await service.look_after()
            assert not await is_there(world, ids["transcript"])
            async with service.database.reading() as records:
                assert await service.index.ids() == set(await records.notes.all_passage_ids())
        assert await is_there(world, ids["note"])


async def _agenda(client: Client, world: World, response: str) -> str:
    token = world.tokens["maya"]
    made = await client.asked(f"/v1/pairings/{world.pairing}/agenda", token, {"limit": 20})
    assert "flamingo slides" in str(made)
    told = {"response": response, "item": 0, "text": _EDITED if response == "edited" else None}
    await client.asked(f"/v1/suggestions/{made['id']}/response", token, told)
    return str(made["id"])


async def test_a_transcript_that_would_be_erased_at_once_is_refused(settings: Settings, time: Time) -> None:
    async with program(settings, time, 30, 7) as (_, world, _ids):
        old = await world.session((NOW - timedelta(days=8)).isoformat())
        body = {"text": _SPOKEN, "kind": "transcript"}
        told = refused(
            await world.client("POST", f"/v1/sessions/{old}/notes", world.tokens["maya"], body), 422
        )
        assert told["errors"][0]["field"] == "kind" and "kept no more" in told["detail"]
        assert await world.note(old, "maya", _WRITTEN)
        longer = await world.client("PATCH", f"/v1/programs/{world.program}", json={"retention_days": None})
        assert longer.json()["retention_days"] is None
        assert await world.note(old, "maya", _SPOKEN, kind="transcript")


async def test_what_people_made_of_suggestions_stays_without_the_suggestions_lines(
    settings: Settings, time: Time
) -> None:
    async with program(settings, time, 30) as (service, world, _):
        client, token = world.client, world.tokens["maya"]
        home = f"/v1/pairings/{world.pairing}"
        action = await client.made(f"{home}/actions", {"title": "Send the slides"}, token)
        goal = await client.made(f"{home}/goals", {"title": "Launch"}, token)
        edited, accepted, dismissed = [
            await _agenda(client, world, how) for how in ("edited", "accepted", "dismissed")
        ]
        time.is_days_after(31)
        await service.retain()
        for kept in (edited, accepted):
            told = (await client("GET", f"/v1/suggestions/{kept}", token)).json()
            assert told["items"] == []
            assert "transcript" in told["warnings"][0]
        refused(await client("GET", f"/v1/suggestions/{dismissed}", token), 404)
        async with service.database.reading() as records:
            rows = await records.erasure.connection.exec_driver_sql("SELECT response, text FROM responses")
            assert sorted(map(tuple, rows)) == [("accepted", None), ("edited", _EDITED)]
        for path in (f"/v1/actions/{action['id']}", f"/v1/goals/{goal['id']}"):
            assert (await client("GET", path, token)).status_code == 200
        assert "flamingo slides" not in str(await client.asked(f"{home}/agenda", token, {"limit": 20}))


async def test_the_log_tells_how_many_went_and_nothing_else(
    settings: Settings, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    async with program(settings, time, 1) as (service, _, ids):
        caplog.set_level("INFO", logger="coach")
        time.is_days_after(2)
        await service.retain()
        told = [record.getMessage() for record in caplog.records if record.name == "coach.retention"]
        assert told == ["1 transcripts were erased, their time had run out"]
        assert ids["transcript"] not in caplog.text


async def test_a_service_that_was_stopped_erases_when_it_starts(settings: Settings, time: Time) -> None:
    async with program(settings, time, None) as (_, _, ids):
        pass
    time.is_days_after(31)
    limited = settings.model_copy(update={"retention_days": 30})
    async with open_service(
        limited, embedder_of=lambda _: WordEmbedder(), reader=WordReader(), clock=time
    ) as service:
        await service.look_after()
        async with service.database.reading() as records:
            assert await records.notes.note(ids["transcript"]) is None
            assert await records.notes.note(ids["note"]) is not None
