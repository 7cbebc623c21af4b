"""The main job over HTTP: a note goes in, a grounded agenda comes out."""

from tests.conftest import Client, World


async def test_a_note_becomes_a_cited_agenda(client: Client, world: World) -> None:
    session = await world.session("2027-03-04T15:00:00Z")
    text = "We ran out of time for the dashboard demo. Ingrid enjoyed the podcast."
    note = await world.note(session, "maya", text)
    assert note["index_state"] == "indexed"

    agenda = await client.asked(
        f"/v1/pairings/{world.pairing}/agenda", world.tokens["ingrid"], {"minutes": 45}
    )

    assert agenda["drafted_by"]["engine"] == "offline"
    assert sum(item["minutes"] for item in agenda["items"]) == 45
    focus = next(item for item in agenda["items"] if item["section"] == "focus")
    cited = focus["citations"][0]
    assert cited["note_id"] == note["id"]
    assert (
        cited["quote"] == text[cited["start"] : cited["end"]] == "We ran out of time for the dashboard demo."
    )


async def test_no_token_and_a_wrong_one_are_refused(client: Client, world: World) -> None:
    for token in (None, "cp_wrong"):
        answer = await client("GET", f"/v1/pairings/{world.pairing}", token)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
