"""A note whose audience changes: search, answers, suggestions, learnings and the index follow at once."""

import json
from itertools import permutations

import pytest

from coach.domain.notes import Scope
from coach.service import Service
from coach.settings import Settings
from tests.conftest import Client
from tests.integration import model_replies as replies
from tests.integration.checks import listed, refused
from tests.integration.coached_program import Program, coached_program
from tests.integration.model_endpoint import Endpoint, open_with_model
from tests.integration.test_index_keeps_step import SlowEmbedder

_FLAMINGO = "We postponed the flamingo review again, and I learned how the flamingo works."
_QUESTION = "Which review was postponed again, the flamingo one?"
_HELD = "2027-03-08T15:00:00Z"
_AUDIENCES = ("private", "pair", "program")
_DIRECTIONS = [*permutations(_AUDIENCES, 2)]


@pytest.fixture
async def program(client: Client) -> Program:
    """Two of its three pairs share with the program what the third is yet to write of, in some audience."""
    program = await coached_program(client)
    world = program.world
    for who in ("aiko", "chidi"):
        pairing = (await client("GET", "/v1/me", world.tokens[who])).json()["pairings"][0]["id"]
        await world.note(await world.session(_HELD, pairing), who, _FLAMINGO, visibility="program")
    return program


class Looking:
    """Maya, and Olga who owns the program, look for a note of Ingrid's."""

    def __init__(self, program: Program, service: Service, note: str) -> None:
        self.world, self.service, self.note = program.world, service, note
        self.home = f"/v1/pairings/{self.world.pairing}"

    async def asked(self) -> dict[str, str]:
        """Fresh suggestions by who asked them, as ids."""
        client, tokens = self.world.client, self.world.tokens
        maya = await client.asked(f"{self.home}/agenda", tokens["maya"], {"limit": 20})
        ingrid = await client.asked(f"{self.home}/agenda", tokens["ingrid"], {"limit": 20})
        olga = await client.asked(f"/v1/programs/{self.world.program}/learnings", tokens["olga"])
        return {"maya": maya["id"], "ingrid": ingrid["id"], "olga": olga["id"]}

    async def check(self, visibility: str) -> None:
        """Everything that can be asked of it answers by this visibility."""
        await self._check_reader(seen=visibility != "private")
        await self._check_owner(counted=visibility == "program")
        await self._check_index(counted=visibility == "program")

    async def _check_reader(self, seen: bool) -> None:
        client, token = self.world.client, self.world.tokens["maya"]
        assert (await client("GET", f"/v1/notes/{self.note}", token)).status_code == (200 if seen else 404)
        found = (await client.asked(f"{self.home}/search", token, {"query": "flamingo"}))["items"]
        assert (self.note in [hit["note_id"] for hit in found]) is seen
        question = {"question": _QUESTION}
        told = await client.asked(f"{self.home}/ask", token, question)
        assert ("flamingo" in json.dumps(told["items"])) is seen
        for kind, body in (("ask", question), ("agenda", {"limit": 20})):
            streams = {"Accept": "text/event-stream"}
            events = await client("POST", f"{self.home}/{kind}", token, body, headers=streams)
            items = events.text.partition("event: item")[2]
            assert ("flamingo" in items) is seen, kind
        author = self.world.tokens["ingrid"]
        assert (await client("GET", f"/v1/notes/{self.note}", author)).status_code == 200

    async def _check_owner(self, counted: bool) -> None:
        """What the next release of learnings is made of."""
        async with self.service.database.reading() as records:
            counts = {note.id for note in await records.notes.program_notes(self.world.program)}
        assert (self.note in counts) is counted

    async def _check_index(self, counted: bool) -> None:
        async with self.service.database.reading() as records:
            passages = set(await records.notes.passage_ids([self.note]))
        index, world = self.service.index, self.world
        assert passages
        assert passages <= set((await index.vectors(Scope(world.program, world.pairing)))[0])
        shared = set((await index.vectors(Scope(world.program)))[0])
        assert passages & shared == (passages if counted else set())
        async with self.service.database.reading() as records:
            assert await index.ids() == set(await records.notes.all_passage_ids())


@pytest.mark.parametrize("what", ["goals", "actions"])
async def test_words_that_a_goal_or_an_action_no_longer_has_are_told_by_no_suggestion(
    client: Client, program: Program, what: str
) -> None:
    world = program.world
    home, token = f"/v1/pairings/{world.pairing}", world.tokens["maya"]
    made = await client.made(f"{home}/{what}", {"title": "Feed the flamingo", "due": "2027-03-01"}, token)
    tells = await client.asked(f"{home}/agenda", token, {"limit": 20})
    assert "Feed the flamingo" in json.dumps(tells["items"])
    about_notes = await client.asked(f"{home}/reflection", token)
    path = f"/v1/{what}/{made['id']}"
    assert (await client("PATCH", path, token, {"status": "dropped"})).status_code == 200
    assert (await client("GET", f"/v1/suggestions/{tells['id']}", token)).status_code == 200
    assert (await client("PATCH", path, token, {"title": "Feed the pelican"})).status_code == 200
    refused(await client("GET", f"/v1/suggestions/{tells['id']}", token), 404)
    assert (await client("GET", f"/v1/suggestions/{about_notes['id']}", token)).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_a_change_of_visibility_reaches_everything_at_once(
    client: Client, service: Service, program: Program, method: str, subtests: pytest.Subtests
) -> None:
    world = program.world
    for before, after in _DIRECTIONS:
        with subtests.test(before=before, after=after):
            session = await world.session(_HELD)
            note = (await world.note(session, "ingrid", _FLAMINGO, visibility=before))["id"]
            looking, path = Looking(program, service, note), f"/v1/notes/{note}"
            await looking.check(before)
            kept = await looking.asked()
            rests = {"ingrid"} | ({"maya"} if before != "private" else set())
            rests |= {"olga"} if before == "program" else set()
            body = {"visibility": after, **({"text": _FLAMINGO} if method == "PUT" else {})}
            answer = await client(method, path, world.tokens["ingrid"], body)
            assert answer.status_code == 200 and answer.json()["visibility"] == after
            for who, suggestion in kept.items():
                told = await client("GET", f"/v1/suggestions/{suggestion}", world.tokens[who])
                assert told.status_code == (404 if who in rests else 200), who
            await looking.check(after)
            await client("DELETE", path, world.tokens["ingrid"])


async def test_a_patch_changes_who_sees_a_note_and_nothing_else(client: Client, program: Program) -> None:
    world = program.world
    made = await world.note(await world.session(_HELD), "ingrid", _FLAMINGO, visibility="private")
    path, token = f"/v1/notes/{made['id']}", world.tokens["ingrid"]
    before = (await client("GET", path, token)).json()
    patched = (await client("PATCH", path, token, {"visibility": "pair"})).json()
    assert patched == {**made, "visibility": "pair"}
    assert (await client("GET", path, token)).json() == {**before, "visibility": "pair"}


async def test_a_patch_is_the_authors_alone(client: Client, program: Program) -> None:
    world = program.world
    session = await world.session(_HELD)
    shared = await world.note(session, "ingrid", _FLAMINGO)
    private = await world.note(session, "ingrid", _FLAMINGO, visibility="private")
    for who in ("maya", "olga", "bruno"):
        for note in (shared, private):
            path = f"/v1/notes/{note['id']}"
            refused(await client("PATCH", path, world.tokens[who], {"visibility": "pair"}), 404)
    for body in ({}, {"visibility": "everybody"}, {"visibility": "pair", "text": "More."}):
        refused(await client("PATCH", f"/v1/notes/{shared['id']}", world.tokens["ingrid"], body), 422)
    told = listed(await client("GET", f"/v1/sessions/{session}/notes", world.tokens["ingrid"]))
    assert {note["id"]: note["visibility"] for note in told} == {
        shared["id"]: "pair",
        private["id"]: "private",
    }


async def test_an_answer_that_a_model_gave_is_not_kept_beyond_a_change(
    settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings, llm_kept=16) as program:
        world, client = program.world, program.world.client
        note = await world.note(await world.session(_HELD), "ingrid", _FLAMINGO)
        path, token = f"/v1/pairings/{world.pairing}/ask", world.tokens["maya"]

        async def asked() -> tuple[str, int]:
            told = await client.asked(path, token, {"question": _QUESTION})
            return json.dumps(told["items"]), endpoint.route.call_count

        first, requests = await asked()
        assert "flamingo" in first and await asked() == (first, requests)
        note_path, ingrid = f"/v1/notes/{note['id']}", world.tokens["ingrid"]
        await client("PATCH", note_path, ingrid, {"visibility": "private"})
        hidden, _ = await asked()
        assert "flamingo" not in hidden and "flamingo review" not in _evidence(endpoint)
        await client("PATCH", note_path, ingrid, {"visibility": "pair"})
        before = endpoint.route.call_count
        again, requests = await asked()
        assert again == first and requests > before


def _evidence(endpoint: Endpoint) -> str:
    """What the model was shown of notes, when it was last asked."""
    return " ".join(endpoint.asked.evidence.values())


class TestWhileItIsIndexed:
    """The visibility changes while the note is on its way into the index."""

    @pytest.fixture
    def embedder(self) -> SlowEmbedder:
        return SlowEmbedder()

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"index_wait": 0.05})

    async def test_it_does_not_arrive_where_it_was_to_go_before(
        self, client: Client, service: Service, embedder: SlowEmbedder
    ) -> None:
        world = (await coached_program(client)).world
        session = await world.session(_HELD)
        shared = set((await service.index.vectors(Scope(world.program)))[0])
        embedder.gate.clear()
        note = await world.note(session, "ingrid", _FLAMINGO, visibility="program")
        assert note["index_state"] == "pending"
        body = {"visibility": "private"}
        answer = await client("PATCH", f"/v1/notes/{note['id']}", world.tokens["ingrid"], body)
        assert answer.status_code == 200
        await embedder.open_and_finish()
        assert set((await service.index.vectors(Scope(world.program)))[0]) == shared
