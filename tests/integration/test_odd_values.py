"""Odd values on every route: a success, or a problem that names the fault; never a 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ADMIN, Client, World
from tests.integration.checks import listed, problem_in, refused

_HALF = "\ud800"
_ODD_NAMES = [
    "",
    "   ",
    "x" * 201,
    "a\0b",
    _HALF,
    "👨‍👩‍👧‍👦",
    "\u202eabc",
    "'; DROP TABLE participants; --",
    "<script>alert(1)</script>",
    "\ufeff",
    "\u200b",
    "{0} {name} %s",
    "Zoe\u0308 Nı\u0307",
    "\r\nSet-Cookie: a=b",
    None,
    5,
    ["Maya"],
    {"first": "Maya"},
    True,
]
_ODD_MOMENTS = [
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59Z",
    "1899-12-31T23:59:59Z",
    "2027-02-29T10:00:00Z",
    "2027-03-04T25:00:00Z",
    "2027-03-04T15:00:00",
    "2027-03-04",
    "15:00",
    "tomorrow",
    "",
    "2027-03-04T15:00:00+99:99",
    "2027-03-04T15:00:00[Europe/Oslo]",
    "٢٠٢٧-٠٣-٠٤T١٥:٠٠:٠٠Z",
    "2027-03-04T15:00:00Z\0",
    1e308,
    10**30,
    -(10**30),
    None,
    True,
    [2027, 3, 4],
    {"year": 2027},
]
_ODD_DATES = [
    "1900-01-01",
    "2199-12-31",
    "0001-01-01",
    "9999-12-31",
    "0000-00-00",
    "10000-01-01",
    "2027-02-29",
    "2027-03-04T15:00:00Z",
    "tomorrow",
    "",
    10**18,
    -1,
    1.5,
    True,
    [],
]
_ODD_NUMBERS = [0, -1, 4, 481, 10**20, -(10**400), 1.5, 1e300, "five", "60", "", None, True, [], {}]


async def check_survived(client: Client, method: str, path: str, token: str, body: Any) -> int:
    """A success whose body is JSON, or a problem in form; the status."""
    headers = {"Content-Type": "application/json"}
    answer = await client(method, path, token, headers=headers, content=json.dumps(body))
    shown = (method, path[:80], str(body)[:80], answer.status_code, answer.text[:200])
    assert answer.status_code < 500, shown
    if answer.status_code >= 400:
        problem_in(answer)
    else:
        assert answer.json() is not None, shown
    return answer.status_code


def _bodies_with(field: str, values: list[Any], **others: Any) -> Iterator[dict[str, Any]]:
    return ({**others, field: value} for value in values)


@pytest.mark.parametrize("field", ["name", "department", "seniority", "email"])
async def test_odd_words_about_a_person(client: Client, world: World, field: str) -> None:
    path = f"/v1/programs/{world.program}/participants"
    statuses = [
        await check_survived(client, "POST", path, ADMIN, body)
        for body in _bodies_with(field, _ODD_NAMES, name="Maya", role="mentor")
    ]
    assert 422 in statuses
    people = [item["name"] for item in listed(await client("GET", f"{path}?limit=200", ADMIN))]
    assert len(people) == statuses.count(201) + 3


async def test_an_odd_name_is_kept_as_it_was_given(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for name in ("👨‍👩‍👧‍👦", "'; DROP TABLE participants; --", "Zoe\u0308", "{0} %s"):
        with subtests.test(name=name):
            body = {"name": str(name), "role": "mentor"}
            made = await client.made(f"/v1/programs/{world.program}/participants", body)
            assert (await client("GET", f"/v1/participants/{made['id']}")).json()["name"] == name


async def test_odd_programs(client: Client) -> None:
    statuses = [
        await check_survived(client, "POST", "/v1/programs", ADMIN, body)
        for body in [
            *_bodies_with("name", _ODD_NAMES, objectives=[]),
            *_bodies_with("objectives", [*_ODD_NAMES, [_HALF], [""], [None], ["x"] * 51], name="P"),
            *_bodies_with("min_group_size", _ODD_NUMBERS, name="P", objectives=[]),
            *_bodies_with("description", _ODD_NAMES, name="P", objectives=[]),
        ]
    ]
    assert statuses.count(422) > statuses.count(201) > 0


async def test_no_program_shows_groups_under_three(client: Client, subtests: pytest.Subtests) -> None:
    for size in (2, 0, -5):
        with subtests.test(size=size):
            body: dict[str, Any] = {"name": "P", "objectives": [], "min_group_size": size}
            told = refused(await client("POST", "/v1/programs", ADMIN, body), 422)
            assert [fault["field"] for fault in told["errors"]] == ["min_group_size"]


async def test_an_odd_moment_is_no_session(client: Client, world: World, subtests: pytest.Subtests) -> None:
    for held_at in _ODD_MOMENTS:
        with subtests.test(held_at=held_at):
            path, body = f"/v1/pairings/{world.pairing}/sessions", {"held_at": held_at, "format": "remote"}
            told = refused(await client("POST", path, world.tokens["maya"], body), 422)
            assert "held_at" in [fault["field"] for fault in told["errors"]]


@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize("call", ["progress", "learnings"])
async def test_odd_periods(client: Client, world: World, call: str, field: str) -> None:
    place = f"programs/{world.program}" if call == "learnings" else f"pairings/{world.pairing}"
    token = world.tokens["olga" if call == "learnings" else "maya"]
    for moment in _ODD_MOMENTS:
        status = await check_survived(client, "POST", f"/v1/{place}/{call}", token, {field: moment})
        assert status == (200 if moment is None else 422), moment


async def test_a_period_that_ends_before_it_begins_is_refused(client: Client, world: World) -> None:
    period = {"since": "2027-02-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
    refused(await client("POST", f"/v1/pairings/{world.pairing}/progress", world.tokens["maya"], period), 422)


@pytest.mark.parametrize("what", ["goals", "actions"])
async def test_odd_due_dates_and_what_the_coach_says_then(client: Client, world: World, what: str) -> None:
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    statuses = [
        await check_survived(client, "POST", f"{home}/{what}", token, {"title": "Post twice", "due": due})
        for due in _ODD_DATES
    ]
    assert 201 in statuses and 422 in statuses
    for call in ("agenda", "progress", "reflection"):
        assert await check_survived(client, "POST", f"{home}/{call}", token, {}) == 200


@pytest.mark.parametrize(
    ("call", "field"),
    [("agenda", "minutes"), ("agenda", "limit"), ("reflection", "limit"), ("search", "limit")],
)
async def test_odd_numbers_to_the_coach(client: Client, world: World, call: str, field: str) -> None:
    others = {"query": "demo"} if call == "search" else {}
    for number in _ODD_NUMBERS:
        body = {**others, field: number}
        await check_survived(
            client, "POST", f"/v1/pairings/{world.pairing}/{call}", world.tokens["maya"], body
        )


async def test_minutes_add_up_whatever_was_asked(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for minutes in (5, 6, 7, 13, 59, 60, 480):
        with subtests.test(minutes=minutes):
            session = await world.session("2027-03-04T15:00:00Z")
            await world.note(session, "maya", "We ran out of time for the demo. Ingrid will send her draft.")
            body = {"minutes": minutes, "limit": 20}
            agenda = await client.asked(f"/v1/pairings/{world.pairing}/agenda", world.tokens["maya"], body)
            assert sum(item["minutes"] for item in agenda["items"]) == minutes
            assert all(item["minutes"] > 0 for item in agenda["items"])


async def test_odd_session_lengths(client: Client, world: World, subtests: pytest.Subtests) -> None:
    for minutes in [n for n in _ODD_NUMBERS if n not in (None, 4, 481, "60")]:
        with subtests.test(minutes=str(minutes)[:20]):
            body = {"held_at": "2027-03-04T15:00:00Z", "format": "remote", "minutes": minutes}
            path = f"/v1/pairings/{world.pairing}/sessions"
            status = await check_survived(client, "POST", path, world.tokens["maya"], body)
            assert status == (201 if minutes is True else 422)


@pytest.mark.parametrize(
    ("call", "field"),
    [("ask", "question"), ("search", "query"), ("agenda", "focus"), ("feedback", "draft")],
)
async def test_odd_words_to_the_coach(client: Client, world: World, call: str, field: str) -> None:
    session = await world.session("2027-03-04T15:00:00Z")
    await world.note(session, "maya", "We ran out of time for the demo. Ingrid will send her draft.")
    odd = [
        *_ODD_NAMES,
        "...",
        "?!",
        "—",
        "\u0301",
        "漢字",
        "{draft}",
        "a" * 400,
        "you",
        "\x01",
        "AND OR NOT *",
    ]
    others = {"to": world.ids["ingrid"]} if call == "feedback" else {}
    for words in odd:
        body = {**others, field: words}
        await check_survived(
            client, "POST", f"/v1/pairings/{world.pairing}/{call}", world.tokens["maya"], body
        )
