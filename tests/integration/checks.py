"""What the contract promises of every answer, as checks that tests share."""

from typing import Any

import httpx2

from tests.conftest import Client

PROBLEM = "application/problem+json"
NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "cost": None, "currency": None}


def problem_in(answer: httpx2.Response) -> dict[str, Any]:
    """The problem of a refusal; AssertionError when the answer is no problem+json in form."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == PROBLEM, answer.headers["content-type"]
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert isinstance(told["title"], str) and told["title"]
    assert isinstance(told["detail"], str) and told["detail"]
    for fault in told.get("errors", []):
        assert fault["field"] and fault["message"], fault
    return told


def refused(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """The problem of an answer that must have this status."""
    assert answer.status_code == status, (answer.status_code, answer.text[:300])
    return problem_in(answer)


def listed(answer: httpx2.Response) -> list[dict[str, Any]]:
    """The items of a page; it must have answered 200."""
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert set(page) == {"items", "next_cursor"}
    items: list[dict[str, Any]] = page["items"]
    return items


def cited_in(suggestion: dict[str, Any]) -> list[dict[str, Any]]:
    return [citation for item in suggestion["items"] for citation in item["citations"]]


async def note_text(client: Client, token: str, note_id: str) -> str:
    """The note's text as this reader sees it; AssertionError when they may not read it."""
    answer = await client("GET", f"/v1/notes/{note_id}", token)
    assert answer.status_code == 200, f"{note_id} is shown and can't be read: {answer.text}"
    return str(answer.json()["text"])


async def check_citations(client: Client, token: str, suggestion: dict[str, Any]) -> int:
    """Every citation opens for this reader and quotes exactly; how many there were."""
    texts: dict[str, str] = {}
    citations = cited_in(suggestion)
    for citation in citations:
        note_id = citation["note_id"]
        if note_id not in texts:
            texts[note_id] = await note_text(client, token, note_id)
        start, end = citation["start"], citation["end"]
        assert 0 <= start < end <= len(texts[note_id])
        assert citation["quote"] == texts[note_id][start:end]
    return len(citations)


async def check_found(client: Client, token: str, items: list[dict[str, Any]]) -> None:
    """Every search result opens for this reader and is an exact stretch; the best come first."""
    texts: dict[str, str] = {}
    for item in items:
        note_id = item["note_id"]
        if note_id not in texts:
            texts[note_id] = await note_text(client, token, note_id)
        assert 0 <= item["start"] < item["end"] <= len(texts[note_id])
        assert item["text"] == texts[note_id][item["start"] : item["end"]]
    scores = [item["score"] for item in items]
    assert scores == sorted(scores, reverse=True)
