"""Run a command where there is no outside, and tell what it tried to reach there.

    python -m tests.offline [--guard] [--report FILE] COMMAND...

In a network namespace with loopback alone, where the system lets us make one: its kernel counts whatever
finds no route, from Python or not. Elsewhere, and with --guard, Python's own sockets are guarded in every
process (tests/guard): an attempt is noted and fails; native code is not seen then. The last line says which
it was. The exit status is the command's, or 1 when something was tried.
"""

import argparse
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
GUARD = Path(__file__).with_name("guard")
ATTEMPTS = "COUNTERPART_TESTS_ATTEMPTS"
_COUNTED = ("IpOutNoRoutes", "Ip6OutNoRoutes", "UdpOutDatagrams", "Udp6OutDatagrams")
_SET_FLAGS, _UP_AND_RUNNING = 0x8914, 0x41


def main(told: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.offline")
    parser.add_argument("--guard", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--report", type=Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(told)
    if asked.inside:
        return _told(asked.report, "namespace", *_in_namespace(asked.command))
    if not asked.guard and has_namespaces():
        again = (sys.executable, "-m", "tests.offline", "--inside", *_report(asked.report), *asked.command)
        return subprocess.run(("unshare", "-rn", *again), check=False).returncode
    return _told(asked.report, "guard", *_guarded(asked.command))


def has_namespaces() -> bool:
    try:
        return subprocess.run(("unshare", "-rn", "true"), capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _report(place: Path | None) -> tuple[str, ...]:
    return ("--report", str(place)) if place else ()


def _in_namespace(command: Sequence[str]) -> tuple[int, dict[str, int]]:
    """The exit status, and what was tried by kind; datagrams to loopback count, as the resolver's do."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", _UP_AND_RUNNING))
    before = _counters()
    status = subprocess.run(command, check=False).returncode
    return status, {name: count - before[name] for name, count in _counters().items()}


def _counters() -> dict[str, int]:
    found = dict.fromkeys(_COUNTED, 0)
    lines = Path("/proc/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        kind = names.partition(":")[0]
        counts = zip(names.split()[1:], values.split()[1:], strict=True)
        found |= {kind + name: int(value) for name, value in counts if kind + name in found}
    sixth = Path("/proc/net/snmp6")
    for line in sixth.read_text().splitlines() if sixth.exists() else ():
        name, value = line.split()
        if name in found:
            found[name] = int(value)
    return found


def _guarded(command: Sequence[str]) -> tuple[int, dict[str, int]]:
    with TemporaryDirectory() as folder:
        noted = Path(folder) / "attempts"
        paths = os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH"))))
        env = {**os.environ, "PYTHONPATH": paths, ATTEMPTS: str(noted)}
        status = subprocess.run(command, env=env, check=False).returncode
        tried: dict[str, int] = {}
        for line in noted.read_text().splitlines() if noted.exists() else ():
            tried[line] = tried.get(line, 0) + 1
        return status, tried


def _told(place: Path | None, how: str, status: int, tried: dict[str, int]) -> int:
    tried = {name: count for name, count in tried.items() if count}
    if place:
        place.write_text(json.dumps({"how": how, "tried": tried}))
    seen = {
        "namespace": "in a network namespace",
        "guard": "by Python's sockets alone, native code unseen",
    }
    found = ", ".join(f"{name} {count}" for name, count in tried.items()) or "nothing"
    print(f"Outside this machine was tried ({seen[how]}): {found}", flush=True)
    return status or int(bool(tried))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
