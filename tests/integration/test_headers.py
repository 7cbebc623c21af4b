"""What every answer tells browsers, and which hosts are answered."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from api.app import create_app
from coach.service import Service
from coach.settings import Settings
from tests.conftest import ADMIN, Client
from tests.integration.checks import refused
from tests.integration.coached_program import open_program, open_service_at

_EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
_PAGE = "/static-offline-docs/swagger-ui.css"


def check_headers(answer: httpx2.Response) -> None:
    told = {name: answer.headers.get(name) for name in _EVERYWHERE}
    assert told == _EVERYWHERE
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "geolocation=()" in answer.headers["permissions-policy"]
    for never in ("server", "access-control-allow-origin", "strict-transport-security", "set-cookie"):
        assert never not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("GET", "/healthz", None, 200),
        ("GET", "/metrics", None, 200),
        ("GET", "/openapi.json", None, 200),
        ("GET", "/docs", None, 200),
        ("GET", _PAGE, None, 200),
        ("GET", "/v1/programs", ADMIN, 200),
        ("GET", "/v1/programs", "wrong", 401),
        ("GET", "/v1/programs/none", ADMIN, 404),
        ("GET", "/nothing", None, 404),
        ("PUT", "/v1/programs", ADMIN, 405),
        ("POST", "/v1/programs", ADMIN, 422),
    ],
)
async def test_every_answer_has_them(
    client: Client, method: str, path: str, token: str | None, status: int
) -> None:
    answer = await client(method, path, token)
    assert answer.status_code == status
    check_headers(answer)
    assert (answer.headers.get("cache-control") == "no-store") == (path != _PAGE)


async def test_refusals_of_bodies_have_them(client: Client, settings: Settings) -> None:
    for body, status in ((b"x" * (settings.max_body_bytes + 1), 413), (b"[" * 1000, 422)):
        answer = await client.http.post("/v1/programs", content=body)
        assert answer.status_code == status
        check_headers(answer)


@asynccontextmanager
async def failing(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application with a route that fails as nobody foresaw."""
    app = create_app(service)

    async def fail() -> None:
        raise RuntimeError("She dreads the zebrafish budget.")

    app.add_api_route("/fail", fail)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://coach.test") as http:
        yield http


async def test_an_unforeseen_error_has_them_and_quotes_nothing(service: Service) -> None:
    async with failing(service) as http:
        answer = await http.get("/fail")
    assert answer.status_code == 500
    check_headers(answer)
    assert "zebrafish" not in answer.text


async def test_a_stream_has_them(settings: Settings) -> None:
    async with open_program(settings) as program:
        path, token, body = program.call("agenda")
        headers = {"Accept": "text/event-stream"}
        answer = await program.world.client("POST", path, token, body, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    check_headers(answer)


async def test_other_origins_are_allowed_nothing(client: Client) -> None:
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await client("OPTIONS", "/v1/programs", None, headers=asking)
    assert answer.status_code == 405
    check_headers(answer)


async def test_the_interfaces_page_loads_from_here_alone(client: Client) -> None:
    page = await client("GET", "/docs", None)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", page.text)
    assert '"validatorUrl": null' in page.text
    policy = page.headers["content-security-policy"]
    assert "http" not in policy
    assert "'sha256-" in policy and "script-src 'self' 'sha256" in policy
    for place in re.findall(r"(?:src|href)=[\"']([^\"']+)", page.text):
        assert (await client("GET", place, None)).status_code == 200, place


async def test_behind_tls_browsers_are_told_to_keep_to_it(settings: Settings) -> None:
    async with open_service_at(settings.model_copy(update={"behind_tls": True})) as (_, client):
        answer = await client("GET", "/healthz", None)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("coach.example.org", True),
        ("COACH.example.org:8443", True),
        ("[::1]:8000", True),
        ("evil.example", False),
        ("coach.example.org.evil.example", False),
        ("coach.example.org@evil.example", False),
        ("", False),
    ],
)
async def test_only_hosts_that_are_named_are_answered(settings: Settings, host: str, answered: bool) -> None:
    own = settings.model_copy(update={"allowed_hosts": ("coach.example.org", "[::1]")})
    async with open_service_at(own) as (_, client):
        answer = await client("GET", "/healthz", None, headers={"Host": host})
    if answered:
        assert answer.status_code == 200
    else:
        assert "COUNTERPART_ALLOWED_HOSTS" in refused(answer, 400)["detail"]
        check_headers(answer)
