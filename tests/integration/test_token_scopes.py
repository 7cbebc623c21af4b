"""Scopes against every route: what a token lacks it may not do, wherever that is."""

import re
from importlib import import_module
from itertools import combinations
from pkgutil import iter_modules

import pytest

from api import routes
from api.scopes import SCOPES, needed
from coach.domain.tokens import TokenScope
from tests.conftest import ADMIN, Client, World
from tests.integration.checks import problem_in, refused

_OPEN = {"/healthz", "/readyz", "/metrics", "/"}
_COACHING = {"agenda", "reflection", "feedback", "progress", "ask", "learnings"}


def routed() -> set[tuple[str, str]]:
    """Every call that asks for a token, those that the description leaves out among them."""
    modules = (import_module(f"{routes.__name__}.{found.name}") for found in iter_modules(routes.__path__))
    return {
        (method, route.path)
        for module in modules
        for route in module.router.routes
        if route.path not in _OPEN
        for method in route.methods
    }


def test_each_route_stands_in_the_table_and_each_line_of_the_table_is_a_route() -> None:
    assert routed() == set(SCOPES)


def test_scopes_are_as_their_calls_are() -> None:
    for (method, path), wanted in SCOPES.items():
        last = path.rsplit("/", 1)[-1]
        if path == "/v1/me":
            assert wanted == set()
        elif last in _COACHING:
            assert wanted == {TokenScope.COACH}
        elif method == "GET" or last == "search":
            assert wanted == {TokenScope.READ}
        else:
            assert wanted == {TokenScope.WRITE}


def test_a_route_that_nobody_put_in_the_table_takes_every_scope() -> None:
    assert needed("GET", "/v1/new") == set(TokenScope)


async def test_a_token_may_do_what_its_scopes_say_and_nothing_else(
    client: Client, world: World, subtests: pytest.Subtests
) -> None:
    for size in (1, 2, 3):
        for held in combinations([scope.value for scope in TokenScope], size):
            body = {"scopes": held}
            token = (await client.made(f"/v1/participants/{world.ids['maya']}/tokens", body))["token"]
            for (method, path), wanted in SCOPES.items():
                with subtests.test(method=method, path=path, held=held):
                    answer = await client(method, re.sub(r"{\w+}", "x", path), token, {})
                    missing = [scope.value for scope in wanted if scope.value not in held]
                    if missing:
                        told = refused(answer, 403)
                        assert f"'{missing[0]}'" in told["detail"]
                        assert f'scope="{missing[0]}"' in answer.headers["www-authenticate"]
                    else:
                        assert answer.status_code not in (401, 403, 429, 500)


async def test_what_one_may_not_know_of_stays_a_404(client: Client, world: World) -> None:
    body = {"scopes": ["read"]}
    token = (await client.made(f"/v1/participants/{world.ids['olga']}/tokens", body))["token"]
    for path in (f"/v1/pairings/{world.pairing}/sessions", f"/v1/pairings/{'0' * 32}/sessions"):
        assert problem_in(await client("GET", path, token))["status"] == 404
        assert problem_in(await client("POST", path, token, {}))["status"] == 403


async def test_who_am_i_answers_any_token(client: Client, world: World) -> None:
    body = {"scopes": ["coach"]}
    token = (await client.made(f"/v1/participants/{world.ids['olga']}/tokens", body))["token"]
    told = (await client("GET", "/v1/me", token)).json()
    assert (told["role"], told["scopes"], told["program"]["id"]) == ("owner", ["coach"], world.program)
    operator = (await client("GET", "/v1/me", ADMIN)).json()
    assert operator == {
        "role": "operator",
        "scopes": ["read", "write", "coach"],
        "expires_at": None,
        "program": None,
        "participant": None,
        "pairings": [],
    }


async def test_the_description_tells_each_calls_scope_and_refusals(client: Client) -> None:
    described = (await client("GET", "/openapi.json", None)).json()
    asked = {(method.upper(), path) for path, calls in described["paths"].items() for method in calls}
    assert {call for call in asked if call[1] not in _OPEN} == set(SCOPES)
    for (method, path), wanted in SCOPES.items():
        call = described["paths"][path][method.lower()]
        names = [scope.value for scope in TokenScope if scope in wanted]
        assert call["security"] == [{"HTTPBearer": names}]
        assert (f"Scope: `{names[0]}`." if names else "Scope: any.") in call["description"]
        assert {"401", "404", "429", "503"} <= set(call["responses"])
        assert ("403" in call["responses"]) == bool(names)
        assert "Retry-After" in call["responses"]["429"]["headers"]
        assert "Counterpart-Participant" in [each["name"] for each in call["parameters"]]
