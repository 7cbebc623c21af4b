"""What is erased or hidden while the coach drafts is not shown, and whoever asked is answered."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace

import pytest

from coach.advice.briefs import Brief
from coach.domain.suggestions import Draft, Item
from coach.drafting.offline import OfflineDrafter
from coach.settings import Settings
from tests.conftest import ADMIN, Client, World
from tests.integration.checks import check_citations, cited_in, problem_in
from tests.integration.coached_program import KINDS, Program, open_program

_WORDS = "We ran out of time for the flamingo launch, and Ingrid promised to show the flamingo again."


class Interrupted:
    """The offline coach, before whose drafts something else happens once."""

    def __init__(self) -> None:
        self.before: Callable[[], Awaitable[object]] | None = None

    async def drafting(self, brief: Brief) -> AsyncGenerator[Item | Draft]:
        yield await self._draft(brief)

    async def _draft(self, brief: Brief) -> Draft:
        before, self.before = self.before, None
        if before is not None:
            await before()
        return await OfflineDrafter().draft(brief)


class Joining(Interrupted):
    """Words each item from all the evidence together, as a model may that draws on several notes."""

    async def _draft(self, brief: Brief) -> Draft:
        draft = await super()._draft(brief)
        told = " / ".join(excerpt.text for excerpt in brief.evidence)
        item = Item(told, None, "discussion", minutes=60, citations=brief.evidence)
        return replace(draft, items=(item,))


async def _flamingo_note(program: Program) -> str:
    session = await program.world.session("2027-03-08T15:00:00Z")
    return str((await program.world.note(session, "ingrid", _WORDS))["id"])


@pytest.mark.parametrize("change", ["erased", "hidden", "replaced"])
async def test_a_note_that_goes_while_the_coach_drafts_is_neither_cited_nor_quoted(
    settings: Settings, change: str, subtests: pytest.Subtests
) -> None:
    drafter = Interrupted()
    async with open_program(settings, drafter) as program:
        world = program.world
        for kind in KINDS:
            path, token = f"/v1/notes/{await _flamingo_note(program)}", world.tokens["ingrid"]

            async def happens(path: str = path, token: str = token) -> None:
                method = "DELETE" if change == "erased" else "PUT"
                body = {"text": _WORDS, "visibility": "private"}
                if change == "replaced":
                    body = {"text": "Nothing happened at all."}
                answer = await world.client(method, path, token, None if method == "DELETE" else body)
                assert answer.status_code in (200, 204)

            drafter.before = happens
            with subtests.test(kind=kind):
                suggestion = await program.ask(kind)
                assert drafter.before is None
                assert "flamingo" not in json.dumps(suggestion)
                await check_citations(world.client, program.call(kind)[1], suggestion)
                if kind == "agenda":
                    assert sum(item["minutes"] for item in suggestion["items"]) == 60
            await world.client("DELETE", path, token)


@pytest.mark.parametrize("change", ["erased", "hidden"])
async def test_a_line_that_draws_on_several_notes_goes_with_the_first_that_goes(
    settings: Settings, change: str
) -> None:
    drafter = Joining()
    async with open_program(settings, drafter) as program:
        world = program.world
        path, token = f"/v1/notes/{await _flamingo_note(program)}", world.tokens["ingrid"]
        before = await program.ask("agenda")
        assert "flamingo" in json.dumps(before)
        assert len({citation["note_id"] for citation in cited_in(before)}) > 1

        async def happens() -> None:
            if change == "erased":
                await world.client("DELETE", path, token)
            else:
                await world.client("PUT", path, token, {"text": _WORDS, "visibility": "private"})

        drafter.before = happens
        assert "flamingo" not in json.dumps(await program.ask("agenda"))


_ERASED = (
    *(("maya", kind) for kind in KINDS if kind != "learnings"),
    ("olga", "learnings"),
    ("ingrid", "agenda"),
    ("ingrid", "feedback"),
    ("ingrid", "learnings"),
)


async def test_a_person_erased_while_the_coach_drafts_brings_no_fault(
    settings: Settings, subtests: pytest.Subtests
) -> None:
    for who, kind in _ERASED:
        drafter = Interrupted()
        own = settings.model_copy(update={"data_dir": settings.data_dir / f"{who}-{kind}"})
        async with open_program(own, drafter) as program:
            path, token, body = program.call(kind)
            erased, client = f"/v1/participants/{program.world.ids[who]}", program.world.client

            async def happens(client: Client = client, erased: str = erased) -> None:
                assert (await client("DELETE", erased, ADMIN)).status_code == 200

            drafter.before = happens
            with subtests.test(who=who, kind=kind):
                answer = await client("POST", path, token, body)
                assert drafter.before is None
                assert answer.status_code < 500
                if answer.status_code >= 400:
                    problem_in(answer)
                else:
                    assert who == "ingrid"
                    await check_citations(client, token, answer.json())


async def test_who_is_erased_while_the_coach_drafts_is_named_in_nothing_that_is_kept(
    settings: Settings, subtests: pytest.Subtests
) -> None:
    for kind in ("agenda", "reflection", "feedback", "progress"):
        drafter = Interrupted()
        own = settings.model_copy(update={"data_dir": settings.data_dir / kind})
        async with open_program(own, drafter) as program:
            world = program.world
            her = world.ids[await world.person("Ottoline Quistfjord", "mentee", "executive")]
            pairing = await world.pair("maya", "ottoline")
            session = await world.session("2027-03-08T15:00:00Z", pairing)
            await world.note(session, "maya", "We ran out of time. She will send the podcast list by Friday.")
            theirs = {"title": "Bring the flamingos", "owner_id": her, "due": "2027-02-12"}
            await world.client.made(f"/v1/pairings/{pairing}/actions", theirs)

            async def happens(world: World = world, her: str = her) -> None:
                assert (await world.client("DELETE", f"/v1/participants/{her}", ADMIN)).status_code == 200

            drafter.before = happens
            body = {"draft": "You looked at your phone.", "to": her}
            path, token = f"/v1/pairings/{pairing}/{kind}", world.tokens["maya"]
            answer = await world.client("POST", path, token, body if kind == "feedback" else {})
            with subtests.test(kind=kind):
                assert drafter.before is None
                assert answer.status_code < 500
                if answer.status_code == 200:
                    kept = await world.client("GET", f"/v1/suggestions/{answer.json()['id']}", token)
                    assert kept.status_code == 200
                    assert "Ottoline" not in kept.text


async def test_words_that_an_action_no_longer_has_are_kept_nowhere(settings: Settings) -> None:
    drafter = Interrupted()
    async with open_program(settings, drafter) as program:
        world = program.world
        before = {"title": "Read https://flamingo.example/plan", "due": "2027-02-12"}
        made = await world.client.made(f"/v1/pairings/{world.pairing}/actions", before)
        path, token = f"/v1/actions/{made['id']}", world.tokens["maya"]

        async def renamed() -> None:
            assert (await world.client("PATCH", path, token, {"title": "Read it"})).status_code == 200

        told = await program.ask("agenda")
        assert "flamingo" in json.dumps(told)
        await renamed()
        assert (await world.client("GET", f"/v1/suggestions/{told['id']}", token)).status_code == 404

        await world.client("PATCH", path, token, before)
        drafter.before = renamed
        assert "flamingo" not in json.dumps(await program.ask("agenda"))
        assert drafter.before is None
