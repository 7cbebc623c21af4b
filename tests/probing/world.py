"""Two programs full of planted words, made over HTTP, with the oracle told of each thing."""

from itertools import cycle
from random import Random
from typing import Any

from tests.conftest import ADMIN, Client
from tests.histories import AUDIENCES
from tests.probing.canaries import Canaries, Canary
from tests.probing.oracle import Kind, Oracle
from tests.reference import OPERATOR, Reference

_PEOPLE = 7
_HELD = ("2027-02-01T15:00:00Z", "2027-02-15T15:00:00Z", "2027-03-01T15:00:00Z")
# Mentors and mentees by number: some are mentor here and mentee there, one is in nothing.
_PAIRINGS = (
    ((0,), (1,), "reverse"),
    ((2,), (0,), "traditional"),
    ((1, 3), (4, 5), "group"),
    ((5,), (3,), "peer"),
    ((4,), (2,), "reverse"),
)
_LEFT = ((2, 3), (3, 5))


class ProbedWorld:
    """`keys`: the word to ask for, of each thing that holds one; `tokens`: everybody's."""

    def __init__(self, client: Client, random: Random) -> None:
        self.client, self.random = client, random
        self.canaries = Canaries(random)
        self.oracle = Oracle()
        self.tokens = {OPERATOR: ADMIN}
        self.keys: dict[str, str] = {}

    @property
    def known(self) -> Reference:
        return self.oracle.known

    def members(self, pairing: str) -> list[str]:
        return self._in_order(self.known.members(pairing))

    def _in_order(self, people: set[str]) -> list[str]:
        """In the order in which they were made, so that a seed gives the same probes every time."""
        return [person for person in self.known.people if person in people]

    async def build(self) -> "ProbedWorld":
        for name in ("North", "South"):
            await self._program(name)
        return self

    async def _program(self, name: str) -> None:
        canary = self.canaries.new()
        about = {
            "name": f"Program {name}",
            "objectives": ["Leaders use the dashboard themselves"],
            "description": f"Kept for those in it: {canary.secret}",
            "min_group_size": 3,
        }
        program = (await self.client.made("/v1/programs", about))["id"]
        self.known.programs.add(program)
        self.oracle.register(Kind.PROGRAM, program)
        self.oracle.hide(program, canary.secret)
        await self._person(program, f"Olga {name}", "owner")
        people = [await self._person(program, f"{name}er{at} Person", "mentor") for at in range(_PEOPLE)]
        pairings = []
        for mentors, mentees, kind in _PAIRINGS:
            body = {
                "mentor_ids": [people[at] for at in mentors],
                "mentee_ids": [people[at] for at in mentees],
                "kind": kind,
            }
            made = await self.client.made(f"/v1/programs/{program}/pairings", body)
            self.pairing_made(made)
            pairings.append(made["id"])
            await self._life(made["id"])
        for at, person in _LEFT:
            await self.leave(pairings[at], people[person])

    async def _person(self, program: str, name: str, role: str) -> str:
        canary = self.canaries.new()
        body = {
            "name": name,
            "role": role,
            "email": f"{canary.key}@{canary.secret}.test",
            "department": f"Office of {canary.secret}",
        }
        made = await self.client.made(f"/v1/programs/{program}/participants", body)
        self.person_made(made)
        self.oracle.hide(made["id"], canary.secret)
        await self.give_token(made["id"])
        return str(made["id"])

    def person_made(self, made: dict[str, Any]) -> None:
        self.known.people[made["id"]] = made["program_id"], made["role"]
        self.oracle.register(Kind.PARTICIPANT, made["id"])

    def pairing_made(self, made: dict[str, Any]) -> None:
        self.known.pairings[made["id"]] = made["program_id"]
        self.oracle.register(Kind.PAIRING, made["id"])
        for side in ("mentor", "mentee"):
            for person in made[f"{side}_ids"]:
                self.known.join(made["id"], person, side)

    async def give_token(self, person: str) -> None:
        self.tokens[person] = (await self.client.made(f"/v1/participants/{person}/tokens"))["token"]

    async def _life(self, pairing: str) -> None:
        """Sessions with a note of each member, in one audience after the other, a goal and an action."""
        members = self.members(pairing)
        audiences = cycle(AUDIENCES)
        for held_at in _HELD:
            body = {"held_at": held_at, "format": "one_to_one", "minutes": 60}
            session = await self.client.made(f"/v1/pairings/{pairing}/sessions", body)
            self.session_made(session)
            next(audiences)
            for member in members:
                await self.write(session["id"], member, next(audiences))
        for what, kind in (("goals", Kind.GOAL), ("actions", Kind.ACTION)):
            canary = self.canaries.new()
            body = {"title": self.canaries.title(canary), "owner_id": members[0], "due": "2027-03-05"}
            made = await self.client.made(f"/v1/pairings/{pairing}/{what}", body, self.tokens[members[0]])
            self.work_made(kind, made, canary)
        await self._draft(pairing, members)

    async def _draft(self, pairing: str, members: list[str]) -> None:
        """What somebody wants to say to another is theirs, and no other member's."""
        canary = self.canaries.new()
        body = {"draft": f"You spoke of {canary.secret} in our session.", "to": members[1]}
        path = f"/v1/pairings/{pairing}/feedback"
        told = await self.client.asked(path, self.tokens[members[0]], body)
        assert canary.secret in str(told["items"])
        self.suggested(told["id"], members[0])
        self.oracle.hide(told["id"], canary.secret)
        self.keys[told["id"]] = canary.key

    def suggested(self, made: str, asker: str) -> None:
        self.oracle.askers[made] = asker
        self.oracle.register(Kind.SUGGESTION, made)

    def session_made(self, made: dict[str, Any]) -> None:
        self.oracle.homes[made["id"]] = made["pairing_id"]
        self.oracle.register(Kind.SESSION, made["id"])

    def work_made(self, kind: Kind, made: dict[str, Any], canary: Canary | None) -> None:
        self.known.works[made["id"]] = made["pairing_id"]
        self.oracle.register(kind, made["id"])
        self.oracle.hide(made["id"], made["title"])
        if canary is not None:
            self.keys[made["id"]] = canary.key

    async def write(self, session: str, author: str, audience: str) -> None:
        canary = self.canaries.new()
        body = {"text": self.canaries.note(canary), "visibility": audience}
        made = await self.client.made(f"/v1/sessions/{session}/notes", body, self.tokens[author])
        self.note_made(made, body["text"], canary)

    def note_made(self, made: dict[str, Any], text: str, canary: Canary | None) -> None:
        pairing = self.oracle.homes[made["session_id"]]
        self.known.write(made["id"], pairing, made["author_id"], made["visibility"])
        self.oracle.register(Kind.NOTE, made["id"])
        self.oracle.authors[made["id"]] = made["author_id"]
        self.oracle.hide(made["id"], text)
        if canary is not None:
            self.keys[made["id"]] = canary.key

    async def leave(self, pairing: str, person: str) -> None:
        answer = await self.client("DELETE", f"/v1/pairings/{pairing}/members/{person}")
        assert answer.status_code == 204, answer.text
        self.known.leave(pairing, person)

    async def goes_on(self) -> None:
        """Something that happens in every program: a note, another audience, a leaving, a coming back."""
        happens = self.random.choice(
            (self._writes, self._changes, self._leaves, self._returns, self._returns)
        )
        await happens()

    async def _writes(self) -> None:
        pairing = self.random.choice(list(self.known.pairings))
        members = [m for m in self.members(pairing) if m in self.tokens]
        sessions = [s for s, home in self.oracle.homes.items() if home == pairing]
        if members and sessions and not self.known.has_ended(pairing):
            author, audience = self.random.choice(members), self.random.choice(AUDIENCES)
            await self.write(self.random.choice(sessions), author, audience)

    async def _changes(self) -> None:
        note = self.known.notes[self.random.choice(list(self.known.notes))]
        audience = self.random.choice(AUDIENCES)
        if self.known.gives_note(note.author, note.id, audience):
            body = {"visibility": audience}
            answer = await self.client("PATCH", f"/v1/notes/{note.id}", self.tokens[note.author], body)
            assert answer.status_code == 200, answer.text
            self.known.change(note.id, audience)

    async def _leaves(self) -> None:
        pairing = self.random.choice(list(self.known.pairings))
        members = self.members(pairing)
        if len(members) > 1:
            await self.leave(pairing, self.random.choice(members))

    async def _returns(self) -> None:
        """Somebody who was in a pairing comes back to it, on whatever side."""
        pairing = self.random.choice(list(self.known.pairings))
        gone = [p for p in self._in_order(self.known.ever_in(pairing)) if p not in self.members(pairing)]
        if gone:
            sides = [s for s in ("mentor", "mentee") if not self._on(pairing, s)] or ["mentor", "mentee"]
            body = {"participant_id": self.random.choice(gone), "side": self.random.choice(sides)}
            await self.client.made(f"/v1/pairings/{pairing}/members", body)
            self.known.join(pairing, body["participant_id"], body["side"])

    def _on(self, pairing: str, side: str) -> bool:
        spells = self.known.spells
        return any(s.pairing == pairing and s.side == side and s.until is None for s in spells)
