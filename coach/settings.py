"""Every setting of the service: read once, typed, passed down."""

import re
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from coach.setup.fields import NOTE_MOST

_DEAREST = 1_000_000
_PREFIX = "COUNTERPART_"


class Settings(BaseSettings):
    """Environment variables with the prefix COUNTERPART_; the README's table documents each."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    data_dir: Path = Path("data")
    database_url: str | None = Field(default=None, repr=False)
    chroma_url: str | None = Field(default=None, repr=False)
    admin_token: SecretStr | None = None
    metrics_token: SecretStr | None = None
    token_days: int | None = Field(default=None, ge=1, le=36_500)
    rate_per_minute: int = Field(default=1200, ge=0)
    rate_suggestions_per_minute: int = Field(default=120, ge=0)
    oidc_audience: str | None = None
    oidc_issuer: str | None = None
    oidc_jwks_url: str | None = None
    oidc_leeway: int = Field(default=60, ge=0, le=600)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    llm_base_url: str | None = Field(
        default=None,
        repr=False,
        validation_alias=AliasChoices("COUNTERPART_LLM_BASE_URL", "OPENAI_BASE_URL"),
    )
    llm_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("COUNTERPART_LLM_API_KEY", "OPENAI_API_KEY"),
    )
    llm_model: str = "gpt-5-mini"
    llm_timeout: float = Field(default=30.0, gt=0)
    llm_rest: float = Field(default=30.0, gt=0)
    llm_concurrency: int = Field(default=256, ge=1)
    entailment_model: str | None = None
    llm_evidence_tokens: int = Field(default=3000, ge=100)
    llm_kept: int = Field(default=256, ge=0)
    llm_price_prompt: Decimal = Field(default=Decimal(0), ge=0, le=_DEAREST)
    llm_price_completion: Decimal = Field(default=Decimal(0), ge=0, le=_DEAREST)
    llm_currency: str = Field(default="USD", min_length=1, max_length=16)
    llm_daily_tokens: int | None = Field(default=None, ge=1)
    llm_daily_cost: Decimal | None = Field(default=None, gt=0, le=_DEAREST)
    embedding_model: str | None = None
    embedding_int8: bool | None = None
    embedding_base_url: str | None = Field(default=None, repr=False)
    embedding_api_key: SecretStr | None = None
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)
    max_note_chars: int = Field(default=1_100_000, ge=1, le=NOTE_MOST)
    reporting_days: int = Field(default=28, ge=1, le=3660)
    index_wait: float = Field(default=2.0, ge=0)
    retention_days: int | None = Field(default=None, ge=1, le=36_500)
    body_timeout: float = Field(default=30.0, gt=0)
    request_timeout: float = Field(default=120.0, gt=0)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    behind_tls: bool = False

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _named(cls, told: object) -> object:
        """As one line with commas between, or as many."""
        return tuple(filter(None, map(str.strip, told.split(",")))) if isinstance(told, str) else told

    @field_validator("llm_base_url", "embedding_base_url", "chroma_url", "oidc_jwks_url")
    @classmethod
    def _is_address(cls, told: str | None) -> str | None:
        if told is not None and not re.match(r"https?://[^/?#\s]+", told, re.IGNORECASE):
            raise ValueError("must be an address that begins with http:// or https://")
        return told

    @field_validator("admin_token", "metrics_token")
    @classmethod
    def _is_told(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not token.get_secret_value().strip():
            raise ValueError("holds nothing but white space; set a long random word, or leave it unset")
        return token

    @field_validator("llm_daily_cost")
    @classmethod
    def _has_prices(cls, cost: Decimal | None, given: ValidationInfo) -> Decimal | None:
        if cost and not (given.data.get("llm_price_prompt") or given.data.get("llm_price_completion")):
            raise ValueError(
                "nothing costs anything without prices; set COUNTERPART_LLM_PRICE_PROMPT and "
                "COUNTERPART_LLM_PRICE_COMPLETION, or limit COUNTERPART_LLM_DAILY_TOKENS"
            )
        return cost

    @field_validator("oidc_issuer")
    @classmethod
    def _has_audience(cls, issuer: str | None, given: ValidationInfo) -> str | None:
        if issuer is not None and not given.data.get("oidc_audience"):
            raise ValueError(
                "an issuer signs people on to many services; set COUNTERPART_OIDC_AUDIENCE to what its "
                "tokens for this one name in `aud`"
            )
        return issuer

    @property
    def uses_llm(self) -> bool:
        return self.llm_base_url is not None or self.llm_api_key is not None

    @cached_property
    def sqlalchemy_url(self) -> str:
        """The database's address with its asynchronous driver named."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir / 'counterpart.db'}"
        scheme, _, rest = self.database_url.partition("://")
        drivers = {
            "sqlite": "sqlite+aiosqlite",
            "postgresql": "postgresql+asyncpg",
            "postgres": "postgresql+asyncpg",
        }
        return f"{drivers.get(scheme, scheme)}://{rest}"

    @property
    def keeps_files(self) -> bool:
        """Whether the data directory holds the database or the index, so that one process may serve it."""
        return self.sqlalchemy_url.startswith("sqlite") or self.chroma_url is None


def misnamed(environment: Iterable[str]) -> list[str]:
    """What to tell of each variable that has the settings' prefix and is none of them."""
    known, told = {name.upper() for name in Settings.model_fields}, list[str]()
    for variable in sorted(environment):
        name = variable.upper().removeprefix(_PREFIX)
        if variable.upper().startswith(_PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"is {_PREFIX}{near[0]} meant?" if near else "the README's table lists them"
            told.append(f"{variable} is no setting and does nothing; {meant}")
    return told
