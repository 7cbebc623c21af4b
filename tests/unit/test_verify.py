"""Nothing is shown that was not checked: citations, questions, anonymity, minutes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    Parts,
    Point,
    Reason,
    ReflectionBrief,
)
from coach.domain.notes import Excerpt, excerpt, is_exact
from coach.domain.suggestions import Item
from coach.drafting.verify import verify
from coach.rules.agenda import fitted
from tests.fakes import NOW
from tests.unit.building import INGRID, MAYA, OLGA, action, goal, note, program, reading

TEXT = "Ingrid posted her first video. We ran out of time for the podcast demo."
NOTE = note(TEXT)
OTHER = note("The board asked for the market numbers.", INGRID)
READ = reading(NOTE, OTHER)
READABLE = {n.id: n for n in READ.notes}
VIDEO, DEMO = excerpt(NOTE, 0, 30), excerpt(NOTE, 31, len(TEXT))
NUMBERS = excerpt(OTHER, 0, len(OTHER.text))
ANSWER = AnswerBrief(READ, "What?", (), ())
AGENDA = AgendaBrief(READ, 60, 5, (), (), None)
REFLECTION = ReflectionBrief(READ, None, 5, ())
FEEDBACK = FeedbackBrief(
    READ, "You called Tom.", INGRID, True, "On Friday", Parts(None, None, None, None), ()
)
LEARNINGS = LearningsBrief(program(min_group_size=3), OLGA, NOW, None, None, (), pairings=6)


def kept(brief: Brief, *items: Item) -> tuple[Item, ...]:
    return verify(items, brief, READABLE)[0]


def warned(brief: Brief, *items: Item) -> str:
    return " ".join(verify(items, brief, READABLE)[1])


def test_a_line_whose_citations_are_exact_is_kept_as_it_is() -> None:
    line = Item("“Ingrid posted her first video”", citations=(VIDEO, NUMBERS))
    assert kept(ANSWER, line) == (line,)
    assert warned(ANSWER, line) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        replace(VIDEO, text="Ingrid posted her first book."),
        replace(VIDEO, start=1),
        replace(VIDEO, end=29),
        replace(VIDEO, end=10_000),
        replace(VIDEO, start=-30),
        replace(VIDEO, start=30, end=0, text=""),
        replace(VIDEO, start=5, end=5, text=""),
        replace(VIDEO, note_id="of another pairing"),
    ],
)
def test_a_line_that_stands_on_a_wrong_quote_alone_is_left_out_with_a_warning(wrong: Excerpt) -> None:
    assert not is_exact(wrong, READABLE)
    line = Item("Said to be so", citations=(wrong,))
    assert kept(ANSWER, line) == ()
    assert warned(ANSWER, line) == "1 line was left out: what it cites does not hold or is not yours to see."


def test_a_note_that_is_not_readable_any_more_supports_nothing() -> None:
    items, warnings = verify((Item("So it is", citations=(VIDEO,)),), ANSWER, {})
    assert items == ()
    assert warnings


def test_a_note_that_was_changed_meanwhile_supports_nothing() -> None:
    changed = {NOTE.id: replace(NOTE, text=f"Today, {TEXT}")}
    assert verify((Item("So it is", citations=(VIDEO,)),), ANSWER, changed)[0] == ()


@given(st.integers(-5, 80), st.integers(-5, 80), st.text(max_size=5))
def test_a_citation_is_exact_only_when_it_is_that_stretch_of_the_note(
    start: int, end: int, text: str
) -> None:
    in_note = 0 <= start < end <= len(TEXT)
    assert is_exact(replace(VIDEO, start=start, end=end, text=TEXT[start:end]), READABLE) is in_note
    same = in_note and TEXT[start:end] == text
    assert is_exact(replace(VIDEO, start=start, end=end, text=text), READABLE) is same


def test_a_line_keeps_only_the_citations_that_hold() -> None:
    wrong = replace(VIDEO, text="Ingrid posted her first book.")
    (line,) = kept(ANSWER, Item("The numbers were asked for", citations=(wrong, NUMBERS)))
    assert line.citations == (NUMBERS,)


def test_a_line_never_quotes_words_whose_citation_was_left_out() -> None:
    gone = replace(VIDEO, note_id="erased")
    line = Item("Talk about it", "You wrote: “Ingrid posted her first video”.", citations=(gone, NUMBERS))
    assert all("first video" not in f"{item.text} {item.detail}" for item in kept(ANSWER, line))


def test_quoted_words_that_no_citation_holds_are_not_shown() -> None:
    line = Item("Maya said “the strategy is a disaster”", citations=(VIDEO,))
    assert kept(ANSWER, line) == ()


@pytest.mark.parametrize(
    ("brief", "quoted"),
    [
        (AnswerBrief(READ, "Who owns the shop?", (), ()), "Who owns the shop?"),
        (replace(AGENDA, reading=reading(actions=[action("Send the handbook")])), "Send the handbook"),
        (replace(AGENDA, reading=reading(goals=[goal("Run a channel")])), "Run a channel"),
        (replace(AGENDA, points=(Point(Reason.ASKED, 3, subject="the shop"),)), "the shop"),
        (FEEDBACK, "You called Tom"),
        (FEEDBACK, "On Friday"),
    ],
)
def test_titles_and_the_askers_own_words_may_be_quoted_without_a_citation(brief: Brief, quoted: str) -> None:
    lines = Item(f"About “{quoted}”", minutes=60), Item(f"About “{quoted} and more”", minutes=0)
    items, warnings = verify(lines, brief, READABLE)
    assert [item.text for item in items] == [lines[0].text]
    assert len(warnings) == 1


def test_what_the_records_say_needs_no_citation() -> None:
    line = Item("Agree who does what by when")
    assert kept(ANSWER, line) == (line,)


def test_what_is_left_out_is_told_by_reason_with_how_often() -> None:
    wrong = Item("So", citations=(replace(VIDEO, text="No."),))
    closed = Item("Did you like it?", citations=(VIDEO,))
    told = verify(
        (
            wrong,
            wrong,
            closed,
        ),
        REFLECTION,
        READABLE,
    )[1]
    assert [warning.split(" left out")[0] for warning in told] == ["2 lines were", "1 line was"]


@pytest.mark.parametrize("question", ["Did you like it?", "Why did you stop?", "What should you do?"])
def test_a_question_that_is_not_open_is_left_out(question: str) -> None:
    assert kept(REFLECTION, Item(question, citations=(VIDEO,))) == ()
    assert "no open question" in warned(REFLECTION, Item(question, citations=(VIDEO,)))
    assert kept(ANSWER, Item(question, citations=(VIDEO,))) != ()


def test_an_open_question_is_kept() -> None:
    question = Item("What did you notice?", citations=(VIDEO,), section="what")
    assert kept(REFLECTION, question) == (question,)


def test_the_minutes_of_an_agenda_still_add_up_when_something_was_left_out() -> None:
    wrong = Item("Gone", section="discussion", minutes=20, citations=(replace(VIDEO, text="No."),))
    items = kept(
        AGENDA,
        Item("Check in", section="check_in", minutes=10),
        wrong,
        Item("Demo", section="focus", minutes=30, citations=(DEMO,)),
    )
    assert [item.text for item in items] == ["Check in", "Demo"]
    assert sum(item.minutes or 0 for item in fitted(items, 60)) == 60


def test_minutes_that_add_up_are_left_alone() -> None:
    items = (Item("Check in", section="check_in", minutes=7), Item("Demo", section="focus", minutes=53))
    assert fitted(items, 60) == items


def learned(text: str, pairings: int | None = 4, detail: str | None = None) -> Item:
    return Item(text, detail, pairings=pairings)


def verified(*items: Item) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    names = [person.name for person in (MAYA, INGRID, OLGA)]
    return verify(items, LEARNINGS, {}, names, [TEXT, OTHER.text])


def test_an_anonymous_learning_of_enough_pairings_is_kept() -> None:
    line = learned("Podcasts and videos: 4 of 6 pairings write about it")
    assert verified(line) == ((line,), ())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (learned("Podcasts", 2), "too few pairings"),
        (learned("Podcasts", 0), "too few pairings"),
        (learned("Podcasts", None), "too few pairings"),
        (learned("What Ingrid learned"), "names someone"),
        (learned("What INGRID learned"), "names someone"),
        (learned("Ingrid's podcast"), "names someone"),
        (learned("Ingrid’s podcast"), "names someone"),
        (learned("The okafor way"), "names someone"),
        (learned("Podcasts", detail="Maya told us"), "names someone"),
        (learned("they ran out of time for the podcast demo"), "repeats a note's words"),
        (learned("Numbers", detail="The board asked for the market numbers"), "repeats a note's words"),
    ],
)
def test_a_learning_that_could_betray_someone_is_left_out(line: Item, why: str) -> None:
    items, warnings = verified(line)
    assert items == ()
    assert [why in warning for warning in warnings] == [True]
