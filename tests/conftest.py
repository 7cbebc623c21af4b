"""What tests share: a service on real SQLite and Chroma with a fake embedder, and a client for it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from api.app import create_app
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.postgresql import fresh_database

ADMIN = "operator-token-of-the-tests"
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own key or address must not reach a test."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgresql",
        metavar="FOLDER",
        help="keep records on the PostgreSQL server that listens in this folder",
    )


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite in the data directory."""
    server = request.config.getoption("--postgresql")
    with fresh_database(server) if server else nullcontext() as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str | None) -> Settings:
    return Settings(data_dir=tmp_path / "data", admin_token=SecretStr(ADMIN), database_url=database_url)


def database_file(settings: Settings) -> Path:
    """SQLite's, for a test that looks into it; with the records on a server the test is skipped."""
    if settings.database_url is not None:
        pytest.skip("looks into SQLite's file")
    return settings.data_dir / "counterpart.db"


@pytest.fixture
async def service(settings: Settings, embedder: WordEmbedder) -> AsyncIterator[Service]:
    async with open_service(
        settings, embedder_of=lambda _: embedder, reader=WordReader(), clock=lambda: NOW
    ) as opened:
        yield opened


class Client:
    """Speaks to the application in this process, as the operator or as a person."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def __call__(
        self, method: str, path: str, token: str | None = ADMIN, json: Any = None, **more: Any
    ) -> httpx2.Response:
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        return await self.http.request(method, path, headers=headers, json=json, **more)

    async def made(self, path: str, json: Any = None, token: str = ADMIN) -> dict[str, Any]:
        """What a POST made; it must have answered 201."""
        answer = await self("POST", path, token, json)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def asked(self, path: str, token: str, json: Any = None) -> dict[str, Any]:
        """What a POST answered; it must have answered 200."""
        answer = await self("POST", path, token, json if json is not None else {})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@asynccontextmanager
async def client_for(service: Service, **wiring: Any) -> AsyncIterator[Client]:
    app = create_app(service, **wiring)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        http = httpx2.AsyncClient(transport=transport, base_url="http://coach.test")
        yield Client(await stack.enter_async_context(http))


@pytest.fixture
async def client(service: Service) -> AsyncIterator[Client]:
    async with client_for(service) as opened:
        yield opened


class World:
    """A program with one reverse pair: Maya, junior, mentors Ingrid, executive; Olga owns the program."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.program: str
        self.pairing: str
        self.ids: dict[str, str] = {}
        self.tokens: dict[str, str] = {}

    async def person(
        self, name: str, role: str, seniority: str | None = None, program: str | None = None
    ) -> str:
        body = {"name": name, "role": role, "seniority": seniority}
        made = await self.client.made(f"/v1/programs/{program or self.program}/participants", body)
        key = name.split()[0].lower()
        self.ids[key] = made["id"]
        self.tokens[key] = (await self.client.made(f"/v1/participants/{made['id']}/tokens"))["token"]
        return key

    async def pair(self, mentor: str, mentee: str, kind: str = "reverse", program: str | None = None) -> str:
        body = {"mentor_ids": [self.ids[mentor]], "mentee_ids": [self.ids[mentee]], "kind": kind}
        made = await self.client.made(f"/v1/programs/{program or self.program}/pairings", body)
        return str(made["id"])

    async def session(self, held_at: str, pairing: str | None = None) -> str:
        body = {"held_at": held_at, "format": "one_to_one", "minutes": 60}
        made = await self.client.made(f"/v1/pairings/{pairing or self.pairing}/sessions", body)
        return str(made["id"])

    async def note(self, session: str, author: str, text: str, **more: Any) -> dict[str, Any]:
        body = {"text": text, **more}
        return await self.client.made(f"/v1/sessions/{session}/notes", body, self.tokens[author])


@pytest.fixture
async def world(client: Client) -> World:
    made = World(client)
    program = {
        "name": "Reverse 2027",
        "objectives": ["Leaders use social media themselves"],
        "min_group_size": 3,
    }
    made.program = (await client.made("/v1/programs", program))["id"]
    await made.person("Maya Okafor", "mentor", "junior")
    await made.person("Ingrid Halvorsen", "mentee", "executive")
    await made.person("Olga Owner", "owner")
    made.pairing = await made.pair("maya", "ingrid")
    return made
