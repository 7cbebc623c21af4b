"""Sends probes, holds every answer against the oracle, and tells the oracle what they changed."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

from tests.probing.operations import UNKNOWN, Crafting, Operation, Probe
from tests.probing.oracle import NOBODY, OPERATOR, STRANGER, Kind, strange_in
from tests.probing.world import ProbedWorld

_LIFE_EVERY = 12
_LOOKING_BACK = "GET /v1/audit"


@dataclass
class Report:
    """`allowed`: answers that held a planted word which their reader may see: the probes reach something."""

    probes: int = 0
    streamed: int = 0
    twins: int = 0
    allowed: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Prober:
    """`shown`, where given, answers what a model was shown since it was last asked."""

    def __init__(
        self, world: ProbedWorld, operations: list[Operation], shown: Callable[[], str] = lambda: ""
    ) -> None:
        self.world, self.report = world, Report()
        self.operations = operations
        self._crafting = Crafting(world)
        self._shown = shown
        self._coaching = [o for o in operations if o.is_coaching]

    async def run(self, probes: int) -> Report:
        self._shown()
        for at in range(probes):
            if at % _LIFE_EVERY == 0:
                await self.world.goes_on()
            probe = self._crafting.probe(self._reader(), self._operation())
            if self._is_fair(probe):
                await self._put(probe)
            else:
                await self._put(self._crafting.probe(self._reader(), self._random.choice(self._coaching)))
        return self.report

    @property
    def _random(self) -> Random:
        return self.world.random

    def _reader(self) -> str:
        number = self._random.random()
        if number < 0.03:
            return self._random.choice((NOBODY, STRANGER))
        if number < 0.1:
            return OPERATOR
        return str(self._random.choice([who for who in self.world.tokens if who != OPERATOR]))

    def _operation(self) -> Operation:
        chosen = self._coaching if self._random.random() < 0.4 else self.operations
        operation: Operation = self._random.choice(chosen)
        return operation

    def _is_fair(self, probe: Probe) -> bool:
        """Whether it does not take away what later probes stand on: nobody erases what is theirs to erase."""
        if probe.operation.method != "delete" or "members" in probe.path or "notes" in probe.path:
            return True
        return not any(self.world.oracle.acts(probe.reader, i) for i in probe.ids)

    async def _put(self, probe: Probe) -> None:
        oracle, reader = self.world.oracle, probe.reader
        sent = json.dumps([probe.path, dict(probe.query), dict(probe.headers), probe.body])
        hidden = [i for i in sorted(probe.ids) if not self._may_know(probe, i)]
        answer = await self._send(probe)
        self._count(probe, answer)
        told = answer.text + str(list(answer.headers.items()))
        is_looking_back = probe.operation.name == _LOOKING_BACK
        before = strange_in(oracle, reader, told, sent, is_looking_back=is_looking_back)
        for secret in strange_in(oracle, reader, self._shown(), sent):
            self._fault(probe, answer, f"the model was shown {secret}")
        if answer.status_code >= 500:
            self._fault(probe, answer, "a fault of the server")
        if hidden and reader not in (NOBODY, STRANGER):
            await self._compare(probe, answer, hidden)
        self._learn(probe, answer)
        for strange in before & strange_in(oracle, reader, told, sent, is_looking_back=is_looking_back):
            at = told.find(strange)
            self._fault(probe, answer, f"{strange} was told: …{told[max(at - 300, 0) : at + 100]}…")

    def _may_know(self, probe: Probe, thing: str) -> bool:
        """Whether a call with this id may be answered otherwise than one with an id of nothing."""
        oracle = self.world.oracle
        if oracle.kinds[thing] is Kind.PARTICIPANT and f"/participants/{thing}" not in probe.path:
            return oracle.knows(probe.reader, thing)
        return oracle.acts(probe.reader, thing)

    async def _send(self, probe: Probe) -> httpx2.Response:
        token = "cp_wrong" if probe.reader == STRANGER else self.world.tokens.get(probe.reader)
        method = probe.operation.method.upper()
        answer = await self.world.client(
            method, probe.path, token, probe.body, params=probe.query, headers=dict(probe.headers)
        )
        if answer.status_code == 401 and probe.reader not in (NOBODY, STRANGER, OPERATOR):
            await self.world.give_token(probe.reader)
        return answer

    async def _compare(self, probe: Probe, answer: httpx2.Response, hidden: list[str]) -> None:
        """The same request on what does not exist must be answered the same, to the byte."""
        twin = probe
        for one in hidden:
            twin = twin.with_id(one, UNKNOWN)
        other = await self._send(twin)
        self._shown()
        self.report.twins += 1
        known, nothing = _bytes(answer, hidden), _bytes(other, hidden)
        if known != nothing:
            why = f"what does not exist is answered otherwise: {other.status_code} {other.text[:300]}"
            self._fault(probe, answer, why)

    def _count(self, probe: Probe, answer: httpx2.Response) -> None:
        report = self.report
        report.probes += 1
        report.statuses[answer.status_code] += 1
        report.operations[probe.operation.name] += 1
        report.streamed += answer.headers.get("content-type", "").startswith("text/event-stream")
        report.allowed += "xul" in answer.text

    def _fault(self, probe: Probe, answer: httpx2.Response, why: str) -> None:
        method = probe.operation.method.upper()
        sent = f"{method} {probe.path} {dict(probe.query)} {dict(probe.headers)} {probe.body}"
        self.report.faults.append(
            f"{why}\n  {probe.reader}: {sent}\n  {answer.status_code} {answer.text[:600]}"
        )

    def _learn(self, probe: Probe, answer: httpx2.Response) -> None:
        """What an answered request changed is true from now on."""
        if answer.status_code >= 300:
            return
        learn = {
            "POST /v1/programs": self._program,
            "POST /v1/programs/{program_id}/participants": self._person,
            "POST /v1/programs/{program_id}/pairings": self._pairing,
            "POST /v1/pairings/{pairing_id}/members": self._joined,
            "DELETE /v1/pairings/{pairing_id}/members/{participant_id}": self._left,
            "POST /v1/pairings/{pairing_id}/sessions": self._session,
            "POST /v1/pairings/{pairing_id}/goals": self._goal,
            "PATCH /v1/goals/{goal_id}": self._goal,
            "POST /v1/pairings/{pairing_id}/actions": self._action,
            "PATCH /v1/actions/{action_id}": self._action,
            "POST /v1/sessions/{session_id}/notes": self._noted,
            "PUT /v1/notes/{note_id}": self._renoted,
            "PATCH /v1/notes/{note_id}": self._given,
            "DELETE /v1/notes/{note_id}": self._erased,
        }.get(probe.operation.name)
        if learn is not None:
            learn(probe, answer)
        elif probe.operation.is_coaching:
            self._suggested(probe, answer)
        if answer.content and answer.headers.get("content-type") == "application/json":
            told = answer.json()
            if isinstance(told, dict) and told.get("next_cursor"):
                self._crafting.cursors.append(told["next_cursor"])

    def _program(self, probe: Probe, answer: httpx2.Response) -> None:
        made = answer.json()["id"]
        self.world.known.programs.add(made)
        self.world.oracle.register(Kind.PROGRAM, made)

    def _person(self, probe: Probe, answer: httpx2.Response) -> None:
        self.world.person_made(answer.json())

    def _pairing(self, probe: Probe, answer: httpx2.Response) -> None:
        self.world.pairing_made(answer.json())

    def _joined(self, probe: Probe, answer: httpx2.Response) -> None:
        self.world.known.join(answer.json()["id"], probe.body["participant_id"], probe.body["side"])

    def _left(self, probe: Probe, answer: httpx2.Response) -> None:
        *_, pairing, _, person = probe.path.split("/")
        self.world.known.leave(pairing, person)

    def _session(self, probe: Probe, answer: httpx2.Response) -> None:
        self.world.session_made(answer.json())

    def _goal(self, probe: Probe, answer: httpx2.Response) -> None:
        self.world.work_made(Kind.GOAL, answer.json(), probe.canary)

    def _action(self, probe: Probe, answer: httpx2.Response) -> None:
        self.world.work_made(Kind.ACTION, answer.json(), probe.canary)

    def _noted(self, probe: Probe, answer: httpx2.Response) -> None:
        made = answer.json()
        if made["id"] not in self.world.oracle.kinds:
            self.world.note_made(made, probe.body["text"], probe.canary)
            if "Idempotency-Key" in probe.headers:
                self._crafting.recorded.append(probe)

    def _renoted(self, probe: Probe, answer: httpx2.Response) -> None:
        made = answer.json()
        self.world.known.change(made["id"], made["visibility"])
        self.world.oracle.hide(made["id"], probe.body["text"])

    def _given(self, probe: Probe, answer: httpx2.Response) -> None:
        self.world.known.change(answer.json()["id"], probe.body["visibility"])

    def _erased(self, probe: Probe, answer: httpx2.Response) -> None:
        note = probe.path.rpartition("/")[2]
        self.world.known.erase(note)
        self.world.oracle.hide(note, "")

    def _suggested(self, probe: Probe, answer: httpx2.Response) -> None:
        for told in _told(answer):
            if "drafted_by" in told:
                self.world.suggested(told["id"], probe.reader)


def _told(answer: httpx2.Response) -> list[dict[str, Any]]:
    """The objects of an answer, streamed or not."""
    if not answer.headers["content-type"].startswith("text/event-stream"):
        return [answer.json()]
    data = [line.removeprefix("data:") for line in answer.text.splitlines() if line.startswith("data:")]
    return [json.loads(one) for one in data]


def _bytes(answer: httpx2.Response, ids: list[str]) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and body, with the ids that were sent all alike."""
    text = answer.text
    for one in ids:
        text = text.replace(one, UNKNOWN)
    return answer.status_code, sorted(answer.headers.items()), text
