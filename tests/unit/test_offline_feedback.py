"""The offline coach's phrasings of feedback."""

import pytest

from coach.advice.briefs import FeedbackBrief
from coach.advice.feedback import FeedbackAsk, feedback_brief
from coach.advice.reading import Reading
from coach.domain.notes import NoteKind
from coach.domain.pairings import PairingKind
from coach.domain.people import Participant
from coach.domain.suggestions import Draft
from coach.drafting.offline import OfflineDrafter
from coach.errors import Invalid
from coach.rules.feedback import flags
from tests.fakes import NOW
from tests.unit.building import INGRID, MAYA, PAIRING_ID, goal, note, pairing, reading
from tests.unit.stores import reader_of, records_of, search_of

WHOLE = (
    "Last Tuesday you looked at your phone three times. I felt that my work did not matter. "
    "Could you put it away next time?"
)
UPWARD = "May I share something with you, and how direct would you like me to be?"


async def brief_of(
    of: Reading, draft: str, to: Participant = INGRID, situation: str | None = None
) -> FeedbackBrief:
    ask = FeedbackAsk(PAIRING_ID, draft, to.id, situation)
    return await feedback_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)


async def phrasings(
    of: Reading, draft: str, to: Participant = INGRID, situation: str | None = None
) -> tuple[dict[str | None, str], Draft]:
    made = await OfflineDrafter().draft(await brief_of(of, draft, to, situation))
    return {item.section: item.text for item in made.items}, made


async def test_there_is_one_gentle_one_direct_and_one_asking_phrasing() -> None:
    texts, draft = await phrasings(reading(), WHOLE)
    assert [item.section for item in draft.items] == ["gentle", "direct", "question"]
    body = "Last Tuesday, you looked at your phone three times. I felt that my work did not matter."
    ask = "Could you put it away next time?"
    assert texts["gentle"] == f"{UPWARD} {body} {ask} How do you see it?"
    assert texts["direct"] == f"{body} {ask} What do you think?"
    assert "What was going on for you then?" in texts["question"]
    assert draft.warnings == ()


async def test_the_parts_are_told_with_each_phrasing() -> None:
    _, draft = await phrasings(reading(), WHOLE)
    for item in draft.items:
        assert item.parts == {
            "situation": "Last Tuesday",
            "behaviour": "you looked at your phone three times",
            "impact": "I felt that my work did not matter",
            "request": "Could you put it away next time?",
        }


@pytest.mark.parametrize("draft", ["You are always rude.", "You never listen", "lol"])
async def test_a_part_that_nothing_holds_is_a_blank_and_never_an_invention(draft: str) -> None:
    texts, made = await phrasings(reading(), draft)
    for item in made.items:
        assert item.parts == dict.fromkeys(("situation", "behaviour", "impact", "request"))
        assert item.text.count("[") == 4
        assert not flags(item.text)
    assert "[when and where it was" in texts["gentle"]
    assert any("no dated fact" in warning for warning in made.warnings)


async def test_judging_and_vague_words_are_named_to_the_writer() -> None:
    _, draft = await phrasings(reading(), "You are always rude.")
    assert "“always” is vague: name one moment that Ingrid can recall." in draft.warnings
    assert "“rude” judges the person: say what you saw or heard instead." in draft.warnings


@pytest.mark.parametrize(
    ("reader", "to", "kind", "up"),
    [
        (MAYA, INGRID, PairingKind.REVERSE, True),
        (MAYA, INGRID, PairingKind.PEER, True),  # Ingrid is an executive, Maya a junior, in any pairing
        (INGRID, MAYA, PairingKind.REVERSE, False),
        (INGRID, MAYA, PairingKind.TRADITIONAL, False),
    ],
)
async def test_feedback_upward_asks_first_how_direct_to_be_and_no_other_does(
    reader: Participant, to: Participant, kind: PairingKind, up: bool
) -> None:
    texts, draft = await phrasings(reading(reader=reader, members=pairing(kind=kind)), WHOLE, to)
    assert texts["gentle"].startswith(UPWARD) is up
    assert all((item.detail or "").startswith("Choose a calm moment") is up for item in draft.items)
    assert UPWARD not in texts["direct"]


async def test_upward_feedback_is_tied_to_what_the_leader_cares_about() -> None:
    goals = [goal("Mine", owner=MAYA), goal("Run a channel alone", owner=INGRID)]
    _, draft = await phrasings(reading(goals=goals), WHOLE)
    assert "Tie it to what Ingrid cares about: the goal “Run a channel alone”." in (
        draft.items[0].detail or ""
    )


OBSERVED = note("Ingrid opened the analytics dashboard before anybody else.", MAYA)


async def test_a_dated_fact_of_the_notes_fills_what_the_draft_lacks_and_is_cited() -> None:
    _, draft = await phrasings(reading(OBSERVED), "Great that you opened the analytics dashboard")
    (item, *_) = draft.items
    assert item.parts is not None
    assert item.parts["situation"] == "as noted after our session on 4 March 2027"
    assert [cited.text for cited in item.citations] == [OBSERVED.text]
    assert not any("no dated fact" in warning for warning in draft.warnings)


async def test_a_complete_draft_needs_no_citation() -> None:
    _, draft = await phrasings(reading(OBSERVED), "Last Tuesday you opened the analytics dashboard.")
    assert not any(item.citations for item in draft.items)


@pytest.mark.parametrize(
    "text",
    [
        "Did Ingrid open the analytics dashboard?",
        "Ingrid promised to open the analytics dashboard.",
        "Ingrid was careless when she opened the analytics dashboard.",
        "Ingrid always opens the analytics dashboard.",
        "Tom opened the analytics dashboard before anybody else.",
        "Ingrid had lunch in the garden.",
    ],
)
async def test_what_nobody_saw_the_receiver_do_bears_nothing_out(text: str) -> None:
    brief = await brief_of(reading(note(text)), "Great that you opened the analytics dashboard")
    assert brief.observed == ()


async def test_the_receivers_own_words_and_transcripts_are_no_observation() -> None:
    own = note("Ingrid opened the analytics dashboard.", INGRID)
    heard = note("Tom: Ingrid opened the analytics dashboard.", MAYA, kind=NoteKind.TRANSCRIPT)
    brief = await brief_of(reading(own, heard), "Great that you opened the analytics dashboard")
    assert brief.observed == ()


async def test_a_given_situation_is_used() -> None:
    texts, _ = await phrasings(reading(), "You called Tom.", situation="In our session on 4 March")
    assert texts["direct"].startswith("In our session on 4 March, you called Tom.")


@pytest.mark.parametrize("to", ["maya", "tom", "nobody"])
async def test_feedback_is_for_another_member(to: str) -> None:
    of = reading()
    ask = FeedbackAsk(PAIRING_ID, WHOLE, to)
    with pytest.raises(Invalid) as refused:
        await feedback_brief(records_of(of), await search_of(of), reader_of(of), ask, NOW)
    assert refused.value.field == "to"
