"""What the command line writes is its owner's alone to read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from api import cli


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_command_writes_files_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_DATA_DIR", str(tmp_path / "data"))
    told = CliRunner().invoke(cli.main, ["migrate"])
    assert told.exit_code == 0, told.output
    written = [tmp_path / "data", *(tmp_path / "data").iterdir()]
    assert len(written) > 1
    assert not any(stat.S_IMODE(file.stat().st_mode) & 0o077 for file in written)
