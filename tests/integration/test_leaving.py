"""What leaves the machine when a model is configured, seen from the scripted endpoint that received it."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import respx

from coach.settings import Settings
from tests.conftest import ADMIN
from tests.e2e.serving import sent_events
from tests.integration import model_replies as replies
from tests.integration.checks import listed, refused
from tests.integration.coached_program import KINDS, Program
from tests.integration.model_endpoint import MODEL, Endpoint, check_offline, open_with_model

_ROSTER = (
    "Olga Owner",
    "Aiko Sato",
    "Bruno Weiss",
    "Chidi Eze",
    "Dana Levy",
    "Maya Okafor",
    "Ingrid Halvorsen",
)
_OF_OUR_OWN = {"Owner"}
_EMAIL, _PHONE = "bruno.weiss@reverse.example", "+49 171 2345678"
_POINTERS = (_EMAIL, _PHONE, "linkedin.com/in/ingrid", "DE89 3704 0044 0532")
_TELLING = (
    f"Ingrid Halvorsen wants Bruno Weiss at the dashboard demo: {_EMAIL} or {_PHONE}. "
    "M. Okafor postponed linkedin.com/in/ingrid again. "
    "I learned Ingrid's account is DE89 3704 0044 0532 0130 00. "
    "The demo took 7.1 hours on 4 March 2027 and cost 1,200 EUR. maya thanked Dana."
)
_FIGURES = ("7.1 hours", "4 March 2027", "1,200 EUR")
_INGRIDS = "I postponed the quarterly dashboard demo, for I dread the questions of the board."


@pytest.fixture
async def program(settings: Settings, endpoint: Endpoint) -> AsyncIterator[Program]:
    async with open_with_model(settings) as opened:
        world = opened.world
        session = await world.session("2027-03-08T15:00:00Z")
        await world.note(session, "maya", _TELLING)
        await world.note(session, "ingrid", _INGRIDS)
        home = f"/v1/pairings/{world.pairing}"
        action = {"title": f"Call Dana Levy on {_PHONE}", "owner_id": world.ids["ingrid"]}
        await world.client.made(f"{home}/actions", action)
        endpoint.says(replies.in_form)
        yield opened


def sent(endpoint: Endpoint) -> Iterator[str]:
    """The body of each request, in characters."""
    for call in endpoint.route.calls:
        yield json.dumps(json.loads(call.request.content), ensure_ascii=False)


def named_in(body: str) -> list[str]:
    """Whose names it holds, in small letters or not, and what points to them."""
    words = {word for name in _ROSTER for word in name.split()}
    ways = [(word, re.NOFLAG if word in _OF_OUR_OWN else re.IGNORECASE) for word in sorted(words)]
    named = [word for word, flags in ways if re.search(rf"(?<!\w){word}(?:s|en)?(?!\w)", body, flags)]
    return [*named, *(pointer for pointer in _POINTERS if pointer in body)]


async def ask_all(program: Program) -> list[dict[str, Any]]:
    told = []
    for kind in KINDS:
        path, token, body = program.call(kind)
        if kind == "ask":
            body = {"question": f"Which demo did Ingrid Halvorsen postpone, and is it {_EMAIL}?"}
        if kind == "feedback":
            situation = f"Ingrid called {_PHONE}"
            body = {**body, "draft": "Ingrid, you looked at Dana's phone.", "situation": situation}
        if kind == "agenda":
            body = {**body, "focus": "What Bruno Weiss said"}
        told.append(await program.world.client.asked(path, token, body))
        told[-1]["streamed"] = [e async for e in sent_events(program.world.client, path, token, body)]
    return told


def mended(asked: replies.Asked) -> str:
    """First a line that nobody can hold to be true, naming who it was told of; then one in form."""
    if asked.thrown_away:
        return replies.in_form(asked)
    line = replies.standing_on(asked)
    words = " ".join(re.findall(r"\b(?:Person|Family|Email|Phone)\d+\b", asked.user))
    return replies.answer_of(
        {**line, "text": f"{words} flew a zeppelin over Person2's Family2.", "detail": words}
    )


@pytest.mark.parametrize("reply", [replies.in_form, mended, replies.false_only])
async def test_nobody_is_named_in_what_is_received(program: Program, endpoint: Endpoint, reply: Any) -> None:
    endpoint.says(reply)
    await ask_all(program)
    received = list(sent(endpoint))
    assert len(received) >= 2 * len(KINDS) - 1
    kinds = {replies.Asked(json.loads(body)).kind for body in received}
    assert kinds == set(KINDS)
    assert [(named, body) for body in received if (named := named_in(body))] == []
    if reply is not replies.in_form:
        assert any(replies.Asked(json.loads(body)).thrown_away for body in received)


async def test_figures_and_roles_are_received_as_they_are(program: Program, endpoint: Endpoint) -> None:
    await program.ask("agenda")
    user = endpoint.asked.user
    assert re.search(r"Reader: Person\d+, the mentor of a reverse pairing, with Person\d+\.", user)
    assert [figure for figure in _FIGURES if figure not in user] == []
    by = set(re.findall(r'<e id="E\d+" by="([^"]*)"', user))
    assert by and all(re.fullmatch(r"Person\d+", name) for name in by)


async def test_names_are_put_back_in_what_is_shown(program: Program, endpoint: Endpoint) -> None:
    def telling(asked: replies.Asked) -> str:
        key = next(key for key, words in asked.evidence.items() if "wants" in words)
        return replies.answer_of({"text": asked.evidence[key], "evidence": [key]})

    endpoint.says(telling)
    suggestion = await program.ask("ask")
    assert suggestion["drafted_by"]["engine"] == "llm"
    (item,) = suggestion["items"]
    assert item["text"].replace("[.]", ".") in _TELLING
    assert "Ingrid Halvorsen wants Bruno Weiss" in item["text"]


async def test_only_what_the_reader_may_see_is_received(program: Program, endpoint: Endpoint) -> None:
    await ask_all(program)
    assert list(sent(endpoint)) and not any("zebrafish" in body for body in sent(endpoint))


async def test_of_people_no_more_than_their_side_is_received(program: Program, endpoint: Endpoint) -> None:
    world = program.world
    about = {"name": "Zoe Quist", "role": "mentor", "email": "zoe@quist.example"}
    about |= {"department": "Submarines", "seniority": "wizard"}
    person = await world.client.made(f"/v1/programs/{world.program}/participants", about)
    members = {"mentor_ids": [person["id"]], "mentee_ids": [world.ids["ingrid"]], "kind": "reverse"}
    pairing = (await world.client.made(f"/v1/programs/{world.program}/pairings", members))["id"]
    token = (await world.client.made(f"/v1/participants/{person['id']}/tokens"))["token"]
    session = await world.session("2027-03-08T15:00:00Z", pairing)
    note = {"text": "We postponed the dashboard demo again. I learned to use polls."}
    await world.client.made(f"/v1/sessions/{session}/notes", note, token)
    await world.client.asked(f"/v1/pairings/{pairing}/agenda", token)
    (body,) = sent(endpoint)
    assert "the mentor of a reverse pairing" in body
    assert [word for word in ("Zoe", "quist", "Submarines", "wizard", person["id"]) if word in body] == []


async def disclosures(program: Program, person: str, query: str = "") -> list[dict[str, Any]]:
    client, token = program.world.client, program.world.tokens[person]
    return listed(await client("GET", f"/v1/disclosures{query}", token))


async def test_each_member_is_told_what_of_theirs_was_sent(program: Program, endpoint: Endpoint) -> None:
    await program.ask("agenda")
    world = program.world
    (mayas,), (ingrids,) = await disclosures(program, "maya"), await disclosures(program, "ingrid")
    assert (mayas["asked"], ingrids["asked"]) == (True, False)
    for told in (mayas, ingrids):
        assert (told["host"], told["model"], told["kind"]) == ("model.test", MODEL, "agenda")
        assert told["names_replaced"] is True and told["at"].endswith("Z")
    ends = {words[-1] for words in endpoint.asked.evidence.values()}
    for person, told in (("maya", mayas), ("ingrid", ingrids)):
        assert told["passages"]
        for passage in told["passages"]:
            path = f"/v1/notes/{passage['note_id']}"
            note = (await world.client("GET", path, world.tokens[person])).json()
            assert note["author_id"] == world.ids[person] and note["session_id"] == passage["session_id"]
            assert note["text"][passage["end"] - 1] in ends
    assert len(mayas["passages"]) + len(ingrids["passages"]) == len(endpoint.asked.evidence)
    assert len(ingrids["work_ids"]) == 2
    assert await disclosures(program, "olga") == []


async def test_a_repair_is_a_request_of_its_own(program: Program, endpoint: Endpoint) -> None:
    endpoint.says(mended)
    await program.ask("agenda")
    assert endpoint.route.call_count == len(await disclosures(program, "maya")) == 2


async def test_disclosures_hold_no_words_and_nobody_elses_ids(program: Program) -> None:
    await ask_all(program)
    told = json.dumps(await disclosures(program, "maya"))
    assert program.world.ids["ingrid"] not in told
    assert named_in(told) == [] and "demo" not in told


async def test_they_are_recorded_before_the_request_goes_out(program: Program, endpoint: Endpoint) -> None:
    seen = []

    async def looking(request: Any) -> respx.MockResponse:
        seen.append(await disclosures(program, "maya"))
        return respx.MockResponse(401, json={"error": {"message": "no"}})

    endpoint.route.mock(side_effect=looking)
    check_offline(await program.ask("agenda"))
    assert len(seen[0]) == 1


async def test_they_come_in_pages_and_by_time(program: Program) -> None:
    for kind in ("agenda", "progress", "reflection"):
        await program.ask(kind)
    everything = await disclosures(program, "maya")
    assert {told["kind"] for told in everything} == {"agenda", "progress", "reflection"}
    client, token = program.world.client, program.world.tokens["maya"]
    paged: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client("GET", f"/v1/disclosures?limit=1{cursor}", token)).json()
        paged += page["items"]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert paged == everything
    assert await disclosures(program, "maya", "?since=2027-03-11T00:00:00Z") == []
    assert await disclosures(program, "maya", "?until=2027-03-10T00:00:00Z") == []
    assert (
        len(await disclosures(program, "maya", "?since=2027-03-10T09:00:00Z&until=2027-03-10T09:00:01Z")) == 3
    )
    refused(await client("GET", "/v1/disclosures?cursor=eHg=", token), 422)
    refused(
        await client("GET", "/v1/disclosures?since=2027-03-02T00:00:00Z&until=2027-03-01T00:00:00Z", token),
        422,
    )
    refused(await client("GET", "/v1/disclosures", ADMIN), 404)


async def test_they_stay_when_a_note_is_erased_and_go_with_the_person(program: Program) -> None:
    await program.ask("agenda")
    world = program.world
    (before,) = await disclosures(program, "maya")
    for note_id in {passage["note_id"] for passage in before["passages"]}:
        assert (await world.client("DELETE", f"/v1/notes/{note_id}", world.tokens["maya"])).status_code in (
            200,
            204,
        )
    assert await disclosures(program, "maya") == [before]
    receipt = (await world.client("DELETE", f"/v1/participants/{world.ids['maya']}")).json()
    erased = {store["store"]: store["erased"] for store in receipt["stores"]}
    assert erased["records"]["disclosures"] == 1
    assert len(await disclosures(program, "ingrid")) == 1


async def prefer(program: Program, person: str, model_use: bool | None) -> dict[str, Any]:
    client, token = program.world.client, program.world.tokens[person]
    answer = await client("PUT", "/v1/me/preferences", token, {"model_use": model_use})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert (await client("GET", "/v1/me/preferences", token)).json() == told
    return told


async def switch(program: Program, **switches: bool) -> dict[str, Any]:
    answer = await program.world.client("PATCH", f"/v1/programs/{program.world.program}", ADMIN, switches)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_program_that_is_off_sends_nothing(program: Program, endpoint: Endpoint) -> None:
    await program.ask("agenda")
    assert (await switch(program, model_use=False))["model_use"] is False
    shown = await program.world.client(
        "GET", f"/v1/programs/{program.world.program}", program.world.tokens["maya"]
    )
    assert shown.json()["model_use"] is False
    for kind in KINDS:
        assert "switched off" in check_offline(await program.ask(kind))
    assert endpoint.route.call_count == len(await disclosures(program, "maya")) == 1
    assert (await prefer(program, "maya", True))["models_are_used"] is False
    assert (await switch(program, model_use_by_default=False))["model_use"] is False
    assert (await switch(program, model_use=True))["model_use_by_default"] is False


async def test_who_is_off_is_answered_offline(program: Program, endpoint: Endpoint) -> None:
    assert await prefer(program, "maya", False) == {"model_use": False, "models_are_used": False}
    assert await prefer(program, "olga", False) == {"model_use": False, "models_are_used": False}
    for kind in KINDS:
        assert "switched off" in check_offline(await program.ask(kind))
    assert endpoint.route.call_count == 0
    assert await prefer(program, "maya", None) == {"model_use": None, "models_are_used": True}
    assert (await program.ask("agenda"))["drafted_by"]["engine"] == "llm"


async def test_what_others_keep_back_is_not_sent_and_that_is_said(
    program: Program, endpoint: Endpoint
) -> None:
    assert "dread" in json.dumps(await program.ask("agenda"))
    assert any("dread" in body for body in sent(endpoint))
    before = endpoint.route.call_count
    await prefer(program, "ingrid", False)
    for kind in KINDS:
        suggestion = await program.ask(kind)
        assert suggestion["drafted_by"]["engine"] == "llm"
        withheld = [told for told in suggestion["warnings"] if "was not given to the language model" in told]
        assert len(withheld) == (kind in ("agenda", "reflection", "progress", "ask")), (
            kind,
            suggestion["warnings"],
        )
        assert not any("Ingrid" in told for told in suggestion["warnings"])
    since = list(sent(endpoint))[before:]
    assert len(since) >= len(KINDS)
    for body in since:
        assert "dread" not in body and "Call Person" not in body, replies.Asked(json.loads(body)).user
    assert [told["at"] for told in await disclosures(program, "ingrid") if not told["passages"]] == []


_DREADING = "I postponed the flamingo demo because I dread the questions of the board."


@pytest.mark.parametrize(
    ("who", "label"),
    [
        *(
            ("ingrid", label)
            for label in ("Ingrid", "Halvorsen", "Ms. Halvorsen", "Ingrid [00:01:12]", "Mentee")
        ),
        ("bruno", "Bruno Weiss"),
        ("bruno", "Weiss, Bruno"),
    ],
)
async def test_what_they_say_in_anothers_transcript_is_not_sent(
    program: Program, endpoint: Endpoint, who: str, label: str
) -> None:
    await _transcribe(program, label)
    await prefer(program, who, False)
    for kind in ("ask", "agenda", "reflection"):
        await program.ask(kind)
    assert endpoint.route.call_count == 3
    assert "because I dread" not in "".join(sent(endpoint))
    assert "flamingo budget" in "".join(sent(endpoint)), "what others say in it is sent"


async def test_nor_after_they_left_the_pairing(program: Program, endpoint: Endpoint) -> None:
    world = program.world
    await _transcribe(program, "Ingrid Halvorsen")
    await world.person("Xenia Neu", "mentee", "executive")
    members = f"/v1/pairings/{world.pairing}/members"
    await world.client.made(members, {"participant_id": world.ids["xenia"], "side": "mentee"})
    assert (await world.client("DELETE", f"{members}/{world.ids['ingrid']}", ADMIN)).status_code == 204
    await prefer(program, "ingrid", False)
    for kind in ("ask", "agenda", "reflection"):
        await program.ask(kind)
    assert "dread" not in "".join(sent(endpoint))
    assert "flamingo budget" in "".join(sent(endpoint))


async def _transcribe(program: Program, label: str) -> None:
    session = await program.world.session("2027-03-08T16:00:00Z")
    text = f"Maya: What happened with the flamingo demo?\n{label}: {_DREADING}\n"
    told = f"{text}Maya: I learned that the flamingo budget of the demo was postponed again."
    await program.world.note(session, "maya", told, kind="transcript")


async def test_when_all_is_kept_back_the_offline_coach_answers(program: Program) -> None:
    await prefer(program, "maya", False)
    client, world = program.world.client, program.world
    await client("DELETE", f"/v1/notes/{await _note_of(program, 'ingrid')}", world.tokens["ingrid"])
    path, token = f"/v1/pairings/{world.pairing}/reflection", world.tokens["ingrid"]
    assert "keeps it from models" in check_offline(await client.asked(path, token))
    assert await disclosures(program, "ingrid") == []
    await prefer(program, "maya", True)
    assert (await client.asked(path, token))["drafted_by"]["engine"] == "llm"


async def _note_of(program: Program, person: str) -> str:
    world = program.world
    found = await world.client.asked(
        f"/v1/pairings/{world.pairing}/search", world.tokens[person], {"query": "quarterly board questions"}
    )
    return next(str(hit["note_id"]) for hit in found["items"] if hit["author_id"] == world.ids[person])


async def test_by_default_may_be_off(program: Program, endpoint: Endpoint) -> None:
    await switch(program, model_use_by_default=False)
    assert "switched off" in check_offline(await program.ask("agenda"))
    assert (await prefer(program, "maya", True))["models_are_used"] is True
    await program.ask("agenda")
    assert endpoint.route.call_count == 1
    assert "dread" not in "".join(sent(endpoint))


async def test_who_may_switch(program: Program) -> None:
    await program.ask("agenda")
    client, world = program.world.client, program.world
    for person in ("maya", "olga"):
        refused(
            await client(
                "PATCH", f"/v1/programs/{world.program}", world.tokens[person], {"model_use": False}
            ),
            404,
        )
    refused(await client("PUT", "/v1/me/preferences", ADMIN, {"model_use": False}), 404)
    refused(await client("PATCH", f"/v1/programs/{world.program}", ADMIN, {"model_use": None}), 422)
    seen = await client("GET", f"/v1/programs/{world.program}/participants", world.tokens["olga"])
    assert not any("model_use" in person for person in listed(seen)), "an owner sees who keeps theirs back"
