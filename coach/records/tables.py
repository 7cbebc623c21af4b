"""The tables of the system of record. Portable types only: SQLite and PostgreSQL run the same."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    func,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, read back with its time zone; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without its zone can't be stored")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _ref(name: str, target: str, nullable: bool = False, **more: Any) -> Column[str]:
    return Column(name, String(32), ForeignKey(f"{target}.id"), nullable=nullable, **more)


def _created() -> Column[datetime]:
    return Column("created_at", UtcDateTime, nullable=False)


def _updated() -> Column[datetime]:
    return Column("updated_at", UtcDateTime, nullable=False)


programs = Table(
    "programs",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("objectives", JSON, nullable=False),
    Column("description", Text),
    Column("min_group_size", Integer, nullable=False),
    Column("retention_days", Integer),
    Column("model_use", Boolean, nullable=False, server_default=true()),
    Column("model_use_by_default", Boolean, nullable=False, server_default=true()),
    _created(),
)

participants = Table(
    "participants",
    metadata,
    _id(),
    _ref("program_id", "programs", index=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("email", Text),
    Column("department", Text),
    Column("seniority", Text),
    Column("model_use", Boolean),
    _created(),
    Column("subject", Text, index=True),
)
Index("ix_participants_lower_email", func.lower(participants.c.email))

tokens = Table(
    "tokens",
    metadata,
    _id(),
    _ref("participant_id", "participants", index=True),
    Column("sha256", String(64), nullable=False, unique=True),
    _created(),
    Column("label", Text),
    Column("scopes", String(64), nullable=False, server_default="read write coach"),
    Column("expires_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("made_with", String(32), index=True),
)

pairings = Table(
    "pairings",
    metadata,
    _id(),
    _ref("program_id", "programs", index=True),
    Column("kind", String(16), nullable=False),
    _created(),
)

memberships = Table(
    "memberships",
    metadata,
    _ref("pairing_id", "pairings", primary_key=True),
    _ref("participant_id", "participants", primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("side", String(16), nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
)

goals = Table(
    "goals",
    metadata,
    _id(),
    _ref("pairing_id", "pairings", index=True),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("measure", Text),
    Column("due", Date),
    _ref("owner_id", "participants", nullable=True),
    Column("status", String(16), nullable=False),
    Column("attainment", Integer),
    _created(),
    _updated(),
)

actions = Table(
    "actions",
    metadata,
    _id(),
    _ref("pairing_id", "pairings", index=True),
    Column("title", Text, nullable=False),
    _ref("owner_id", "participants", nullable=True),
    Column("due", Date),
    Column("status", String(16), nullable=False),
    _created(),
    _updated(),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _ref("pairing_id", "pairings"),
    Column("held_at", UtcDateTime, nullable=False),
    Column("format", String(16), nullable=False),
    Column("minutes", Integer),
    _created(),
    Index(None, "pairing_id", "held_at"),
)

notes = Table(
    "notes",
    metadata,
    _id(),
    _ref("session_id", "sessions", index=True),
    _ref("author_id", "participants", index=True),
    Column("text", Text, nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("index_state", String(16), nullable=False, index=True),
    Column("passage_format", String(32), nullable=False),
    _created(),
    _updated(),
)

passages = Table(
    "passages",
    metadata,
    _id(),
    _ref("note_id", "notes", index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("speaker", Text),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _ref("participant_id", "participants", primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    _ref("note_id", "notes", index=True),
    _created(),
)

suggestions = Table(
    "suggestions",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    _ref("program_id", "programs"),
    _ref("pairing_id", "pairings", nullable=True, index=True),
    _ref("asked_by", "participants", index=True),
    Column("items", JSON, nullable=False),
    Column("drafted_by", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("usage", JSON, nullable=False),
    _created(),
)

suggestion_sources = Table(
    "suggestion_sources",
    metadata,
    _ref("suggestion_id", "suggestions", primary_key=True),
    _ref("note_id", "notes", primary_key=True, index=True),
)

citations = Table(
    "citations",
    metadata,
    _ref("suggestion_id", "suggestions", primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    _ref("note_id", "notes", index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("speaker", Text),
)

responses = Table(
    "responses",
    metadata,
    _id(),
    _ref("suggestion_id", "suggestions", index=True),
    Column("response", String(16), nullable=False),
    Column("item", Integer),
    Column("text", Text),
    _created(),
)

serving_index = Table(
    "serving_index",
    metadata,
    Column("generation", String(32), primary_key=True),
    Column("model", Text, nullable=False),
    Column("probe", LargeBinary),
)

_SUMS = ("requests", "prompt_tokens", "completion_tokens", "kept_answers", "cost")

spending = Table(
    "spending",
    metadata,
    Column("program_id", String(32), ForeignKey("programs.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("model", Text, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in _SUMS),
)

traces = Table("traces", metadata, _id())
audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("program_id", String(32), ForeignKey("programs.id", ondelete="CASCADE")),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", String(32), ForeignKey("participants.id", ondelete="SET NULL")),
    Column("action", String(32), nullable=False),
    Column("place_kind", String(16)),
    Column("place_id", String(32)),
    Index(None, "program_id", "day"),
    Index(None, "actor_id", "day"),
    sqlite_autoincrement=True,
)

audit_concerns = Table(
    "audit_concerns",
    metadata,
    Column("audit_number", ForeignKey("audit.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column(
        "participant_id",
        String(32),
        ForeignKey("participants.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("note_id", String(32)),
)

disclosures = Table(
    "disclosures",
    metadata,
    _id(),
    Column("request_id", String(32), nullable=False),
    _ref("person_id", "participants"),
    Column("program_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("host", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("names_replaced", Boolean, nullable=False),
    Column("asked", Boolean, nullable=False),
    Column("passages", JSON, nullable=False),
    Column("work_ids", JSON, nullable=False),
    Index(None, "person_id", "at"),
)

releases = Table(
    "releases",
    metadata,
    Column("program_id", String(32), ForeignKey("programs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("pairings", Integer, nullable=False),
    Column("themes", JSON, nullable=False),
    Column("wording", JSON),
)

release_marks = Table(
    "release_marks",
    metadata,
    Column("program_id", String(32), ForeignKey("programs.id", ondelete="CASCADE"), primary_key=True),
    Column("pairing_id", String(32), ForeignKey("pairings.id", ondelete="CASCADE"), primary_key=True),
    Column("notes", String(64), nullable=False),
    Column("release", Integer, nullable=False),
)

release_carriers = Table(
    "release_carriers",
    metadata,
    Column("program_id", String(32), ForeignKey("programs.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", String(64), primary_key=True),
    Column("pairing_id", String(32), ForeignKey("pairings.id", ondelete="CASCADE"), primary_key=True),
    Column("carries", Boolean, nullable=False),
    Column("learned", Boolean),
    Column("struggling", Boolean),
    Index(None, "pairing_id"),
)
