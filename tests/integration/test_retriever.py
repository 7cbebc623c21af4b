"""The retriever for LangChain, and search within a budget, on a real service."""

import pytest

from coach.domain.visibility import Person
from coach.errors import NotFound
from coach.service import Service
from tests.conftest import Client, World

_TALK = (
    "Maya: We start with the podcast today.\n"
    "Ingrid: I listened to two podcast episodes on the train.\n"
    "Maya: What did you think of the factory episode?\n"
    "Ingrid: I learned how the host asks short questions."
)


async def _person(service: Service, world: World, name: str) -> Person:
    async with service.database.reading() as records:
        found = await records.people.participant(world.ids[name])
    assert found is not None
    return Person(found)


@pytest.fixture
async def talked(world: World) -> World:
    session = await world.session("2027-03-04T15:00:00Z")
    await world.note(session, "maya", _TALK, kind="transcript")
    await world.note(session, "ingrid", "I fear the podcast makes me look foolish.", visibility="private")
    return world


async def test_the_retriever_gives_exact_stretches_that_its_reader_may_see(
    service: Service, talked: World
) -> None:
    retriever = service.retriever(await _person(service, talked, "maya"), talked.pairing, 500)
    documents = await retriever.ainvoke("What did Ingrid say about the podcast?")
    assert documents
    for document in documents:
        place = document.metadata
        assert document.page_content == _TALK[place["start"] : place["end"]]
    assert sum(len(document.page_content) for document in documents) <= 500


async def test_the_retriever_knows_no_pairing_that_its_reader_is_not_in(
    service: Service, talked: World
) -> None:
    retriever = service.retriever(await _person(service, talked, "olga"), talked.pairing, 500)
    with pytest.raises(NotFound):
        await retriever.ainvoke("podcast")
    with pytest.raises(NotImplementedError, match="ainvoke"):
        retriever.invoke("podcast")


async def test_search_within_a_budget_joins_neighbours(client: Client, talked: World) -> None:
    body = {"query": "the podcast episodes", "max_chars": 160}
    found = (await client.asked(f"/v1/pairings/{talked.pairing}/search", talked.tokens["maya"], body))[
        "items"
    ]
    assert sum(len(item["text"]) for item in found) <= 160
    assert any("\n" in item["text"] for item in found)
    for item in found:
        assert item["text"] == _TALK[item["start"] : item["end"]]


async def test_an_erased_persons_notes_leave_what_search_keeps_in_memory(
    service: Service, client: Client, talked: World
) -> None:
    path = f"/v1/pairings/{talked.pairing}/search"
    await client.asked(path, talked.tokens["maya"], {"query": "podcast"})
    await client.asked(path, talked.tokens["ingrid"], {"query": "podcast"})
    receipt = (await client("DELETE", f"/v1/participants/{talked.ids['ingrid']}")).json()
    caches = next(store for store in receipt["stores"] if store["store"] == "caches")
    assert caches["erased"] == {"entries": 1}
