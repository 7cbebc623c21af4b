"""Records of before a migration are used after it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from coach.domain.tokens import EVERY_SCOPE
from coach.records import migrate
from coach.records.database import open_database
from coach.setup.tokens import token_hash, who_holds
from tests.fakes import NOW

_BEFORE = """
INSERT INTO programs (id, name, objectives, min_group_size, created_at) VALUES ('p', 'P', '[]', 3, :at);
INSERT INTO participants (id, program_id, name, role, created_at) VALUES ('m', 'p', 'M', 'mentor', :at);
INSERT INTO tokens (id, participant_id, sha256, created_at) VALUES ('t', 'm', :hash, :at)
"""


async def test_a_token_of_before_scopes_goes_on_with_all_of_them(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}", lambda: NOW)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))

    def to(connection: Connection, revision: str) -> None:
        config.attributes["connection"] = connection
        turn = command.downgrade if revision == "back" else command.upgrade
        turn(config, "0004" if revision == "back" else revision)

    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(to, "0004")
            values = {"at": "2027-01-01 00:00:00", "hash": token_hash("cp_old")}
            for statement in _BEFORE.split(";"):
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                await connection.execute(text(statement), used)
        await migrate.migrate(database)
        async with database.reading() as records:
            person, token = await who_holds(records, "cp_old", NOW)
        assert (person.id, person.participant.subject) == ("m", None)
        assert (token.scopes, token.label, token.ends_at) == (EVERY_SCOPE, None, None)
        async with database.engine.begin() as connection:
            await connection.run_sync(to, "back")
            columns = await connection.run_sync(lambda c: inspect(c).get_columns("tokens"))
        assert {column["name"] for column in columns} == {"id", "participant_id", "sha256", "created_at"}
    finally:
        await database.close()
