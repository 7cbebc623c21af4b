"""No byte of what was erased is left in the data directory: words, names, ids, vectors."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from coach.settings import Settings
from tests.conftest import ADMIN, database_file
from tests.fakes import NOW
from tests.integration.erasable import NEVER_STORED, Erasable, Pair, erasable, found_in

MAY_GO = {"draft", "question"}
_OF_THE_NOTES = ("text", "transcript", "speaker", "response")
_OF_THE_PAIRING = (*_OF_THE_NOTES, "key", "goal", "action", "draft", "question")

ERASURES: dict[str, tuple[str, ...]] = {
    "notes": (*_OF_THE_NOTES, "key"),
    "replaced": _OF_THE_NOTES,
    "participant": (*_OF_THE_NOTES, "key", "name", "email", "department", "draft", "question"),
    "pairing": _OF_THE_PAIRING,
    "program": (*_OF_THE_PAIRING, "name", "email", "department"),
}


async def _erase(made: Erasable, what: str, pair: Pair) -> None:
    token, notes = made.world.tokens[pair.mentor], (pair.note, pair.transcript)
    calls: dict[str, list[tuple[str, str, str, Any]]] = {
        "notes": [("DELETE", f"/v1/notes/{i}", token, None) for i in notes],
        "replaced": [("PUT", f"/v1/notes/{i}", token, {"text": "Nothing was said."}) for i in notes],
        "participant": [("DELETE", f"/v1/participants/{pair.mentor}", token, None)],
        "pairing": [("DELETE", f"/v1/pairings/{pair.pairing}", ADMIN, None)],
        "program": [("DELETE", f"/v1/programs/{made.world.program}", ADMIN, None)],
    }
    for method, path, sender, body in calls[what]:
        answer = await made.world.client(method, path, sender, body)
        assert answer.status_code in (200, 204), answer.text


async def test_no_byte_of_what_was_erased_is_left_in_any_file(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    database_file(settings)
    gone: dict[str, set[bytes]] = {}
    async with erasable(settings, *ERASURES) as made:
        for what, names in ERASURES.items():
            pair = made.pairs[what]
            needles = await made.needles(pair, *names, notes=(pair.note, pair.transcript))
            before = found_in(made.folder, needles)
            assert set(needles) - set(before) <= NEVER_STORED, what
            assert {"counterpart.db", "chroma.sqlite3", "data_level0.bin"} <= set().union(*before.values())
            staying = await made.needles(pair, *(pair.words.keys() - {*names} - MAY_GO))
            await _erase(made, what, pair)
            assert "data_level0.bin" in set().union(*found_in(made.folder, needles).values())
            assert await made.service.compact()
            gone |= {f"{name} of {what}": wanted for name, wanted in needles.items()}
            assert found_in(made.folder, gone) == {}
            assert found_in(made.folder, staying).keys() == staying.keys()
            assert what == "program" or await made.is_whole()
        assert len(list((made.folder / "index").iterdir())) == 1
    assert found_in(made.folder, gone) == {}
    for pair in made.pairs.values():
        assert [word for word in pair.words.values() if word in caplog.text] == []


async def test_a_transcript_whose_time_has_run_out_goes_and_what_was_confirmed_stays(
    settings: Settings,
) -> None:
    database_file(settings)
    now = NOW
    limited = settings.model_copy(update={"retention_days": 30})
    async with erasable(limited, "retained", clock=lambda: now, rows=1) as made:
        pair = made.pairs["retained"]
        needles = await made.needles(pair, "transcript", "speaker", notes=(pair.transcript,))
        staying = await made.needles(pair, "text", "goal", "action", "response", "key", notes=(pair.note,))
        assert found_in(made.folder, needles).keys() == needles.keys()
        now = NOW + timedelta(days=30)
        await made.service.retain()
        assert await made.service.compact()
        assert found_in(made.folder, needles) == {}
        assert found_in(made.folder, staying).keys() == staying.keys()
    assert found_in(made.folder, needles) == {}
