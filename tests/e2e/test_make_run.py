"""`make run`, as on a fresh machine: it serves, and the commands that it prints work."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 300

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE + 60)]


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[str]:
    """What `make run` prints until it serves; it is stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "COUNTERPART_PORT": str(port), "COUNTERPART_DATA_DIR": str(tmp_path / "data")}
    log = tmp_path / "printed.txt"
    with log.open("w") as out:
        running = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True
        )
        try:
            yield _until_served(log, running)
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(30)


def _until_served(log: Path, running: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + PATIENCE
    while "Counterpart is running on" not in log.read_text():
        assert running.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.5)
    return log.read_text()


def _run(command: str) -> dict[str, Any]:
    told = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=True)
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer


def test_the_three_printed_commands_answer(printed: str) -> None:
    commands = re.findall(r"^\s*(curl .+)$", printed, re.MULTILINE)
    assert len(commands) == 3

    agenda, reflection, learnings = (_run(command) for command in commands)

    assert agenda["kind"] == "agenda"
    assert sum(item["minutes"] for item in agenda["items"]) == 60
    assert any(item["citations"] for item in agenda["items"])
    assert reflection["kind"] == "reflection"
    assert len(reflection["items"]) == 5
    assert learnings["kind"] == "learnings"
    assert learnings["items"]
    assert not any(item["citations"] for item in learnings["items"])
