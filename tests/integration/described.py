"""Every operation that the OpenAPI description names, called with what schemathesis makes up for it.

Callers, ids and statuses come from the description and from one coached program, so that a new route is
called as soon as it is described.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import requests
import schemathesis
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, Phase, Verbosity, given, reject, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from coach.settings import Settings
from tests.conftest import ADMIN, Client
from tests.integration.coached_program import Program, coached_program, open_service_at

BASE = "http://coach.test"
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_REAL = 0.7
_UNSENDABLE = (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError)


class Described:
    """A running program, its description's operations, who may call and which ids are real."""

    def __init__(
        self, portal: BlockingPortal, client: Client, program: Program, told: dict[str, Any]
    ) -> None:
        self._portal = portal
        self._client = client
        self.schema = schemathesis.openapi.from_dict(told)
        self._take(program)

    def renew(self) -> None:
        """Another program: what was erased from the one before is there again."""
        self._take(self._portal.call(coached_program, self._client))

    def _take(self, program: Program) -> None:
        world = program.world
        self.tokens: dict[str, str | None] = {
            "operator": ADMIN,
            "mentor": world.tokens["maya"],
            "mentee": world.tokens["ingrid"],
            "owner": world.tokens["olga"],
            "none": None,
            "wrong": "cp_nobody-was-given-this",
        }
        self._ids = self._portal.call(_real_ids, program)

    def operations(self) -> list[Any]:
        """Those that erase come last."""
        found = []
        for each in self.schema.get_all_operations():
            assert isinstance(each, Ok), each
            found.append(each.ok())
        return sorted(found, key=lambda operation: operation.method == "delete")

    def called(self, operation: Any, examples: int) -> dict[int, int]:
        """How often each status was answered; AssertionError or a failure of schemathesis for a fault."""
        cases = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
        counted: dict[int, int] = {}

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(data=st.data())
        def call(data: st.DataObject) -> None:
            case = data.draw(st.one_of(cases))
            self._make_real(case, data)
            caller = data.draw(st.sampled_from(sorted(self.tokens)))
            answer = self._send(case, self.tokens[caller], streams=data.draw(st.booleans()))
            status = int(answer.status_code)
            counted[status] = counted.get(status, 0) + 1
            case.validate_response(answer, checks=_CHECKS)

        call()
        return counted

    def _make_real(self, case: Any, data: st.DataObject) -> None:
        """Put ids that exist in most places that take one, told by their names."""
        places: list[dict[str, Any]] = [
            held for held in (case.path_parameters, case.body) if isinstance(held, dict)
        ]
        for held in places:
            for name in list(held):
                known = self._ids.get("participant_id" if name == "to" else name.replace("_ids", "_id"))
                if known and data.draw(st.floats(0, 1)) < _REAL:
                    one = data.draw(st.sampled_from(known))
                    held[name] = [one] if name.endswith("_ids") else one

    def _send(self, case: Any, token: str | None, streams: bool) -> httpx2.Response:
        try:
            told = case.as_transport_kwargs(base_url=BASE)
            asked = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
            sent = requests.Request(**{name: told[name] for name in asked if name in told}).prepare()
            headers = [(k.encode("latin-1"), _bytes(v)) for k, v in sent.headers.items()]
        except _UNSENDABLE:
            reject()
        headers = [each for each in headers if each[0].lower() not in (b"authorization", b"accept")]
        headers += [(b"Authorization", f"Bearer {token}".encode())] if token else []
        headers += [(b"Accept", b"text/event-stream")] if streams else []
        answer: httpx2.Response = self._portal.call(self._answer, sent.method, sent.url, headers, sent.body)
        return answer

    async def _answer(self, method: Any, url: Any, headers: Any, body: Any) -> httpx2.Response:
        content = body.encode() if isinstance(body, str) else body
        return await self._client.http.request(method, url, headers=headers, content=content)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


@contextmanager
def described(folder: Path, but: Callable[[dict[str, Any]], object] = len) -> Iterator[Described]:
    """On real SQLite and Chroma with the fake embedder, in a loop of a thread of its own.

    `but` may change the description.
    """
    own = Settings(
        data_dir=folder, admin_token=SecretStr(ADMIN), rate_per_minute=0, rate_suggestions_per_minute=0
    )
    with start_blocking_portal() as portal:
        opened = portal.wrap_async_context_manager(open_service_at(own))
        with opened as (service, client):
            program = portal.call(coached_program, client)
            told = create_app(service).openapi()
            but(told)
            yield Described(portal, client, program, told)


async def _real_ids(program: Program) -> dict[str, list[str]]:
    world, client = program.world, program.world.client
    people = [world.ids[key] for key in ("maya", "ingrid", "olga")]
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]

    async def listed(path: str) -> list[str]:
        return [each["id"] for each in (await client("GET", path, token)).json()["items"]]

    sessions = await listed(f"{home}/sessions")
    suggestions = [(await program.ask(kind))["id"] for kind in ("agenda", "reflection")]
    return {
        "program_id": [world.program],
        "pairing_id": [world.pairing],
        "participant_id": people,
        "owner_id": people,
        "mentor_id": people[:1],
        "mentee_id": people[1:2],
        "session_id": sessions,
        "goal_id": await listed(f"{home}/goals"),
        "action_id": await listed(f"{home}/actions"),
        "note_id": await listed(f"/v1/sessions/{sessions[-1]}/notes"),
        "suggestion_id": suggestions,
    }
