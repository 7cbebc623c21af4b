"""Pairings with a marker in each place that holds words, and what of it lies in which file as bytes."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np

from coach.compaction import Pace
from coach.ports import Clock
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import World, client_for
from tests.fakes import NOW, WordEmbedder, WordReader
from vectorstore.embedding import Vectors

HELD_BACK = Pace(quiet=1e9, most=1e9)
NEVER_STORED = {"question"}
_RUN = 64
_NUMBERS = np.array([*range(58, 148), 205, 15, 4, 2, 1]) / 1024
_MANY = "The fair in Bergen was about turbines, and row {} of the list was about nothing else at all. "
_ROWS = 1_200
_WORDS = {
    "text": "Zimtschänke",
    "transcript": "Wachölder",
    "speaker": "Säbelrassler",
    "goal": "Pfäuenfeder",
    "action": "Röhrdommel",
    "name": "Täuberich",
    "email": "tauberich",
    "department": "Käsekeller",
    "draft": "Bärnstein",
    "question": "Kreuzspünne",
    "response": "Glühwürmchen",
    "key": "schluessel",
}


class DenseEmbedder(WordEmbedder):
    """Another direction for each text, whose bytes are found nowhere by chance.

    Each has the same numbers in another order and with other signs. Their squares add up to one exactly:
    Chroma makes vectors one long, which would change the last digits of others.
    """

    name = "dense-in-tests"
    dimension = len(_NUMBERS)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise RuntimeError("the embedder is broken, as this test asked")
        self.texts += texts
        seeds = [int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        chance = [np.random.default_rng(seed) for seed in seeds]
        rows = [c.permutation(_NUMBERS) * c.choice([-1, 1], self.dimension) for c in chance]
        return np.array(rows, np.float32)


def embedder_of(_: str) -> DenseEmbedder:
    return DenseEmbedder()


@dataclass
class Pair:
    """A mentor's note and transcript, and all that was asked about them, each with a word of its own."""

    mentor: str
    pairing: str
    note: str
    transcript: str
    words: dict[str, str]


@dataclass
class Erasable:
    """Pairs by name in one program, beside one that stays, of more than a thousand passages.

    So many that Chroma writes its graph to the disk.
    """

    service: Service
    world: World
    embedder: DenseEmbedder
    staying: str
    pairs: dict[str, Pair] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.service.settings.data_dir

    async def needles(self, pair: Pair, *names: str, notes: Sequence[str] = ()) -> dict[str, set[bytes]]:
        """What to look for, by what it tells of: words, and the ids and vectors of the notes' passages."""
        words = {name: set(_encoded(pair.words[name])) for name in names}
        vectors = await self._vectors_of(notes)
        ids = {f"id {i}": {i.encode()} for i in vectors}
        return words | ids | {f"vector {i}": set(_runs_of(vector)) for i, vector in vectors.items()}

    async def _vectors_of(self, note_ids: Sequence[str]) -> dict[str, bytes]:
        async with self.service.database.reading() as records:
            ids = set(await records.notes.passage_ids(note_ids))
        held = dict[str, bytes]()
        async for entries, vectors in self.service.index.entries(ids):
            held |= {entry.id: vector.tobytes() for entry, vector in zip(entries, vectors, strict=True)}
        assert held.keys() == ids
        return held

    async def is_whole(self) -> bool:
        """What stays is indexed, and found."""
        async with self.service.database.reading() as records:
            recorded = set(await records.notes.all_passage_ids())
        body = {"query": "row 77 of the list", "limit": 1}
        path = f"/v1/pairings/{self.staying}/search"
        found = await self.world.client.asked(path, self.world.tokens["ingrid"], body)
        return bool(found["items"]) and await self.service.index.ids() == recorded


@asynccontextmanager
async def erasable(
    settings: Settings, *pairs: str, pace: Pace = HELD_BACK, clock: Clock = lambda: NOW, rows: int = _ROWS
) -> AsyncIterator[Erasable]:
    """Its files are rid of what is erased when a test asks for it, unless it gives another pace."""
    embedder, patient = DenseEmbedder(), settings.model_copy(update={"index_wait": 60.0})
    async with (
        open_service(
            patient, embedder_of=lambda _: embedder, reader=WordReader(), clock=clock, pace=pace
        ) as service,
        client_for(service) as client,
    ):
        world = World(client)
        world.program = (await client.made("/v1/programs", {"name": "Mühlstein", "objectives": []}))["id"]
        await world.person("Ingrid Halvorsen", "mentee")
        made = Erasable(
            service, world, embedder, await _pairing(world, await _mentor(world, {"name": "Otto"}))
        )
        for at, name in enumerate(pairs):
            made.pairs[name] = await _written(world, {key: f"{w}Q{at}Q" for key, w in _WORDS.items()})
        session = await world.session("2027-03-02T15:00:00Z", made.staying)
        for _ in range(2):
            await world.note(session, "ingrid", "".join(_MANY.format(row) for row in range(rows)))
        await service.database.forget()
        yield made


async def _mentor(world: World, words: Mapping[str, str]) -> str:
    about = {"email": f"{words['email']}@example.org"} if "email" in words else {}
    told = {"name": words["name"], "role": "mentor", "department": words.get("department"), **about}
    made = await world.client.made(f"/v1/programs/{world.program}/participants", told)
    world.tokens[made["id"]] = (await world.client.made(f"/v1/participants/{made['id']}/tokens"))["token"]
    return str(made["id"])


async def _pairing(world: World, mentor: str) -> str:
    told = {"mentor_ids": [mentor], "mentee_ids": [world.ids["ingrid"]], "kind": "reverse"}
    return str((await world.client.made(f"/v1/programs/{world.program}/pairings", told))["id"])


async def _written(world: World, words: dict[str, str]) -> Pair:
    mentor = await _mentor(world, words)
    pairing, token = await _pairing(world, mentor), world.tokens[mentor]
    await world.client.made(f"/v1/pairings/{pairing}/goals", {"title": words["goal"]}, token)
    await world.client.made(f"/v1/pairings/{pairing}/actions", {"title": words["action"]}, token)
    session = await world.session("2027-03-01T15:00:00Z", pairing)
    text = f"We ran out of time, and Ingrid promised to show the {words['text']} by Friday."
    what = words["transcript"]
    spoken = f"{words['speaker']}: I promise to send the {what} by Friday.\nIngrid: The {what}!"
    path, keyed = f"/v1/sessions/{session}/notes", {"Idempotency-Key": words["key"]}
    note = await world.client("POST", path, token, {"text": text}, headers=keyed)
    transcript = await world.note(session, mentor, spoken, kind="transcript")
    assert note.json()["index_state"] == transcript["index_state"] == "indexed"
    made = Pair(mentor, pairing, note.json()["id"], transcript["id"], words)
    await _ask(world, made)
    return made


async def _ask(world: World, pair: Pair) -> None:
    """Suggestions that quote, and the words that someone used instead."""
    home, token = f"/v1/pairings/{pair.pairing}", world.tokens[pair.mentor]
    agenda = await world.client.asked(f"{home}/agenda", token, {"limit": 20})
    told = {"response": "edited", "item": 0, "text": pair.words["response"]}
    await world.client.asked(f"/v1/suggestions/{agenda['id']}/response", token, told)
    draft = f"You looked at your {pair.words['draft']} while I was showing you the chart."
    await world.client.asked(f"{home}/feedback", token, {"draft": draft, "to": world.ids["ingrid"]})
    await world.client.asked(f"{home}/ask", token, {"question": f"Who has the {pair.words['question']}?"})


def _encoded(text: str) -> Iterator[bytes]:
    yield from {text.encode(e) for e in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")}
    yield json.dumps(text)[1:-1].encode()


def _runs_of(vector: bytes) -> Iterator[bytes]:
    """The whole vector, and every part of 64 bytes."""
    yield vector
    yield from (vector[at : at + _RUN] for at in range(0, len(vector) - _RUN + 1, _RUN))


def found_in(folder: Path, needles: Mapping[str, set[bytes]]) -> dict[str, set[str]]:
    """The files that hold one of a name's needles, by the name; names without any are left out."""
    found: dict[str, set[str]] = {}
    for file in folder.rglob("*"):
        held = file.read_bytes() if file.is_file() else b""
        for name, wanted in needles.items():
            if any(needle in held for needle in wanted):
                found.setdefault(name, set()).add(file.name)
    return found
