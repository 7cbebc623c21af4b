"""Odd ids, cursors, headers and methods: an answer or a problem in form, never a 500."""

from collections.abc import AsyncIterator

import pytest

from coach.settings import Settings
from tests.conftest import ADMIN, Client, World
from tests.integration.checks import listed, problem_in, refused

_ODD_IDS = [
    "%00",
    "a%00b",
    "%2F",
    "a%2Fb",
    "..%2F..%2Fetc%2Fpasswd",
    "%2e%2e",
    "%ff%fe",
    "%ED%A0%80",
    "%F0%9F%91%8D",
    "%25%30%30",
    "x" * 3000,
    "' OR 1=1 --",
    "%0d%0aX-Injected:%201",
    "0",
    "null",
    "%20",
    "{id}",
    "00000000000000000000000000000000",
]
_ROUTES_WITH_IDS = [
    ("GET", "/v1/programs/{}"),
    ("GET", "/v1/programs/{}/participants"),
    ("GET", "/v1/programs/{}/usage"),
    ("POST", "/v1/programs/{}/learnings"),
    ("GET", "/v1/participants/{}"),
    ("DELETE", "/v1/participants/{}"),
    ("GET", "/v1/pairings/{}"),
    ("GET", "/v1/pairings/{}/sessions"),
    ("POST", "/v1/pairings/{}/agenda"),
    ("POST", "/v1/pairings/{}/reflection"),
    ("POST", "/v1/pairings/{}/progress"),
    ("GET", "/v1/goals/{}"),
    ("PATCH", "/v1/goals/{}"),
    ("GET", "/v1/actions/{}"),
    ("PATCH", "/v1/actions/{}"),
    ("GET", "/v1/sessions/{}"),
    ("GET", "/v1/sessions/{}/notes"),
    ("GET", "/v1/notes/{}"),
    ("DELETE", "/v1/notes/{}"),
    ("GET", "/v1/suggestions/{}"),
]
_ODD_CURSORS = [
    "x",
    "%00",
    "é",
    "👍",
    "====",
    "AAAA",
    "_-_-",
    "gICA",
    "a" * 201,
    "%ff",
    "MDAwMA==",
    "\\",
    "%20",
]
_ODD_KEYS = [b" ", b"k" * 255, b"caf\xe9", b"\xf0\x9f\x91\x8d", b"' OR 1=1 --", b"\xff\xfe"]
_ODD_AUTHORIZATIONS = [
    "Bearer",
    "Bearer ",
    "bearer  x",
    "Basic dXNlcjpwYXNz",
    "Bearer a b c",
    "Bearer \xe9",
    "x" * 9000,
    "Token x",
]
_ODD_TYPES = ["text/plain", "application/xml", "multipart/form-data", "", "application/json; x"]
_ODD_LIMITS = ["0", "-1", "201", "1e3", "five", "1.5", "9" * 5000, "%00", "", "NaN"]


async def test_an_id_that_nobody_has_is_not_found(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for method, path in _ROUTES_WITH_IDS:
        with subtests.test(method=method, path=path):
            for odd in _ODD_IDS:
                for token in (ADMIN, world.tokens["maya"], world.tokens["olga"]):
                    body: dict[str, str] | None = {} if method in ("POST", "PATCH") else None
                    answer = await client(method, path.format(odd), token, body)
                    if odd == "%2F" and answer.status_code == 307:
                        continue
                    assert answer.status_code in (404, 405), (odd, answer.text[:200])
                    problem_in(answer)


async def test_odd_ids_in_bodies_are_refused(client: Client, world: World, subtests: pytest.Subtests) -> None:
    for odd in _ODD_IDS:
        with subtests.test(odd=odd):
            home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
            refused(
                await client("POST", f"{home}/feedback", token, {"draft": "You were late.", "to": odd}), 422
            )
            refused(await client("POST", f"{home}/goals", token, {"title": "A goal", "owner_id": odd}), 422)
            refused(
                await client("POST", f"{home}/actions", token, {"title": "An action", "owner_id": odd}), 422
            )
            pair = {"mentor_ids": [odd], "mentee_ids": [world.ids["ingrid"]], "kind": "reverse"}
            refused(await client("POST", f"/v1/programs/{world.program}/pairings", ADMIN, pair), 422)
            answer = await client("POST", f"{home}/reflection", token, {"session_id": odd})
            assert answer.status_code in (404, 422)
            problem_in(answer)


async def test_a_cursor_that_no_list_gave_is_refused(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for cursor in _ODD_CURSORS:
        with subtests.test(cursor=cursor):
            for path in ("/v1/programs", f"/v1/programs/{world.program}/pairings"):
                told = refused(await client("GET", f"{path}?cursor={cursor}", ADMIN), 422)
                assert [fault["field"] for fault in told["errors"]] == ["cursor"]


async def test_a_limit_out_of_range_is_refused(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for limit in _ODD_LIMITS:
        with subtests.test(limit=limit[:20]):
            told = refused(await client("GET", f"/v1/programs?limit={limit}", ADMIN), 422)
            assert [fault["field"] for fault in told["errors"]] == ["limit"]


async def test_an_empty_cursor_begins_at_the_start(client: Client, world: World) -> None:
    assert [p["id"] for p in listed(await client("GET", "/v1/programs?cursor=&limit=1"))] == [world.program]


async def test_an_idempotency_key_of_no_usable_length_is_refused(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for key in (b"", b"k" * 256, b"k" * 60_000):
        with subtests.test(length=len(key)):
            session = await world.session("2027-03-04T15:00:00Z")
            headers = {"Idempotency-Key": key.decode()}
            body = {"text": "We ran out of time."}
            refused(
                await client(
                    "POST", f"/v1/sessions/{session}/notes", world.tokens["maya"], body, headers=headers
                ),
                422,
            )
            assert listed(await client("GET", f"/v1/sessions/{session}/notes", world.tokens["maya"])) == []


async def test_an_odd_idempotency_key_still_names_one_note(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for key in _ODD_KEYS:
        with subtests.test(key=key[:20]):
            session = await world.session("2027-03-04T15:00:00Z")
            headers = [
                (b"Authorization", f"Bearer {world.tokens['maya']}".encode()),
                (b"Idempotency-Key", key),
                (b"Content-Type", b"application/json"),
            ]
            path, sent = f"/v1/sessions/{session}/notes", b'{"text": "We ran out of time."}'
            answers = [await client.http.post(path, headers=headers, content=sent) for _ in range(2)]
            if key.strip():
                assert [answer.status_code for answer in answers] == [201, 201]
                assert answers[0].json()["id"] == answers[1].json()["id"]
            kept = len(listed(await client("GET", path, world.tokens["maya"])))
            assert kept == (1 if answers[0].status_code == 201 else 0)


async def test_an_odd_authorization_is_a_401(client: Client, world: World, subtests: pytest.Subtests) -> None:
    for value in _ODD_AUTHORIZATIONS:
        with subtests.test(value=value[:20]):
            headers = [(b"Authorization", value.encode("latin-1"))]
            answer = await client.http.get(f"/v1/pairings/{world.pairing}", headers=headers)
            refused(answer, 401)
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/v1/programs", 405),
        ("DELETE", "/v1/programs", 405),
        ("BREW", "/v1/programs", 405),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1//programs", 404),
        ("GET", "/v2/programs", 404),
        ("GET", "/v1/programs/a/b/c/d", 404),
    ],
)
async def test_an_address_or_method_that_is_not_there(
    client: Client, method: str, path: str, status: int
) -> None:
    refused(await client(method, path, ADMIN), status)


async def test_another_content_type_is_no_500(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for kind in _ODD_TYPES:
        with subtests.test(kind=kind):
            session = await world.session("2027-03-04T15:00:00Z")
            headers = {"Content-Type": kind, "Authorization": f"Bearer {world.tokens['maya']}"}
            answer = await client.http.post(
                f"/v1/sessions/{session}/notes", headers=headers, content=b'{"text": "We ran out of time."}'
            )
            if answer.status_code != 201:
                problem_in(answer)
            kept = len(listed(await client("GET", f"/v1/sessions/{session}/notes", world.tokens["maya"])))
            assert kept == (1 if answer.status_code == 201 else 0)


async def test_a_body_that_does_not_tell_its_length_is_limited_too(
    client: Client, world: World, settings: Settings
) -> None:
    session = await world.session("2027-03-04T15:00:00Z")

    async def endless() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(settings.max_body_bytes // 65536 + 2):
            yield b"y" * 65536
        yield b'"}'

    headers = {"Authorization": f"Bearer {world.tokens['maya']}", "Content-Type": "application/json"}
    answer = await client.http.post(f"/v1/sessions/{session}/notes", headers=headers, content=endless())
    refused(answer, 413)
