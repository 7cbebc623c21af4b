"""What takes long to import stays out where it is not asked for."""

import sys
from pathlib import Path

import pytest

from tests.conftest import ADMIN
from tests.e2e.processes import environment, run

_SERVICE = """
import asyncio, sys
from api.app import create_app
from coach.settings import Settings
from coach.wiring import open_service

async def main():
    async with open_service(Settings()) as service:
        create_app(service)
        await service.look_after()

asyncio.run(main())
"""
_HELP = """
import sys
from click.testing import CliRunner
from api.cli import main

assert CliRunner().invoke(main, ["--help"]).exit_code == 0
"""
_TELL = "\nprint(sorted(name for name in sys.modules if name in ('langchain_openai', 'openai', 'torch')))"


@pytest.mark.parametrize("program", [_SERVICE, _HELP])
async def test_the_offline_coach_imports_no_client_of_a_model(tmp_path: Path, program: str) -> None:
    status, told = await run((sys.executable, "-c", program + _TELL), environment(tmp_path / "data", ADMIN))
    assert status == 0, told
    assert told.splitlines()[-1] == "[]"


async def test_with_an_endpoint_for_vectors_they_are_imported(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", ADMIN)
    env |= {"COUNTERPART_EMBEDDING_BASE_URL": "http://127.0.0.1:9/v1", "COUNTERPART_EMBEDDING_MODEL": "m"}
    program = _SERVICE.replace("asyncio.run(main())", "try:\n    asyncio.run(main())\nexcept Exception: pass")
    _, told = await run((sys.executable, "-c", program + _TELL), env)
    assert told.splitlines()[-1] == "['langchain_openai', 'openai']"
