"""Migrations and what is said of them without Alembic."""

from pathlib import Path

from alembic.script import ScriptDirectory

from coach.records import migrate


def test_the_newest_revision_is_alembics_head() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert migrate.newest_revision() == scripts.get_current_head()
