"""Settings from the environment."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from coach.settings import Settings, misnamed


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        for variable in (f"COUNTERPART_{name.upper()}", name.upper(), name):
            monkeypatch.delenv(variable, raising=False)


def test_the_defaults_serve_on_this_machine_without_a_model() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8000, Path("data"))
    assert settings.admin_token is None
    assert not settings.uses_llm
    assert settings.keeps_files
    assert settings.sqlalchemy_url == "sqlite+aiosqlite:///data/counterpart.db"


@pytest.mark.parametrize(
    ("name", "given", "field", "read"),
    [
        ("COUNTERPART_DATA_DIR", "/srv/data", "data_dir", Path("/srv/data")),
        ("COUNTERPART_DATABASE_URL", "sqlite:///x.db", "database_url", "sqlite:///x.db"),
        ("COUNTERPART_CHROMA_URL", "http://chroma:8000", "chroma_url", "http://chroma:8000"),
        ("COUNTERPART_HOST", "0.0.0.0", "host", "0.0.0.0"),  # noqa: S104
        ("COUNTERPART_PORT", "9000", "port", 9000),
        ("COUNTERPART_LLM_BASE_URL", "http://llm/v1", "llm_base_url", "http://llm/v1"),
        ("COUNTERPART_LLM_MODEL", "small", "llm_model", "small"),
        ("COUNTERPART_LLM_TIMEOUT", "12.5", "llm_timeout", 12.5),
        ("COUNTERPART_LLM_PRICE_PROMPT", "0.25", "llm_price_prompt", Decimal("0.25")),
        ("COUNTERPART_LLM_PRICE_COMPLETION", "2", "llm_price_completion", Decimal(2)),
        ("COUNTERPART_LLM_CURRENCY", "EUR", "llm_currency", "EUR"),
        ("COUNTERPART_LLM_DAILY_TOKENS", "1000000", "llm_daily_tokens", 1_000_000),
        ("COUNTERPART_EMBEDDING_MODEL", "/models/m", "embedding_model", "/models/m"),
        ("COUNTERPART_EMBEDDING_BASE_URL", "http://e/v1", "embedding_base_url", "http://e/v1"),
        ("COUNTERPART_MAX_BODY_BYTES", "2048", "max_body_bytes", 2048),
        ("COUNTERPART_MAX_NOTE_CHARS", "10", "max_note_chars", 10),
        ("COUNTERPART_INDEX_WAIT", "0", "index_wait", 0.0),
        ("COUNTERPART_TOKEN_DAYS", "90", "token_days", 90),
        ("COUNTERPART_RATE_PER_MINUTE", "0", "rate_per_minute", 0),
        ("COUNTERPART_RATE_SUGGESTIONS_PER_MINUTE", "7", "rate_suggestions_per_minute", 7),
        ("COUNTERPART_OIDC_AUDIENCE", "coach", "oidc_audience", "coach"),
        ("COUNTERPART_OIDC_JWKS_URL", "https://i/keys", "oidc_jwks_url", "https://i/keys"),
        ("COUNTERPART_OIDC_LEEWAY", "5", "oidc_leeway", 5),
        ("OPENAI_BASE_URL", "http://openai/v1", "llm_base_url", "http://openai/v1"),
    ],
)
def test_each_setting_has_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, field: str, read: object
) -> None:
    monkeypatch.setenv(name, given)
    assert getattr(Settings(), field) == read


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("COUNTERPART_ADMIN_TOKEN", "admin_token"),
        ("COUNTERPART_LLM_API_KEY", "llm_api_key"),
        ("COUNTERPART_EMBEDDING_API_KEY", "embedding_api_key"),
        ("OPENAI_API_KEY", "llm_api_key"),
    ],
)
def test_a_secret_is_read_and_never_printed(monkeypatch: pytest.MonkeyPatch, name: str, field: str) -> None:
    monkeypatch.setenv(name, "open sesame")
    settings = Settings()
    assert getattr(settings, field).get_secret_value() == "open sesame"
    assert "sesame" not in repr(settings)


def test_an_issuer_needs_an_audience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_OIDC_ISSUER", "https://issuer.test")
    with pytest.raises(ValidationError, match="COUNTERPART_OIDC_AUDIENCE"):
        Settings()
    monkeypatch.setenv("COUNTERPART_OIDC_AUDIENCE", "coach")
    assert Settings().oidc_issuer == "https://issuer.test"


def test_vectors_are_asked_for_nowhere_unless_it_is_said_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "COUNTERPART_LLM_BASE_URL", "COUNTERPART_LLM_API_KEY"):
        monkeypatch.setenv(name, "http://llm/v1")
    settings = Settings()
    assert settings.uses_llm
    assert (settings.embedding_base_url, settings.embedding_api_key) == (None, None)


def test_our_own_names_go_before_openais(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BASE_URL", "API_KEY"):
        monkeypatch.setenv(f"OPENAI_{name}", "http://theirs")
        monkeypatch.setenv(f"COUNTERPART_LLM_{name}", "http://ours")
    settings = Settings()
    assert settings.llm_base_url == "http://ours"
    assert settings.llm_api_key == SecretStr("http://ours")


@pytest.mark.parametrize("name", ["LLM_BASE_URL", "LLM_API_KEY", "llm_base_url", "DATA_DIR", "PORT"])
def test_a_variable_without_the_prefix_is_somebody_elses(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "7")
    settings = Settings()
    assert not settings.uses_llm
    assert (settings.data_dir, settings.port) == (Path("data"), 8000)


@pytest.mark.parametrize("name", ["COUNTERPART_LLM_BASE_URL", "OPENAI_API_KEY", "COUNTERPART_CHROMA_URL"])
def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    assert not Settings().uses_llm
    assert Settings().chroma_url is None


def test_an_empty_name_of_ours_leaves_it_to_openais(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_LLM_BASE_URL", "")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://openai/v1")
    assert Settings().llm_base_url == "http://openai/v1"


@pytest.mark.parametrize(
    ("url", "key", "uses"),
    [(None, None, False), ("http://llm", None, True), (None, "k", True), ("http://llm", "k", True)],
)
def test_a_key_or_an_address_is_enough_to_use_a_model(url: str | None, key: str | None, uses: bool) -> None:
    assert Settings(llm_base_url=url, llm_api_key=SecretStr(key) if key else None).uses_llm is uses


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (None, "sqlite+aiosqlite:///where/counterpart.db"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("postgresql://u:p@host/db", "postgresql+asyncpg://u:p@host/db"),
        ("postgres://u:p@host/db?a=://b", "postgresql+asyncpg://u:p@host/db?a=://b"),
        ("postgresql+asyncpg://host/db", "postgresql+asyncpg://host/db"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_the_databases_address_names_its_asynchronous_driver(given: str | None, named: str) -> None:
    assert Settings(data_dir=Path("where"), database_url=given).sqlalchemy_url == named


@pytest.mark.parametrize(
    ("database", "chroma", "keeps"),
    [
        (None, None, True),
        (None, "http://chroma", True),
        ("sqlite:///x.db", "http://chroma", True),
        ("postgresql://host/db", None, True),
        ("postgresql://host/db", "http://chroma", False),
    ],
)
def test_files_are_kept_unless_database_and_index_are_elsewhere(
    database: str | None, chroma: str | None, keeps: bool
) -> None:
    assert Settings(database_url=database, chroma_url=chroma).keeps_files is keeps


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("LLM_TIMEOUT", "0"),
        ("LLM_PRICE_PROMPT", "-1"),
        ("LLM_PRICE_COMPLETION", "0,25"),
        ("LLM_PRICE_COMPLETION", "NaN"),
        ("LLM_DAILY_TOKENS", "0"),
        ("LLM_DAILY_COST", "Infinity"),
        ("MAX_BODY_BYTES", "1"),
        ("INDEX_WAIT", "-1"),
    ],
)
def test_a_value_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, given: str) -> None:
    monkeypatch.setenv(f"COUNTERPART_{name}", given)
    with pytest.raises(ValidationError):
        Settings()


def test_a_limit_of_cost_takes_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_LLM_DAILY_COST", "1.50")
    with pytest.raises(ValidationError, match="set COUNTERPART_LLM_PRICE_PROMPT"):
        Settings()
    monkeypatch.setenv("COUNTERPART_LLM_PRICE_COMPLETION", "2")
    assert Settings().llm_daily_cost == Decimal("1.5")


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", ["llm_base_url", "embedding_base_url", "chroma_url", "oidc_jwks_url"])
@pytest.mark.parametrize("given", ["foo", "localhost:8080/v1", "http://", "ftp://a/b", "//a", "https:// a"])
def test_what_is_no_address_is_refused_and_not_repeated(name: str, given: str) -> None:
    with pytest.raises(ValidationError, match="begins with http:// or https://") as refused:
        Settings.model_validate({name: given})
    (fault,) = refused.value.errors(include_input=False)
    assert given not in fault["msg"].removesuffix("http:// or https://")


@pytest.mark.parametrize(
    "given", ["http://a", "HTTPS://a.example/v1", "http://u:p@127.0.0.1:1/v1", "http://[::1]:9"]
)
def test_an_address_stays_as_it_is_told(given: str) -> None:
    assert Settings(llm_base_url=given).llm_base_url == given


def test_an_operators_token_of_white_space_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_ADMIN_TOKEN", " ")
    with pytest.raises(ValidationError, match="white space"):
        Settings()


def test_a_variable_that_is_no_setting_is_told_with_what_may_be_meant() -> None:
    there = [
        "PATH",
        "COUNTERPART_PORT",
        "counterpart_llm_base_url",
        "COUNTERPART_RETENTION_DAY",
        "COUNTERPART_XQ",
    ]
    assert misnamed(there) == [
        "COUNTERPART_RETENTION_DAY is no setting and does nothing; is COUNTERPART_RETENTION_DAYS meant?",
        "COUNTERPART_XQ is no setting and does nothing; the README's table lists them",
    ]
