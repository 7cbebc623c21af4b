"""`counterpart demo` in a process of its own, asked for every kind of advice and for all that it serves.

    python -m tests.e2e.asking_a_demo DATA_DIR

Prints how many items each answer held. To be run where there is no outside.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

import httpx2

from tests.e2e.processes import COUNTERPART, Server, environment

_ADMIN = "the-operators-token-of-the-demo"
_PATIENCE = 300
_PAIRING = re.compile(r"/v1/pairings/(\w+)/agenda")
_PROGRAM = re.compile(r"/v1/programs/(\w+)/learnings")
_BEARER = re.compile(r"Bearer (\S+)'")
_NOTE = "We ran out of time for the dashboard demo. I felt unsure about the forecast."


async def _ready(http: httpx2.AsyncClient) -> None:
    for _ in range(2 * _PATIENCE):
        if (await http.get("/readyz")).status_code == 200:
            return
        await asyncio.sleep(0.5)
    raise AssertionError("it does not become ready")


async def asked(address: str, printed: str) -> dict[str, int]:
    pairing, program = _PAIRING.search(printed), _PROGRAM.search(printed)
    assert pairing and program, printed
    mentor, _, owner = _BEARER.findall(printed)
    home = f"/v1/pairings/{pairing[1]}"
    counted = {}
    async with httpx2.AsyncClient(base_url=address, timeout=120) as http:

        async def call(method: str, path: str, token: str | None, body: object = None) -> httpx2.Response:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = await http.request(method, path, headers=headers, json=body)
            assert answer.status_code < 300, (path, answer.status_code, answer.text)
            return answer

        await _ready(http)
        members = (await call("GET", home, mentor)).json()["mentee_ids"]
        held = {"held_at": "2026-11-01T10:00:00Z", "format": "one_to_one"}
        session = (await call("POST", f"{home}/sessions", mentor, held)).json()["id"]
        await call("POST", f"/v1/sessions/{session}/notes", mentor, {"text": _NOTE})
        asks: dict[str, tuple[str, object]] = {
            f"{home}/agenda": (mentor, {"minutes": 60}),
            f"{home}/reflection": (mentor, {}),
            f"{home}/progress": (mentor, {}),
            f"{home}/feedback": (mentor, {"draft": "You looked at your phone.", "to": members[0]}),
            f"{home}/ask": (mentor, {"question": "What did we run out of time for?"}),
            f"{home}/search": (mentor, {"query": "the dashboard"}),
            f"/v1/programs/{program[1]}/learnings": (owner, {}),
        }
        for path, (token, body) in asks.items():
            told = (await call("POST", path, token, body)).json()
            counted[path.rpartition("/")[2]] = len(told["items"])
        for path in ("/docs", "/openapi.json", "/metrics", "/healthz"):
            await call("GET", path, None)
    return counted


async def main(data_dir: Path) -> None:
    env = environment(data_dir, _ADMIN)
    server = await Server.start((COUNTERPART, "demo"), env)
    try:
        address = await server.address(within=_PATIENCE)
        print(json.dumps(await asked(address, server.log.decode())))
    finally:
        await server.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
