"""People who go on writing notes while their server is killed under them, and who know what it promised."""

import asyncio
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any

import httpx2

from tests.conftest import Client, World

_FILLER = (
    "We ran out of time for the demo.",
    "Ingrid will send her draft by Friday.",
    "What should we do about the comments?",
    "I felt nervous, and she listened.",
    "The podcast took most of the hour 🙂.",
    "시간이 없었다.",
)
_SPEAKERS = ("Maya", "Ingrid")
_REPLACED, _ERASED = 0.15, 0.1
_PAUSE = 0.02


class Desk:
    """Where the server is at the moment, and how many notes it has answered for since it came up."""

    def __init__(self) -> None:
        self.address = ""
        self.closing = False
        self._answered = 0
        self._news = asyncio.Event()

    def moved_to(self, address: str) -> None:
        self.address, self._answered = address, 0

    def answer(self) -> None:
        """One more note was answered for."""
        self._answered += 1
        self._news.set()

    async def busy(self, notes: int = 1, within: float = 20) -> None:
        """Until that many notes were answered at this address; TimeoutError when they are not in time."""
        async with asyncio.timeout(within):
            while self._answered < notes:
                self._news.clear()
                await self._news.wait()


@dataclass
class Author:
    """`kept`: text and rare word of each note that was answered for, by id; `gone`: rare words erased."""

    name: str
    token: str
    pairing: str
    session: str
    chance: Random
    kept: dict[str, tuple[str, str]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    former: list[str] = field(default_factory=list)
    written: int = 0

    async def write(self, desk: Desk) -> None:
        """Note after note until the desk closes; each is sent until it is answered for."""
        async with httpx2.AsyncClient(timeout=30) as http:
            while not desk.closing:
                note_id = await self._post(http, desk)
                dice = self.chance.random()
                if dice < _REPLACED:
                    await self._replace(http, desk, note_id)
                elif dice < _REPLACED + _ERASED:
                    await self._erase(http, desk, note_id)
                await asyncio.sleep(self.chance.uniform(0, _PAUSE))

    async def _post(self, http: httpx2.AsyncClient, desk: Desk) -> str:
        text, word = self._text()
        kind = "transcript" if text.startswith("Maya:") else "note"
        body = {"text": text, "kind": kind}
        key = {"Idempotency-Key": word}
        answer = await self._sent(http, desk, "POST", f"/v1/sessions/{self.session}/notes", body, key)
        assert answer.status_code == 201, answer.text
        note_id = str(answer.json()["id"])
        self.kept[note_id] = text, word
        desk.answer()
        return note_id

    async def _replace(self, http: httpx2.AsyncClient, desk: Desk, note_id: str) -> None:
        text, word = self._text()
        answer = await self._sent(http, desk, "PUT", f"/v1/notes/{note_id}", {"text": text})
        assert answer.status_code == 200, answer.text
        self.former.append(self.kept[note_id][1])
        self.kept[note_id] = text, word

    async def _erase(self, http: httpx2.AsyncClient, desk: Desk, note_id: str) -> None:
        """A repeat after a kill may find the note erased already."""
        answer = await self._sent(http, desk, "DELETE", f"/v1/notes/{note_id}")
        assert answer.status_code in (204, 404), answer.text
        self.gone[note_id] = self.kept.pop(note_id)[1]

    def _text(self) -> tuple[str, str]:
        """One to forty sentences around a word that stands in no other note, and that word."""
        self.written += 1
        word = f"rare{self.name}{self.written}x"
        said = [self.chance.choice(_FILLER) for _ in range(self.chance.choice((1, 3, 8, 40)))]
        said.insert(self.chance.randint(0, len(said)), f"The word is {word}.")
        if self.chance.random() < 0.15:
            return "\n".join(
                f"{who}: {line}" for who, line in zip(cycle(_SPEAKERS), said, strict=False)
            ), word
        return " ".join(said), word

    async def _sent(
        self,
        http: httpx2.AsyncClient,
        desk: Desk,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """The answer, however often the server goes away before it gives one."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        while True:
            try:
                return await http.request(method, f"{desk.address}{path}", json=body, headers=sent)
            except httpx2.TransportError:
                await asyncio.sleep(0.02)


async def authors_at(address: str, number: int, seed: int) -> list[Author]:
    """That many authors, each with a pairing and session of their own."""
    async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
        world = World(Client(http))
        program = {"name": "Reverse", "objectives": []}
        world.program = (await world.client.made("/v1/programs", program))["id"]
        return [await _author(world, n, Random(seed + n)) for n in range(number)]


async def _author(world: World, n: int, chance: Random) -> Author:
    junior = await world.person(f"Junior{n}", "mentor")
    pairing = await world.pair(junior, await world.person(f"Senior{n}", "mentee"))
    session = await world.session("2027-03-04T15:00:00Z", pairing)
    return Author(f"q{n}z", world.tokens[junior], pairing, session, chance)
