"""What a sentence says: done, promised, put off, asked, learned, felt, difficult."""

import pytest

from coach.advice.sentences import said_in
from coach.domain.notes import NoteKind
from coach.language.cues import cues
from tests.unit.building import MAYA, note, said


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Ingrid posted her first LinkedIn video.", "done"),
        ("The newsletter is finished.", "done"),
        ("She finally sent the customer list.", "done"),
        ("We managed to publish the podcast.", "done"),
        ("She promised to invite me to the board dinner.", "promise"),
        ("I'll send the handbook.", "promise"),
        ("We will meet the customers together.", "promise"),
        ("She is going to open the channel.", "promise"),
        ("She’ll record the podcast by Friday.", "promise"),
        ("TODO: book the studio", "promise"),
        ("We ran out of time for the dashboard demo.", "postponed"),
        ("We moved the podcast to next month.", "postponed"),
        ("We didn't get to the newsletter.", "postponed"),
        ("We still haven’t opened the dashboard.", "postponed"),
        ("We are not sure whether the board reads it.", "open_question"),
        ("Nobody knew who owns the channel.", "open_question"),
        ("I learned that the board never sees the numbers.", "learned"),
        ("It turned out that customers skip the intro.", "learned"),
        ("I felt silly in front of the camera.", "feeling"),
        ("I was really nervous about the demo.", "feeling"),
    ],
)
def test_a_sentence_tells_what_was_done_promised_put_off_asked_learned_or_felt(text: str, cue: str) -> None:
    assert cue in said(text).cues


@pytest.mark.parametrize(
    "text",
    [
        "We haven't finished the newsletter.",
        "Ingrid has not finished the newsletter.",
        "She hasn’t sent the customer list.",
        "She never posted it.",
        "Nobody published the podcast.",
        "Nothing was sent.",
        "The newsletter is not finished.",
        "Maya didn't manage to publish it, and the list wasn't sent.",
        "Without Tom we published nothing.",
    ],
)
def test_done_denied_is_not_done(text: str) -> None:
    assert "done" not in said(text).cues


@pytest.mark.parametrize(
    "text",
    [
        "She promised that the newsletter is finished by Friday.",
        "We will have it published next week.",
        "We ran out of time before the list was sent.",
        "I am not sure whether she posted it.",
        "Next steps: the list is sent to Tom.",
    ],
)
def test_done_planned_put_off_or_doubted_is_not_done(text: str) -> None:
    assert "done" not in said(text).cues


@pytest.mark.parametrize(
    "text", ["I did not learn anything new.", "We never learned who owns it.", "I haven’t learned much."]
)
def test_learned_denied_is_not_learned(text: str) -> None:
    assert "learned" not in said(text).cues


@pytest.mark.parametrize(
    "text",
    [
        "Did Ingrid post her first video?",
        "Has she promised to invite me?",
        "Did we run out of time?",
        "What did you learn?",
        "“Have you sent the list?”",
    ],
)
def test_a_question_says_nothing_that_happened(text: str) -> None:
    asked = said(text)
    assert asked.is_question
    assert not asked.cues & {"promise", "postponed", "done", "learned"}


@pytest.mark.parametrize("text", ["We stopped.", "What a day!", "(Why?) We stopped."])
def test_a_statement_is_no_question(text: str) -> None:
    assert not said(text).is_question


@pytest.mark.parametrize(
    ("text", "difficulty"),
    [
        ("Ingrid cancelled twice.", "time"),
        ("She said she is too busy.", "time"),
        ("She did not want to look stupid in front of her team.", "ego"),
        ("I expected something else from these sessions.", "expectations"),
        ("She doesn't answer on Slack and prefers phone calls.", "communication"),
        ("Who else reads this? It should stay between us.", "safety"),
        ("I didn't dare to tell her.", "honesty"),
    ],
)
def test_the_known_difficulties_of_mentoring_are_told_by_their_wording(text: str, difficulty: str) -> None:
    assert difficulty in cues().difficulties(text)


@pytest.mark.parametrize(
    "text",
    ["The dashboard shows three numbers.", "Customers like the podcast.", "We had lunch by the river."],
)
def test_a_plain_sentence_tells_no_cue_and_no_difficulty(text: str) -> None:
    assert not said(text).cues
    assert not said(text).difficulties


@pytest.mark.parametrize(
    ("text", "weighty"),
    [("Yes.", False), ("We did that.", False), ("Ingrid posted the customer video.", True)],
)
def test_a_weighty_sentence_has_enough_content_to_stand_alone(text: str, weighty: bool) -> None:
    assert said(text).is_weighty is weighty


def test_the_place_of_a_cue_is_where_its_wording_begins() -> None:
    text = "The demo was long, and we ran out of time because Ingrid cancelled."
    assert said(text).cue_place("postponed") == text.index("ran out")
    assert said(text).cue_place("time") == text.index("cancelled")
    assert said(text).cue_place("postponed", "time") == text.index("ran out")
    assert said(text).cue_place("learned") == 0
    assert said(text).cue_place() == 0


def test_the_sentences_of_a_note_are_exact_and_its_authors() -> None:
    written = note("  First thing.\n- Second thing")
    told = list(said_in(written, MAYA.name, 3))
    assert [s.text for s in told] == ["First thing.", "- Second thing"]
    assert all(written.text[s.excerpt.start : s.excerpt.end] == s.text for s in told)
    assert {(s.excerpt.speaker, s.session) for s in told} == {(MAYA.name, 3)}


def test_the_sentences_of_a_transcript_are_their_speakers() -> None:
    heard = note("Notes of March.\nMaya: Hello. Ready?\nIngrid: Yes.", kind=NoteKind.TRANSCRIPT)
    told = [(s.excerpt.speaker, s.text) for s in said_in(heard, "Maya Okafor", 0)]
    assert told == [
        ("Maya Okafor", "Notes of March."),
        ("Maya", "Hello."),
        ("Maya", "Ready?"),
        ("Ingrid", "Yes."),
    ]


def test_a_transcript_without_turns_is_its_authors() -> None:
    heard = note("We tried it. It worked.", kind=NoteKind.TRANSCRIPT)
    assert [s.excerpt.speaker for s in said_in(heard, MAYA.name, 0)] == [MAYA.name, MAYA.name]
