"""Who saw or did what: each deed on record, told to whom it concerns and no further."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from coach.settings import Settings
from tests.conftest import ADMIN
from tests.integration.audited import Audited, open_audited
from tests.integration.checks import refused
from tests.integration.coached_program import KINDS

_ASKED = {"ask": "asked_question", "learnings": "read_learnings"}
_OF_PASSAGES = ("agenda", "reflection", "feedback", "progress", "ask")


@pytest.fixture
async def audited(settings: Settings) -> AsyncIterator[Audited]:
    async with open_audited(settings) as opened:
        yield opened


def test_every_kind_of_suggestion_has_a_word() -> None:
    assert set(_OF_PASSAGES) | {"learnings"} == set(KINDS)


async def test_what_one_does_with_a_note_is_told_to_oneself_at_once(audited: Audited) -> None:
    note = await audited.note_of("ingrid", "We tried the pelican board.")
    path, token = f"/v1/notes/{note['id']}", audited.token("ingrid")
    await audited.client("GET", path, token)
    await audited.client("GET", f"/v1/sessions/{note['session_id']}/notes", token)
    await audited.client("PUT", path, token, {"text": "We tried the heron board."})
    await audited.client("PUT", path, token, {"text": "We tried the heron board.", "visibility": "private"})
    await audited.client("PUT", path, token, {"text": "We tried the stork.", "visibility": "pair"})
    await audited.client("DELETE", path, token)
    entries = await audited.of("ingrid")
    done = [
        "created_note",
        "read_note",
        "listed_notes",
        "changed_note",
        "changed_visibility",
        "changed_note",
        "changed_visibility",
        "erased_note",
    ]
    assert sorted(e["action"] for e in entries if note["id"] in e["note_ids"]) == sorted(done)
    newest = next(e for e in entries if e["action"] == "erased_note")
    assert newest["who"] == {"kind": "you", "id": None, "name": None}
    assert newest["at"] == "2027-03-10T09:00:00Z" and newest["day"] == "2027-03-10"
    assert newest["place"] == {"kind": "session", "id": note["session_id"]}
    assert newest["participant_ids"] == []


async def test_a_suggestion_that_was_asked_for_is_on_record_once_and_so_is_reading_it_again(
    audited: Audited, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        who = "olga" if kind == "learnings" else "maya"
        before = await audited.of(who)
        suggestion = await audited.program.ask(kind)
        await audited.client("GET", f"/v1/suggestions/{suggestion['id']}", audited.token(who))
        again, asked, *others = await audited.of(who)
        with subtests.test(kind=kind):
            told = [asked["action"], again["action"]]
            assert told == [_ASKED.get(kind, f"asked_{kind}"), "read_suggestion"]
            assert asked["place"] == again["place"] == {"kind": "suggestion", "id": suggestion["id"]}
            cited = {c["note_id"] for item in suggestion["items"] for c in item.get("citations", [])}
            assert set(asked["note_ids"]) <= cited
            assert others == before
        audited.clock.now += timedelta(minutes=1)


async def test_what_is_refused_is_on_nobodys_record(audited: Audited) -> None:
    note = await audited.note_of("ingrid", "Nobody knows of the pelican.", visibility="private")
    before = await audited.actions("maya")
    refused(await audited.client("GET", f"/v1/notes/{note['id']}", audited.token("maya")), 404)
    refused(await audited.client("GET", "/v1/suggestions/none", audited.token("maya")), 404)
    assert await audited.actions("maya") == before


async def test_an_author_is_told_the_day_after_who_read_which_note(audited: Audited) -> None:
    note = await audited.note_of("ingrid", "We tried the pelican board.")
    for _ in range(3):
        await audited.client("GET", f"/v1/notes/{note['id']}", audited.token("maya"))
    assert [e for e in await audited.of("ingrid") if e["who"]["kind"] == "participant"] == []
    audited.clock.next_day()
    (told,) = [e for e in await audited.of("ingrid") if e["who"]["kind"] == "participant"]
    assert told["who"] == {"kind": "participant", "id": audited.world.ids["maya"], "name": "Maya Okafor"}
    assert (told["action"], told["day"], told["at"]) == ("read_note", "2027-03-10", None)
    assert (told["note_ids"], told["place"], told["participant_ids"]) == ([note["id"]], None, [])


_PELICAN = (
    "We postponed the pelican demo again. I felt nervous before the pelican demo. "
    "Maya promised to show the pelican demo by Friday. You looked at your phone during the pelican demo."
)


async def _told_of_asking(audited: Audited, kind: str) -> list[dict[str, Any]]:
    """What Ingrid is told, the day after, of Maya's asking or searching."""
    day = audited.clock.now.date().isoformat()
    if kind == "search":
        path = f"/v1/pairings/{audited.world.pairing}/search"
        await audited.client.asked(path, audited.token("maya"), {"query": "pelican demo", "limit": 1})
    else:
        await audited.program.ask(kind)
    audited.clock.next_day()
    told = await audited.of("ingrid")
    return [e for e in told if e["who"]["kind"] == "participant" and e["day"] == day]


async def test_looking_again_names_no_note_again_on_the_same_day(audited: Audited) -> None:
    first, other = [await audited.note_of("ingrid", text) for text in ("The pelican.", "The heron.")]
    for note in (first, first, other, first):
        await audited.client("GET", f"/v1/notes/{note['id']}", audited.token("maya"))
        await audited.service.database.trail.settle()
    assert (await audited.actions("maya")).count("read_note") == 4
    assert await concerned(audited) == 2
    audited.clock.next_day()
    (told,) = [e for e in await audited.of("ingrid") if e["who"]["name"] == "Maya Okafor"]
    assert set(told["note_ids"]) == {first["id"], other["id"]}
    for _ in range(3):
        await audited.client("GET", f"/v1/notes/{first['id']}", audited.token("maya"))
    await audited.service.database.trail.settle()
    assert await concerned(audited) == 3


async def concerned(audited: Audited) -> int:
    """How often a note is named as read."""
    query = (
        "SELECT count(*) FROM audit_concerns JOIN audit ON number = audit_number WHERE action = 'read_note'"
    )
    async with audited.service.database.reading() as records:
        return int((await records.audit.connection.exec_driver_sql(query)).scalar_one())


async def test_an_author_is_not_told_what_was_asked_when_a_passage_was_shown(
    audited: Audited, subtests: pytest.Subtests
) -> None:
    note = await audited.note_of("ingrid", _PELICAN)
    told = {kind: await _told_of_asking(audited, kind) for kind in (*_OF_PASSAGES, "search")}
    assert {"agenda", "progress", "search"} <= {kind for kind, entries in told.items() if entries}
    for kind, entries in told.items():
        for entry in entries:
            with subtests.test(kind=kind):
                assert {k: v for k, v in entry.items() if k not in ("id", "day", "who")} == {
                    "at": None,
                    "action": "shown_passage",
                    "place": None,
                    "note_ids": [note["id"]],
                    "participant_ids": [],
                }


async def test_asking_for_an_action_by_name_tells_no_more_of_others(audited: Audited) -> None:
    await audited.note_of("ingrid", _PELICAN)
    assert await _told_of_asking(audited, "agenda")
    assert await audited.of("ingrid", action="asked_agenda") == []
    assert len(await audited.of("ingrid", action="shown_passage")) == 1
    assert len(await audited.of("maya", action="asked_agenda")) == 1


async def test_nobody_is_told_of_what_does_not_concern_them(audited: Audited) -> None:
    for kind in KINDS:
        await audited.program.ask(kind)
    mine = await audited.note_of("maya", "The pelican is mine alone.", visibility="private")
    await audited.client("GET", f"/v1/notes/{mine['id']}", audited.token("maya"))
    audited.clock.next_day()
    for who in ("ingrid", "olga", "bruno", "operator"):
        assert mine["id"] not in json.dumps(await audited.of(who))
    assert set(await audited.actions("bruno")) == {"gave_token", "added_pairing", "added_participant"}
    assert {e["who"]["kind"] for e in await audited.of("olga")} == {"you", "operator"}
    assert {e["who"]["kind"] for e in await audited.of("operator")} == {"you"}


async def test_the_operator_sees_what_the_operator_did_and_for_whom(audited: Audited) -> None:
    entries = await audited.of("operator")
    assert {e["action"] for e in entries} == {
        "added_program",
        "added_participant",
        "added_pairing",
        "gave_token",
    }
    maya, ingrid = audited.world.ids["maya"], audited.world.ids["ingrid"]
    assert {"kind": "pairing", "id": audited.world.pairing} in [e["place"] for e in entries]
    assert [maya, ingrid] in [e["participant_ids"] for e in entries if e["action"] == "added_pairing"]
    assert [note for e in entries for note in e["note_ids"]] == []


async def test_owners_are_told_counts_of_whole_days_where_enough_did_it(audited: Audited) -> None:
    home = f"/v1/pairings/{audited.world.pairing}/search"
    for who in ("maya", "ingrid"):
        await audited.client.asked(home, audited.token(who), {"query": "demo"})
    operators = ("2027-03-10", "operator", "added_program")
    assert await audited.counts("olga") == await audited.counts("operator")
    assert (await audited.counts("olga"))[operators] == 1
    audited.clock.next_day()
    by_people = {key: n for key, n in (await audited.counts("olga")).items() if key[1] == "person"}
    assert by_people == {("2027-03-10", "person", "created_note"): 5}


async def test_an_owner_is_none_of_those_who_have_to_be_enough(audited: Audited) -> None:
    async def prefer(who: str) -> None:
        told = await audited.client("PUT", "/v1/me/preferences", audited.token(who), {"model_use": False})
        assert told.status_code == 200

    for who in ("olga", "maya", "ingrid"):
        await prefer(who)
    audited.clock.next_day()
    changed = ("2027-03-10", "person", "changed_settings")
    assert changed not in await audited.counts("olga")
    for who in ("olga", "maya", "ingrid", "aiko"):
        await prefer(who)
    audited.clock.next_day()
    told = await audited.counts("olga")
    assert changed not in told and told["2027-03-11", "person", "changed_settings"] == 4


async def test_counts_are_the_owners_and_the_operators(audited: Audited) -> None:
    path = f"/v1/programs/{audited.world.program}/audit"
    for who in ("maya", "ingrid"):
        refused(await audited.client("GET", path, audited.token(who)), 404)
    refused(await audited.client("GET", path, None), 401)
    refused(await audited.client("GET", "/v1/audit", None), 401)


async def test_who_was_erased_is_no_longer_named(audited: Audited) -> None:
    note = await audited.note_of("ingrid", "We tried the pelican board.")
    await audited.client("GET", f"/v1/notes/{note['id']}", audited.token("maya"))
    assert (
        await audited.client("DELETE", f"/v1/participants/{audited.world.ids['maya']}", ADMIN)
    ).status_code == 200
    audited.clock.next_day()
    told = [e for e in await audited.of("ingrid") if note["id"] in e["note_ids"]]
    assert [e["who"]["kind"] for e in told] == ["erased", "you"]
    for who in ("ingrid", "operator"):
        assert audited.world.ids["maya"] not in json.dumps(await audited.of(who))
    assert "erased_person" in await audited.actions("operator")


async def test_pages_tell_everything_once(audited: Audited) -> None:
    everything = await audited.of("operator")
    seen, cursor = list[dict[str, Any]](), ""
    while cursor is not None:
        path = f"/v1/audit?since=2027-03-01&until=2027-03-31&limit=7{cursor and f'&cursor={cursor}'}"
        page = (await audited.client("GET", path, ADMIN)).json()
        seen, cursor = [*seen, *page["items"]], page["next_cursor"]
    assert seen == everything and len(seen) > 7


@pytest.mark.parametrize("query", ["since=2027-03-02&until=2027-03-01", "since=2020-01-01", "action=dreamt"])
async def test_a_period_or_action_that_cannot_be_told_is_refused(audited: Audited, query: str) -> None:
    refused(await audited.client("GET", f"/v1/audit?{query}", ADMIN), 422)
