"""The contract's rows for asking the coach: shapes, rules of each kind, streams, responses."""

import json
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest

from coach.advice.briefs import Brief
from coach.domain.suggestions import Draft, Item
from coach.errors import Conflict
from coach.settings import Settings
from tests.conftest import Client, World
from tests.integration.checks import NO_USAGE, check_citations, cited_in, problem_in, refused
from tests.integration.coached_program import KINDS, Program, coached_program, open_program

_SUGGESTION = {
    "id",
    "kind",
    "pairing_id",
    "program_id",
    "created_at",
    "items",
    "drafted_by",
    "warnings",
    "usage",
}
_CITATION = {"note_id", "session_id", "held_at", "quote", "start", "end"}
_STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
async def program(client: Client) -> Program:
    return await coached_program(client)


async def test_a_suggestion_has_its_fields_and_exact_citations(
    program: Program, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            suggestion = await program.ask(kind)
            _, token, _ = program.call(kind)
            assert set(suggestion) >= _SUGGESTION
            assert suggestion["kind"] == kind
            assert suggestion["program_id"] == program.world.program
            assert suggestion["pairing_id"] == (None if kind == "learnings" else program.world.pairing)
            assert suggestion["created_at"] == "2027-03-10T09:00:00Z"
            assert suggestion["drafted_by"]["engine"] == "offline"
            assert suggestion["drafted_by"]["model"] is None
            assert suggestion["drafted_by"]["prompt_version"]
            assert suggestion["usage"] == NO_USAGE
            assert suggestion["items"]
            assert all(item["text"].strip() for item in suggestion["items"])
            assert all(set(citation) >= _CITATION for citation in cited_in(suggestion))
            cited = await check_citations(program.world.client, token, suggestion)
            assert cited > 0 or kind in ("learnings", "feedback")
            again = await program.world.client("GET", f"/v1/suggestions/{suggestion['id']}", token)
            assert again.json() == suggestion


async def test_the_same_question_is_answered_the_same_offline(
    program: Program, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            first, second = await program.ask(kind), await program.ask(kind)
            assert {**first, "id": ""} == {**second, "id": ""}
            assert first["id"] != second["id"]


@pytest.mark.parametrize(("body", "minutes", "most"), [({}, 60, 5), ({"minutes": 37, "limit": 3}, 37, 3)])
async def test_an_agendas_minutes_add_up(
    program: Program, body: dict[str, Any], minutes: int, most: int
) -> None:
    path, token, _ = program.call("agenda")
    agenda = await program.world.client.asked(path, token, body)
    assert sum(item["minutes"] for item in agenda["items"]) == minutes
    assert 0 < len(agenda["items"]) <= most
    sections = ["check_in", "actions", "focus", "discussion", "next_steps"]
    places = [sections.index(item["section"]) for item in agenda["items"]]
    assert places == sorted(places)
    for item in agenda["items"]:
        assert item["section"] != "focus" or (item["citations"] and item["detail"])


async def test_an_agenda_names_what_is_overdue_and_nothing_done(client: Client, program: Program) -> None:
    world = program.world
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["ingrid"]
    done = await client.made(f"{home}/actions", {"title": "Book the aquarium", "due": "2027-02-01"})
    await client("PATCH", f"/v1/actions/{done['id']}", token, {"status": "done"})
    told = json.dumps(await client.asked(f"{home}/agenda", token))
    assert "Send the podcast list" in told
    assert "aquarium" not in told


async def test_an_agenda_holds_what_the_reader_wants(client: Client, program: Program) -> None:
    world = program.world
    body = {"focus": "rude comments", "limit": 20}
    agenda = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["ingrid"], body)
    assert any("rude comments" in item["text"] for item in agenda["items"])


async def test_reflection_asks_questions_of_three_sections(program: Program) -> None:
    reflection = await program.ask("reflection")
    assert {item["section"] for item in reflection["items"]} == {"what", "so_what", "now_what"}
    for item in reflection["items"]:
        assert item["text"].count("?") == 1 and item["text"].endswith("?")
        assert not item["text"].lower().startswith("why")
    assert len(reflection["items"]) <= 5


async def test_reflection_is_on_the_session_that_is_named(client: Client, program: Program) -> None:
    world = program.world
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    sessions = (await client("GET", f"{home}/sessions", token)).json()["items"]
    for session in sessions:
        reflection = await client.asked(f"{home}/reflection", token, {"session_id": session["id"]})
        assert {citation["session_id"] for citation in cited_in(reflection)} == {session["id"]}


async def test_feedback_comes_in_three_phrasings_with_blanks_for_what_nobody_knows(program: Program) -> None:
    feedback = await program.ask("feedback")
    assert [item["section"] for item in feedback["items"]] == ["gentle", "direct", "question"]
    for item in feedback["items"]:
        assert set(item["parts"]) == {"situation", "behaviour", "impact", "request"}
        assert item["parts"]["impact"] is None
        assert item["parts"]["request"] is None
        assert "[" in item["text"] and "]" in item["text"]


async def test_progress_has_its_sections_and_every_goal(program: Program) -> None:
    progress = await program.ask("progress")
    assert {item["section"] for item in progress["items"]} <= {"goals", "done", "learned", "open", "next"}
    (goal,) = [item for item in progress["items"] if item["section"] == "goals"]
    assert "Follow a podcast" in goal["text"]


async def test_progress_of_a_period_without_notes_cites_none(client: Client, program: Program) -> None:
    path, token, _ = program.call("progress")
    period = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    progress = await client.asked(path, token, period)
    told = [item for item in progress["items"] if item["section"] in ("done", "learned")]
    assert told == []
    assert progress["warnings"]


async def test_what_the_notes_do_not_hold_is_not_answered(client: Client, program: Program) -> None:
    path, token, _ = program.call("ask")
    answer = await client.asked(path, token, {"question": "What does the submarine cost in Lisbon?"})
    assert answer["items"] == []
    assert answer["warnings"]


async def test_learnings_show_themes_of_enough_pairings_without_names_or_sentences(program: Program) -> None:
    learnings = await program.ask("learnings")
    for item in learnings["items"]:
        assert item["pairings"] >= 3
        assert item["citations"] == []
        told = f"{item['text']} {item['detail'] or ''}"
        for name in ("Maya", "Ingrid", "Aiko", "Bruno", "Chidi", "Dana"):
            assert name not in told
        assert "ran out of time for the dashboard demo" not in told


async def test_learnings_of_fewer_pairings_are_a_warning(client: Client, world: World) -> None:
    session = await world.session("2027-02-10T15:00:00Z")
    await world.note(session, "maya", "We ran out of time for the dashboard demo.", visibility="program")
    path = f"/v1/programs/{world.program}/learnings"
    learnings = await client.asked(path, world.tokens["olga"])
    assert learnings["items"] == []
    assert learnings["warnings"]


async def test_learnings_count_program_notes_alone(client: Client, program: Program) -> None:
    world = program.world
    for pairing in (
        await client("GET", f"/v1/programs/{world.program}/pairings", world.tokens["olga"])
    ).json()["items"]:
        session = await world.session("2027-03-01T15:00:00Z", pairing["id"])
        author = next(key for key, i in world.ids.items() if i in pairing["mentor_ids"])
        for visibility in ("pair", "private"):
            await world.note(session, author, "The kangaroo budget is late.", visibility=visibility)
    learnings = await client.asked(f"/v1/programs/{world.program}/learnings", world.tokens["olga"])
    assert learnings["items"]
    assert "kangaroo" not in json.dumps(learnings)


async def test_with_few_notes_every_question_is_answered_with_a_warning_or_an_item(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    empty = Program(world)
    for kind in KINDS:
        with subtests.test(kind=kind):
            suggestion = await empty.ask(kind)
            assert suggestion["items"] or suggestion["warnings"]
            assert cited_in(suggestion) == []


async def test_a_stream_that_cannot_begin_keeps_its_status(
    program: Program, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            world = program.world
            path, token, body = program.call(kind)
            for place in (world.pairing, world.program):
                path = path.replace(place, "0" * 32)
            refused(await world.client("POST", path, token, body, headers=_STREAM), 404)
            refused(await world.client("POST", path, None, body, headers=_STREAM), 401)
            refused(await world.client("POST", path, token, {"mood": "good"}, headers=_STREAM), 422)


async def test_a_stream_ends_with_the_whole_suggestion(program: Program, subtests: pytest.Subtests) -> None:
    for kind in KINDS:
        with subtests.test(kind=kind):
            path, token, body = program.call(kind)
            answer = await program.world.client("POST", path, token, body, headers=_STREAM)
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            events = list(_events(answer.text))
            assert [event for event, _ in events if event not in ("progress", "item")] == ["done"]
            done = events[-1][1]
            assert [item for event, item in events if event == "item"] == done["items"]
            assert {**(await program.ask(kind)), "id": done["id"]} == done


class Failing:
    """A drafter that fails in a way that nobody foresaw, or in the words of the domain."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]:
        raise self._error
        yield


@pytest.mark.parametrize(
    ("error", "status"), [(LookupError("inner secret"), 500), (Conflict("they were erased"), 409)]
)
async def test_a_stream_that_fails_on_its_way_ends_with_a_problem(
    settings: Settings, error: Exception, status: int
) -> None:
    async with open_program(settings, Failing(error)) as program:
        path, token, body = program.call("agenda")
        answer = await program.world.client("POST", path, token, body, headers=_STREAM)
        assert answer.status_code == 200
        event, told = list(_events(answer.text))[-1]
        assert event == "error"
        assert told["status"] == status
        assert told["title"] and told["detail"]
        assert "inner secret" not in answer.text
        plain = await program.world.client("POST", path, token, body)
        assert plain.status_code == status
        assert plain.headers["content-type"] == "application/problem+json"
        assert plain.json() == told


def _events(text: str) -> Iterator[tuple[str, Any]]:
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        yield lines["event"], json.loads(lines["data"])


async def test_what_was_done_with_a_suggestion_is_recorded(client: Client, program: Program) -> None:
    suggestion, token = await program.ask("agenda"), program.world.tokens["maya"]
    path = f"/v1/suggestions/{suggestion['id']}/response"
    for body in (
        {"response": "accepted"},
        {"response": "dismissed", "item": 0},
        {"response": "edited", "item": 1, "text": "Let us talk about polls."},
    ):
        answer = await client("POST", path, token, body)
        assert answer.status_code == 200
        assert answer.json().items() >= body.items()
    for wrong in ({"response": "loved"}, {"response": "accepted", "item": 99}, {"response": "edited"}, {}):
        problem_in(await client("POST", path, token, wrong))
    refused(
        await client("POST", f"/v1/suggestions/{'0' * 32}/response", token, {"response": "accepted"}), 404
    )
