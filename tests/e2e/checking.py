"""What must hold of a service's data after it was killed: over HTTP, and in its files once it has stopped."""

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import httpx2

from coach.settings import Settings
from coach.wiring import index_folder
from tests.e2e.posting import Author
from vectorstore.chroma import EmbeddedStore
from vectorstore.embedding import Embedder
from vectorstore.index import Fingerprint

_AT_ONCE = 8
_PAUSE = 0.2


async def settled(http: httpx2.AsyncClient, within: float = 120) -> None:
    """Until the service says it is ready and no note is pending; AssertionError when that is not in time."""
    for _ in range(int(within / _PAUSE)):
        if await _is_settled(http):
            return
        await asyncio.sleep(_PAUSE)
    raise AssertionError(f"not ready, or with notes pending, after {within} seconds")


async def _is_settled(http: httpx2.AsyncClient) -> bool:
    if (await http.get("/readyz")).status_code != 200:
        return False
    return "counterpart_pending_notes 0.0" in (await http.get("/metrics")).text.splitlines()


async def check_answers(http: httpx2.AsyncClient, authors: Iterable[Author]) -> int:
    """Every note that was answered for is there, whole, once, and found; how many there were."""
    return sum([await _check_author(http, author) for author in authors])


async def _check_author(http: httpx2.AsyncClient, author: Author) -> int:
    http.headers["Authorization"] = f"Bearer {author.token}"
    assert await _ids_listed(http, author) == sorted(author.kept)
    wanted = list(author.kept.items())
    for at in range(0, len(wanted), _AT_ONCE):
        batch = wanted[at : at + _AT_ONCE]
        await asyncio.gather(*(_check_note(http, author, note_id, *told) for note_id, told in batch))
    for note_id in author.gone:
        assert (await http.get(f"/v1/notes/{note_id}")).status_code == 404
    for word in (*author.gone.values(), *author.former):
        assert not any(word in text for _, text in await _found(http, author, word, 5))
    return len(author.kept)


async def _ids_listed(http: httpx2.AsyncClient, author: Author) -> list[str]:
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await http.get(f"/v1/sessions/{author.session}/notes", params={"limit": 200, "cursor": cursor})
        assert page.status_code == 200, page.text
        ids += [note["id"] for note in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    return sorted(ids)


async def _check_note(http: httpx2.AsyncClient, author: Author, note_id: str, text: str, word: str) -> None:
    note = await http.get(f"/v1/notes/{note_id}")
    assert note.status_code == 200, (note_id, note.text)
    assert note.json()["text"] == text
    assert note.json()["index_state"] == "indexed"
    best_id, best_text = (await _found(http, author, word, 3))[0]
    assert best_id == note_id
    assert word in best_text


async def _found(http: httpx2.AsyncClient, author: Author, word: str, limit: int) -> list[tuple[str, str]]:
    path = f"/v1/pairings/{author.pairing}/search"
    answer = await http.post(path, json={"query": word, "limit": limit})
    assert answer.status_code == 200, answer.text
    return [(item["note_id"], item["text"]) for item in answer.json()["items"]]


async def check_files(data_dir: Path, embedder: Embedder) -> int:
    """No passage without its note, and index and records hold the same; how many passages there are."""
    passages = _recorded_passages(data_dir / "counterpart.db")
    store = EmbeddedStore(index_folder(Settings(data_dir=data_dir)))
    (generation,) = await store.generations()
    index = await store.open(generation, Fingerprint.of(embedder))
    try:
        held = await index.ids()
        assert (len(held - passages), len(passages - held)) == (0, 0), "(left in the index, missing there)"
    finally:
        await index.close()
    return len(passages)


def _recorded_passages(database: Path) -> set[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = connection.execute(
            'SELECT p.id, p.start, p."end", n.text, n.index_state '
            "FROM passages p LEFT JOIN notes n ON n.id = p.note_id"
        ).fetchall()
        bare = connection.execute(
            "SELECT id FROM notes WHERE id NOT IN (SELECT note_id FROM passages)"
        ).fetchall()
    assert bare == []
    for _, start, end, text, state in rows:
        assert text is not None, "a passage without its note"
        assert state == "indexed"
        assert 0 <= start < end <= len(text)
    return {str(row[0]) for row in rows}
