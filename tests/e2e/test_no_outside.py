"""Nothing is asked for outside this machine: attempts are counted, not only prevented.

Where the system lets us make a network namespace, the kernel counts, and native code is seen as well; where
it does not, Python's sockets are guarded and the tests say so in their output.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import COUNTERPART, ROOT, environment
from tests.offline import has_namespaces

_NAMESPACES = has_namespaces()
in_namespaces = pytest.mark.skipif(not _NAMESPACES, reason="this system lets us make no network namespace")
_TOLD_OF_TESTS = {"CI", "ORT_RUNNING_UNIT_TESTS", "ORT_DISABLE_TELEMETRY", "DO_NOT_TRACK"}
_LONGER_THAN_AN_UPLOAD_WAITS = 20
_EMBEDDING = """
import asyncio, time
from vectorstore.onnx_embedder import OnnxEmbedder

async def main():
    embedder = OnnxEmbedder()
    await embedder.load()
    await embedder.embed(["a note"])

asyncio.run(main())
time.sleep({seconds})
"""
_PRELUDE = "import ctypes, socket, struct, contextlib\nwith contextlib.suppress(OSError):\n    "
_OUTSIDE = {
    "TCP": "socket.create_connection(('192.0.2.1', 443), 1)",
    "TCP on IPv6": "socket.create_connection(('2001:db8::1', 443), 1)",
    "a datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "a name": "socket.getaddrinfo('telemetry.invalid', 443)",
}
_NATIVE = (
    "where = struct.pack('=H', socket.AF_INET) + struct.pack('!H4s8x', 443, bytes([192, 0, 2, 1]))\n    "
    "held = socket.socket()\n    ctypes.CDLL(None).connect(held.fileno(), where, 16)"
)
_LOOPBACK = (
    "held = socket.create_server(('127.0.0.1', 0))\n    socket.create_connection(held.getsockname())\n    "
    "held = socket.create_server(('localhost', 0))\n    "
    "socket.create_connection(('localhost', held.getsockname()[1]))"
)


def run_offline(
    folder: Path, *command: str, guard: bool = False, env: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], str]:
    """Exit status, what was tried, and what was printed; the guard's own tests run in a namespace, too.

    Some libraries are silent when a variable says that they are being tested: it is taken away.
    """
    report = folder / "report.json"
    options = ["--report", str(report), *(["--guard"] if guard else [])]
    around = ["unshare", "-rn"] if guard and _NAMESPACES else []
    told = subprocess.run(
        [*around, sys.executable, "-m", "tests.offline", *options, *command],
        cwd=ROOT,
        env={k: v for k, v in (env or os.environ).items() if k not in _TOLD_OF_TESTS},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    printed = told.stdout + told.stderr
    assert report.exists(), printed
    return told.returncode, json.loads(report.read_text()), printed


@in_namespaces
@pytest.mark.parametrize("how", [*_OUTSIDE, "native code"])
def test_an_attempt_is_counted_by_the_namespace(tmp_path: Path, how: str) -> None:
    program = _PRELUDE + (_NATIVE if how == "native code" else _OUTSIDE[how])
    status, told, printed = run_offline(tmp_path, sys.executable, "-c", program)
    assert status == 1, printed
    assert told["how"] == "namespace"
    assert sum(told["tried"].values()) >= 1


@pytest.mark.parametrize("how", _OUTSIDE)
def test_an_attempt_is_noted_by_the_guard(tmp_path: Path, how: str) -> None:
    status, told, printed = run_offline(tmp_path, sys.executable, "-c", _PRELUDE + _OUTSIDE[how], guard=True)
    assert status == 1, printed
    assert told["how"] == "guard"
    assert sum(told["tried"].values()) == 1
    assert "native code unseen" in printed


@pytest.mark.parametrize("guard", [pytest.param(False, marks=in_namespaces), True])
def test_loopback_is_no_outside(tmp_path: Path, guard: bool) -> None:
    program = _PRELUDE.replace("with contextlib.suppress(OSError):", "if True:") + _LOOPBACK
    status, told, printed = run_offline(
        tmp_path, sys.executable, "-c", program, guard=guard and not _NAMESPACES
    )
    assert (status, told["tried"]) == (0, {}), printed


def test_the_exit_status_is_the_commands(tmp_path: Path) -> None:
    assert run_offline(tmp_path, sys.executable, "-c", "raise SystemExit(7)")[0] == 7


@in_namespaces
@pytest.mark.slow
def test_the_packaged_model_runs_for_a_while_and_tells_nobody(tmp_path: Path) -> None:
    """onnxruntime collects what it would tell its maker, and sends it some seconds later."""
    program = _EMBEDDING.format(seconds=_LONGER_THAN_AN_UPLOAD_WAITS)
    status, told, printed = run_offline(tmp_path, sys.executable, "-c", program)
    assert (status, told["tried"]) == (0, {}), printed


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_tests_that_start_processes_ask_for_nothing_outside(tmp_path: Path) -> None:
    """pytest-socket does not reach into those; one such test is run here in a place without an outside."""
    one = "tests/e2e/test_imports.py::test_the_offline_coach_imports_no_client_of_a_model"
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", one)
    status, told, printed = run_offline(tmp_path, *command)
    assert (status, told["tried"]) == (0, {}), printed


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_demonstration_asked_for_everything_asks_for_nothing_outside(
    tmp_path: Path, record_property: Any
) -> None:
    command = (sys.executable, "-m", "tests.e2e.asking_a_demo", str(tmp_path / "data"))
    status, told, printed = run_offline(tmp_path, *command)
    print(printed)
    record_property("how", told["how"])
    assert (status, told["tried"]) == (0, {}), printed
    counted = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
    assert len(counted) == 7
    assert all(counted.values()), counted


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_evaluation_asks_for_nothing_outside(tmp_path: Path) -> None:
    command = (COUNTERPART, "eval", "--fixtures", "stonebridge/jun-callista", "--jobs", "1")
    env = environment(tmp_path / "data", "unused")
    status, told, printed = run_offline(tmp_path, *command, "--out", str(tmp_path / "out"), env=env)
    assert (status, told["tried"]) == (0, {}), printed
