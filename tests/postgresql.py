"""Tests with the records on a real PostgreSQL server.

    python -m tests.postgresql COMMAND...

Starts a server of its own in a new folder, with no port open, runs the command with `--postgresql FOLDER`
behind it and removes the server. Debian has one in the package `postgresql`.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

_SUPERUSER, _SERVICE_ACCOUNT = "counterpart", "postgres"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def fresh_database(sockets: str) -> Iterator[str]:
    """The URL of a new one on the server that listens in this folder; dropped at the end."""
    name = f"counterpart_{uuid4().hex}"
    _run(sockets, f"CREATE DATABASE {name}")
    try:
        yield f"postgresql://{_SUPERUSER}@/{name}?host={sockets}"
    finally:
        _run(sockets, f"DROP DATABASE {name} WITH (FORCE)")


def _run(sockets: str, statement: str) -> None:
    """In a thread with a loop of its own: a test's may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _executed(sockets, statement)).result()


async def _executed(sockets: str, statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(host=sockets, user=_SUPERUSER, database="postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def server() -> Iterator[str]:
    """The folder of its socket. PostgreSQL refuses to run as root; then Debian's account for it runs it."""
    account = _SERVICE_ACCOUNT if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="counterpart-postgresql-") as folder:
        if account:
            shutil.chown(folder, account)
        data = f"{folder}/data"

        def run(program: str, *told: str) -> None:
            subprocess.run([_program(program), "-D", data, *told], user=account, cwd=folder, check=True)

        run("initdb", "--auth=trust", f"--username={_SUPERUSER}", "--no-sync", "--no-instructions")
        settings = " ".join(f"-c {setting}" for setting in (*_FAST, "listen_addresses="))
        run("pg_ctl", "--wait", "--silent", f"--log={folder}/log", "-o", f"-k {folder} {settings}", "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "--wait", "--silent", "--mode=immediate", "stop")


def _program(name: str) -> str:
    """Its path; Debian keeps the server's programs off PATH."""
    kept = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *kept]))
    if found is None:
        sys.exit(f"{name} is not here; install PostgreSQL's server (on Debian: apt-get install postgresql)")
    return found


if __name__ == "__main__":
    with server() as sockets:
        ended = subprocess.run([*sys.argv[1:], "--postgresql", sockets])
    sys.exit(ended.returncode)
