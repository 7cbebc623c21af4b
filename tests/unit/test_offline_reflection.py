"""The offline coach's reflection questions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.advice.reading import Reading
from coach.advice.reflection import ReflectionAsk, reflection_brief
from coach.domain.notes import NoteKind, Visibility
from coach.domain.pairings import PairingKind
from coach.domain.people import Participant
from coach.domain.suggestions import Draft
from coach.drafting.offline import OfflineDrafter
from coach.errors import NotFound
from coach.language.words import word_count
from coach.rules.reflection import MOST_WORDS, uncovered_sections, violations
from tests.fakes import NOW
from tests.unit.building import INGRID, MAYA, PAIRING_ID, note, pairing, reading
from tests.unit.stores import reader_of, records_of
from tests.unit.texts import notes

LATEST = note(
    "I froze in front of the dashboard. Ingrid asked whether customers read the newsletter.\n"
    "We ran out of time for the podcast demo. She promised to introduce me to the whole board."
)
SESSION = reading(note("We talked about lunch in the garden.", held="2027-02-01"), LATEST)
QUOTED = re.compile(r"“([^”]*)”")


async def reflection(of: Reading, limit: int = 5, session_id: str | None = None) -> Draft:
    ask = ReflectionAsk(PAIRING_ID, session_id, limit)
    brief = await reflection_brief(records_of(of), reader_of(of), ask, NOW)
    return await OfflineDrafter().draft(brief)


@pytest.mark.parametrize("limit", range(1, 11))
@pytest.mark.parametrize("reader", [MAYA, INGRID])
async def test_every_question_is_valid_and_short_and_asked_once(reader: Participant, limit: int) -> None:
    items = (await reflection(reading(LATEST, reader=reader), limit)).items
    assert 1 <= len(items) <= limit
    assert [violations(item.text) for item in items] == [()] * len(items)
    assert all(word_count(item.text) <= MOST_WORDS for item in items)
    assert len({item.text for item in items}) == len(items)


@pytest.mark.parametrize("limit", range(3, 11))
async def test_a_set_covers_what_so_what_and_now_what_in_order(limit: int) -> None:
    sections = [item.section or "" for item in (await reflection(SESSION, limit)).items]
    assert uncovered_sections(sections) == ()
    assert sections == sorted(sections, key=["what", "so_what", "now_what"].index)


@given(st.lists(notes, min_size=1, max_size=3), st.integers(1, 10))
async def test_whatever_the_notes_hold_the_questions_are_valid_and_cited(
    texts: list[str], limit: int
) -> None:
    written = [
        note(f"I froze before the board demo. {text}", note_id=f"n{n}") for n, text in enumerate(texts)
    ]
    by_id = {n.id: n for n in written}
    items = (await reflection(reading(*written), limit)).items
    assert items
    for item in items:
        assert violations(item.text) == ()
        (cited,) = item.citations
        assert by_id[cited.note_id].text[cited.start : cited.end] == cited.text


@pytest.mark.parametrize("reader", [MAYA, INGRID])
async def test_every_quoted_word_stands_in_the_cited_excerpt(reader: Participant) -> None:
    for item in (await reflection(reading(LATEST, reader=reader), 10)).items:
        (quoted,) = QUOTED.findall(item.text)
        assert quoted in item.citations[0].text


async def test_the_latest_session_is_reflected_on_unless_another_is_named() -> None:
    assert {c.session_id for i in (await reflection(SESSION)).items for c in i.citations} == {"2027-03-04"}
    named = await reflection(SESSION, session_id="2027-02-01")
    assert {c.session_id for i in named.items for c in i.citations} == {"2027-02-01"}


async def test_a_session_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        await reflection(SESSION, session_id="2001-01-01")


@pytest.mark.parametrize(
    ("reader", "kind", "asked", "unasked"),
    [
        (MAYA, PairingKind.REVERSE, "what helps Ingrid", "how you lead"),
        (INGRID, PairingKind.REVERSE, "how you lead", "what helps"),
        (INGRID, PairingKind.TRADITIONAL, "", "how you lead"),
        (INGRID, PairingKind.PEER, "", "how you lead"),
        (MAYA, PairingKind.PEER, "", "as a mentor"),
    ],
)
async def test_questions_speak_to_the_readers_own_role(
    reader: Participant, kind: PairingKind, asked: str, unasked: str
) -> None:
    of = reading(LATEST, reader=reader, members=pairing(kind=kind))
    questions = " ".join(item.text for item in (await reflection(of, 10)).items)
    assert asked in questions
    assert unasked not in questions


async def test_ones_own_words_are_ones_own_and_a_partners_are_named() -> None:
    froze = note("I froze in front of the dashboard.")
    (mine,) = (await reflection(reading(froze), 1)).items
    assert mine.text == "What was happening when you wrote “I froze in front of the dashboard”?"
    assert mine.detail == "You wrote on 4 March 2027."
    (hers,) = (await reflection(reading(froze, reader=INGRID), 1)).items
    assert hers.text == "How did you see the moment behind Maya’s words “I froze in front of the dashboard”?"
    assert hers.detail == "Maya wrote on 4 March 2027."


async def test_what_was_said_in_a_transcript_was_not_written() -> None:
    heard = note("Maya Okafor: I froze before the board demo.", kind=NoteKind.TRANSCRIPT)
    (question,) = (await reflection(reading(heard), 1)).items
    assert question.text == "What was happening when you said “I froze before the board demo”?"


async def test_the_commitment_question_says_will() -> None:
    last = (await reflection(SESSION)).items[-1]
    assert last.section == "now_what"
    assert "will you" in last.text
    assert "would" not in last.text


async def test_without_a_readable_note_there_is_a_warning_and_no_question() -> None:
    for of in (reading(), reading(note("I froze.", visibility=Visibility.PRIVATE), reader=INGRID)):
        draft = await reflection(of)
        assert draft.items == ()
        assert any("no note that you may read" in warning for warning in draft.warnings)


async def test_a_note_that_is_too_thin_to_ask_about_is_not_said_to_be_missing() -> None:
    draft = await reflection(reading(note("Good session.")))
    assert draft.items == ()
    assert draft.warnings
    assert not any("no note" in warning for warning in draft.warnings)


async def test_fewer_questions_than_asked_for_are_said_to_be_fewer() -> None:
    draft = await reflection(reading(note("I froze before the board demo.")), 10)
    assert any(f"bear {len(draft.items)} questions; 10 were asked for" in w for w in draft.warnings)
    assert (await reflection(SESSION, 5)).warnings == ()
