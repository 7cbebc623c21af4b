"""Servers as processes of their own: started, killed, stopped; always on a port that the system chose."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAKE = (sys.executable, "-m", "tests.e2e.serve_with_fake_embedder")
COUNTERPART = str(Path(sys.executable).with_name("counterpart"))
_ADDRESS = re.compile(rb"running on (http://127\.0\.0\.1:\d+)")


def environment(data_dir: Path, admin_token: str) -> dict[str, str]:
    """This process's own without any setting of ours or of a model's vendor."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COUNTERPART_", "OPENAI_"))}
    return {
        **kept,
        "COUNTERPART_DATA_DIR": str(data_dir),
        "COUNTERPART_ADMIN_TOKEN": admin_token,
        "COUNTERPART_PORT": "0",
        "HF_HUB_OFFLINE": "1",
    }


class Server:
    """One process that serves; `log` is what it has written so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.log = b""
        self._process = process
        self._address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, command: tuple[str, ...], env: dict[str, str]) -> "Server":
        process = await asyncio.create_subprocess_exec(
            *command,
            env=env,
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return cls(process)

    async def address(self, within: float = 60) -> str:
        """Where it listens; AssertionError when it ends before it does."""
        async with asyncio.timeout(within):
            return await asyncio.shield(self._address)

    async def ended(self, within: float = 60) -> int:
        """The exit status of a command that ends by itself."""
        async with asyncio.timeout(within):
            status = await self._process.wait()
            await self._reading
        return status

    async def kill(self) -> None:
        """SIGKILL: it gets no chance to finish anything."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, as an operator stops it; its exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        if self._process.returncode is None:
            self._process.send_signal(how)
        status = await self._process.wait()
        await self._reading
        return status

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.log += line
            found = _ADDRESS.search(line)
            if found and not self._address.done():
                self._address.set_result(found[1].decode())
        if not self._address.done():
            self._address.set_exception(AssertionError(f"it did not serve: {self.log.decode()[-2000:]}"))
            self._address.exception()


async def run(command: tuple[str, ...], env: dict[str, str]) -> tuple[int, str]:
    """Exit status and all that was written by a command that ends by itself."""
    process = await Server.start(command, env)
    try:
        return await process.ended(), process.log.decode()
    finally:
        await process.kill()
