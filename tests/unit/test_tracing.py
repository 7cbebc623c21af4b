"""Which sentences speak of an action or a goal, and what settles what."""

import pytest

from coach.advice.reading import Reading
from coach.domain.notes import NoteKind
from coach.domain.work import ActionStatus
from tests.unit.building import INGRID, action, goal, note, reading

CLOSED = ActionStatus.DONE


def told(*texts: str) -> Reading:
    """One note for each text, a week apart."""
    return reading(*(note(text, held=f"2027-02-{at * 7 + 1:02}") for at, text in enumerate(texts)))


def settled(first: str, *later: str, actions: str | None = None) -> bool:
    """Whether what follows settles the first sentence."""
    done = [action(actions, status=CLOSED)] if actions else []
    return told(first, *later).trace.is_settled(0, done)


def test_about_finds_the_sentence_that_shares_most_with_a_title() -> None:
    trace = told(
        "We had lunch in the garden.",
        "Ingrid read the TikTok handbook.",
        "I sent the TikTok handbook to Ingrid.",
    ).trace
    assert [s.text for s in trace.about("Send the TikTok handbook", 1)] == [
        "I sent the TikTok handbook to Ingrid."
    ]


def test_the_latest_goes_first_among_equals_and_no_more_than_asked_for() -> None:
    trace = told("We read the TikTok handbook.", "We read the TikTok handbook.", "Lunch.").trace
    assert [s.session for s in trace.about("TikTok handbook", 2)] == [1, 0]
    assert [s.session for s in trace.about("TikTok handbook", 1)] == [1]


def test_one_shared_word_of_several_is_not_enough() -> None:
    trace = told("The handbook lay on the big table by the window.").trace
    assert trace.about("Send the TikTok handbook") == ()
    assert trace.latest_about("Send the TikTok handbook") is None


def test_one_word_is_enough_for_a_title_of_one_word() -> None:
    assert told("The newsletter went out.").trace.about("Newsletter") != ()


@pytest.mark.parametrize("title", ["", "the of and", "Maya and Ingrid", "Halvorsen"])
def test_names_and_stop_words_tie_nothing_together(title: str) -> None:
    trace = told("Maya and Ingrid Halvorsen went to the board dinner.").trace
    assert trace.about(title) == ()
    assert not trace.speaks_of(trace.sentences[0], title)


def test_the_latest_word_is_the_last_sentence_that_speaks_of_it_not_the_closest() -> None:
    trace = told("Send the TikTok handbook to Tom.", "The TikTok handbook came back.").trace
    latest = trace.latest_about("Send the TikTok handbook to Tom")
    assert latest is not None
    assert latest.text == "The TikTok handbook came back."


def test_other_forms_of_the_words_speak_of_an_action_too() -> None:
    trace = told("I will be sending handbooks on TikTok.", "We had lunch.").trace
    handbook = action("Send the TikTok handbook")
    assert trace.speaks_of_any(trace.sentences[0], [action("Book a room"), handbook])
    assert not trace.speaks_of_any(trace.sentences[1], [handbook])
    assert not trace.speaks_of_any(trace.sentences[0], [])


PROMISE = "She promised to send the customer newsletter."


@pytest.mark.parametrize(
    "later",
    [
        "Ingrid sent the customer newsletter.",
        "The customer newsletter is finished.",
        "The newsletter went out to customers, sent on time.",
    ],
)
def test_a_promise_is_settled_by_a_later_sentence_that_it_was_done(later: str) -> None:
    assert settled(PROMISE, later)


@pytest.mark.parametrize(
    "later",
    [
        "She hasn't sent the customer newsletter.",
        "Ingrid has not sent the customer newsletter.",
        "She never sent the customer newsletter.",
        "Nobody sent the customer newsletter.",
        "Did she send the customer newsletter?",
        "She will send the customer newsletter next week.",
        "We ran out of time for the customer newsletter.",
        "Ingrid sent the board slides.",
        "We talked about the customer newsletter.",
    ],
)
def test_a_promise_is_not_settled_by_anything_else(later: str) -> None:
    assert not settled(PROMISE, later)


@pytest.mark.parametrize(
    ("verb", "past"),
    [
        *(("write", "wrote"), ("book", "booked"), ("prepare", "prepared"), ("share", "shared")),
        *(("post", "posted"), ("draft", "drafted"), ("read", "read"), ("finish", "finished")),
        *(("bring", "brought"), ("record", "recorded"), ("introduce", "introduced"), ("invite", "invited")),
    ],
)
def test_what_the_coach_hears_promised_it_hears_done(verb: str, past: str) -> None:
    promised = f"She will {verb} the customer newsletter."
    assert not settled(promised)
    assert settled(promised, f"She {past} the customer newsletter.")


def test_what_was_done_before_settles_nothing_that_came_after() -> None:
    history = told("Ingrid sent the customer newsletter.", PROMISE)
    assert not history.trace.is_settled(1, [])


def test_a_question_is_settled_by_a_later_statement_and_not_by_another_question() -> None:
    asked = "Who owns the analytics dashboard?"
    assert settled(asked, "Tom owns the analytics dashboard.")
    assert not settled(asked, "Does Tom own the analytics dashboard?")
    assert not settled(asked, "We are not sure who owns the analytics dashboard.")
    assert not settled(asked)


def test_a_closed_action_settles_what_speaks_of_it_and_an_open_one_does_not() -> None:
    assert settled(PROMISE, actions="Send the customer newsletter")
    history = told(PROMISE)
    assert not history.trace.is_settled(0, [action("Send the customer newsletter")])


@pytest.mark.parametrize(
    ("heard", "answered"),
    [
        ("Maya: Who owns the dashboard?\nIngrid: Tom does.", True),
        ("Maya: Who owns the dashboard?\nMaya: I wondered.", False),
        ("Maya: Who owns the dashboard?\nIngrid: I don't know who.", False),
        ("Maya: Who owns the dashboard?\nIngrid: Why?", False),
        ("Maya: Who owns the dashboard?", False),
    ],
)
def test_in_a_transcript_another_speakers_statement_answers_at_once(heard: str, answered: bool) -> None:
    history = reading(note(heard, INGRID, kind=NoteKind.TRANSCRIPT))
    assert history.trace.is_settled(0, []) is answered


def test_in_a_note_the_next_statement_is_no_answer() -> None:
    history = reading(note("Who owns the dashboard? We had lunch."))
    assert not history.trace.is_settled(0, [])


def test_a_sentence_serves_the_goal_whose_words_it_shares_most() -> None:
    history = told("Ingrid posted a video to the company channel.")
    video = goal("Post a video every week", measure="videos on the company channel")
    other = goal("Post a newsletter")
    assert history.trace.serves(history.sentences[0], [other, video]) == video
    assert history.trace.serves(history.sentences[0], [other]) is None
    assert history.trace.serves(history.sentences[0], []) is None
