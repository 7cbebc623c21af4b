"""Bring the database's tables to the newest revision."""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from coach.records.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Run every migration that the database has not seen, in one transaction."""
    if await _revision(database) == newest_revision():
        return
    from alembic import command
    from alembic.config import Config

    def upgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)


def newest_revision() -> str:
    """The number that the newest migration's file begins with; Alembic takes longer to say the same."""
    return max(file.stem.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


async def _revision(database: Database) -> str | None:
    """None when no migration has run yet."""
    try:
        async with database.engine.connect() as connection:
            return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    except DBAPIError:
        return None
