"""Tokens, keys, passwords and notes stay out of logs, errors and reprs."""

import io
import logging
import logging.config
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from api.app import create_app
from api.logs import DiscreetFormatter, logging_of, told
from coach.discretion import Secrets
from coach.drafting.llm import chat_model
from coach.errors import SettingUnusable
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_records
from tests.conftest import ADMIN, Client, World
from tests.e2e.processes import COUNTERPART, environment, run

MARKER = "zebrafish-7741"
NOTE = f"I dread the {MARKER} budget and told nobody."
_ADDRESSES = (
    "postgresql://bob:{}@127.0.0.1:1/db",
    "postgresql://bob:{}@127.0.0.1:no-port/db",
    "postgresql://bob:{}/x@127.0.0.1/db",
    "nosuch://bob:{}@host/db",
    "bob:{}@nowhere",
    "postgresql://127.0.0.1:1/db?user=bob&password={}",
    "sqlite+nothing://bob:{}@host",
)


def of_all_secrets() -> Settings:
    return Settings(
        admin_token=SecretStr(MARKER),
        llm_api_key=SecretStr(MARKER),
        embedding_api_key=SecretStr(MARKER),
        database_url=_ADDRESSES[0].format(MARKER),
        chroma_url=f"http://u:{MARKER}@127.0.0.1:1",
        llm_base_url=f"http://u:{MARKER}@127.0.0.1:1/v1",
        embedding_base_url=f"http://u:{MARKER}@127.0.0.1:1/v1",
    )


def test_settings_print_no_secret() -> None:
    settings = of_all_secrets()
    assert settings.sqlalchemy_url
    assert MARKER not in f"{settings!r} {settings!s}"
    assert MARKER not in settings.model_dump_json(exclude={"database_url", "chroma_url"} | _URLS)
    assert Secrets.of(settings).out_of(f"a {MARKER} b") == "a *** b"


_URLS = {"llm_base_url", "embedding_base_url"}


@pytest.mark.parametrize("address", _ADDRESSES)
async def test_a_database_that_can_not_be_opened_is_told_without_its_password(
    tmp_path: Path, address: str
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=address.format(MARKER))
    with pytest.raises(SettingUnusable) as failed:
        await open_records(settings)
    assert "COUNTERPART_DATABASE_URL" in failed.value.detail
    assert MARKER not in Secrets.of(settings).out_of(failed.value.detail)
    assert MARKER not in told(failed.value)


@pytest.mark.parametrize("address", [_ADDRESSES[1], _ADDRESSES[3]])
@pytest.mark.timeout(200)
async def test_the_command_line_prints_no_password(tmp_path: Path, address: str) -> None:
    env = environment(tmp_path, MARKER) | {"COUNTERPART_DATABASE_URL": address.format(MARKER)}
    status, printed = await run((COUNTERPART, "migrate"), env)
    assert status == 1
    assert "COUNTERPART_DATABASE_URL" in printed
    assert MARKER not in printed


@pytest.mark.parametrize("name", ["COUNTERPART_PORT", "COUNTERPART_LLM_TIMEOUT", "COUNTERPART_BEHIND_TLS"])
async def test_a_setting_of_no_use_is_not_repeated(tmp_path: Path, name: str) -> None:
    status, printed = await run((COUNTERPART, "migrate"), environment(tmp_path, ADMIN) | {name: MARKER})
    assert status == 1
    assert name in printed
    assert MARKER not in printed


def failing(said: str) -> Exception:
    """An error with its traceback, caused by another one, each with the words and a local that has them."""
    held = said
    try:
        try:
            raise ValueError(held)
        except ValueError as cause:
            raise RuntimeError(f"while {held}") from cause
    except RuntimeError as error:
        return error


def test_a_traceback_says_where_and_not_what() -> None:
    error = failing(NOTE)
    assert MARKER in "".join(traceback.format_exception(error))
    printed = told(error)
    assert MARKER not in printed
    assert "builtins.ValueError" in printed and "builtins.RuntimeError" in printed
    assert "test_secrets.py" in printed and "in failing" in printed


def test_what_says_itself_what_to_do_is_told() -> None:
    assert "port is taken" in told(OSError("the port is taken"))
    assert "set it" in told(SettingUnusable("set it"))


def test_causes_that_go_round_end() -> None:
    one, other = ValueError("a"), ValueError("b")
    one.__context__, other.__context__ = other, one
    assert told(one).count("ValueError") == 2


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the service's own logging writes, as `counterpart serve` sets it up."""
    before = {name: _state(name) for name in ("", "coach", "api", "uvicorn", "uvicorn.error")}
    written = io.StringIO()
    config = logging_of(Secrets.of(Settings(admin_token=SecretStr(ADMIN))))
    config["handlers"] = {
        name: {**handler, "stream": written} for name, handler in config["handlers"].items()
    }
    logging.config.dictConfig({**config, "disable_existing_loggers": False})
    yield written
    for name, (handlers, level, propagates) in before.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.level, logger.propagate = handlers, level, propagates


def _state(name: str) -> tuple[list[logging.Handler], int, bool]:
    logger = logging.getLogger(name)
    return list(logger.handlers), logger.level, logger.propagate


@pytest.mark.parametrize("name", ["uvicorn.error", "coach.service", "api.errors", "sqlalchemy", "another"])
def test_every_logger_is_discreet(logged: io.StringIO, name: str) -> None:
    error = failing(f"{NOTE} {ADMIN}")
    logging.getLogger(name).error("it failed with %s", ADMIN, exc_info=error)
    assert "RuntimeError" in logged.getvalue()
    assert MARKER not in logged.getvalue()
    assert ADMIN not in logged.getvalue()


@asynccontextmanager
async def breaking(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(service)

    async def fail(how: str) -> Any:
        if how == "sql":
            async with service.database.engine.connect() as connection:
                await connection.execute(text("SELECT :note FROM nowhere"), {"note": NOTE})
        if how == "wrong form":
            return {"id": NOTE}
        raise failing(NOTE)

    app.add_api_route("/fail", fail)
    app.add_api_route("/form", lambda: {"id": [NOTE]}, response_model=dict[str, int])
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://coach.test") as http:
        yield http


@pytest.mark.parametrize("path", ["/fail?how=sql", "/fail?how=raises", "/form"])
async def test_an_unforeseen_error_tells_neither_client_nor_log_what_it_was_about(
    service: Service, logged: io.StringIO, path: str
) -> None:
    async with breaking(service) as http:
        answer = await http.get(path)
    assert answer.status_code in (500, 503)
    assert MARKER not in answer.text + str(answer.headers)
    assert logged.getvalue()
    assert MARKER not in logged.getvalue()


async def test_refused_input_is_not_repeated(client: Client, world: World) -> None:
    token = world.tokens["maya"]
    session = await world.session("2027-03-04T15:00:00Z")
    wrong: list[tuple[str, str, Any]] = [
        ("POST", f"/v1/sessions/{session}/notes", {"text": [NOTE]}),
        ("POST", f"/v1/sessions/{session}/notes", {"text": NOTE + "x" * 1_200_000}),
        ("POST", f"/v1/sessions/{session}/notes", {"text": "a", "visibility": MARKER}),
        ("POST", f"/v1/pairings/{world.pairing}/ask", {"question": NOTE * 100}),
        ("POST", f"/v1/pairings/{world.pairing}/sessions", {"held_at": MARKER, "format": MARKER}),
        ("POST", f"/v1/pairings/{world.pairing}/agenda", MARKER),
        ("GET", f"/v1/programs?cursor={MARKER}&limit={MARKER}", None),
        ("GET", f"/v1/programs/{world.program}/usage?since={MARKER}", None),
    ]
    for method, path, body in wrong:
        answer = await client(method, path, token, body)
        assert answer.status_code in (413, 422), (path, answer.text[:200])
        assert MARKER not in answer.text, path


async def test_a_wrong_token_is_not_repeated(client: Client, logged: io.StringIO) -> None:
    for header in (f"Bearer {MARKER}", f"Basic {MARKER}", MARKER):
        answer = await client("GET", "/v1/me", None, headers={"Authorization": header})
        assert answer.status_code == 401
        assert MARKER not in answer.text + str(answer.headers) + logged.getvalue()


def test_clients_of_models_log_no_request(logged: io.StringIO) -> None:
    logging.getLogger("openai").setLevel(logging.DEBUG)
    chat_model("m", "http://127.0.0.1:1/v1", SecretStr(MARKER), 1)
    for name in ("openai", "openai._base_client", "httpx", "httpx2", "httpcore", "httpcore2"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO), name


def test_a_model_prints_no_key() -> None:
    assert MARKER not in repr(chat_model("m", "http://127.0.0.1:1/v1", SecretStr(MARKER), 1))


def test_a_formatter_without_secrets_changes_no_line() -> None:
    record = logging.LogRecord("coach", logging.INFO, "x.py", 1, "the index serves", (), None)
    assert DiscreetFormatter("%(message)s").format(record) == "the index serves"
