"""What makes a reflection question a good one."""

import pytest

from coach.rules.reflection import MOST_WORDS, uncovered_sections, violations


@pytest.mark.parametrize(
    "question",
    [
        "What went well in the demo?",
        "How did you feel when the video was online?",
        "When did you notice that the board was listening?",
        "Who could help you with the next post?",
        "Where did it get difficult?",
        "What will you do first, and by when?",
        "What was going on for you when you “froze in front of the dashboard”?",
        "What did you notice when “don't you think so” came up?",
        "What's one thing you noticed?",
        "WHAT DID YOU LEARN?",
        f"What {'word ' * (MOST_WORDS - 2)}word?",
    ],
)
def test_an_open_question_of_the_persons_own_matter_is_valid(question: str) -> None:
    assert violations(question) == ()


@pytest.mark.parametrize(
    "question",
    [
        "Why did you cancel?",
        "Did you like the demo?",
        "Are you happy with it?",
        "Could you do that again?",
        "Which part was hard?",
        "Tell me what you learned?",
    ],
)
def test_a_question_that_opens_otherwise_is_not_valid(question: str) -> None:
    assert any("start with what, how, when, who, where" in fault for fault in violations(question))


@pytest.mark.parametrize(
    "question",
    [
        "What did you learn",
        "What did you learn.",
        "What went well? What did not?",
        "What did you learn?!",
        "",
    ],
)
def test_a_question_ends_with_its_only_question_mark(question: str) -> None:
    assert "must end with its only question mark" in violations(question)


def test_a_question_has_at_most_twenty_five_words() -> None:
    assert violations(f"What {'word ' * (MOST_WORDS - 1)}word?") == ("longer than 25 words",)


@pytest.mark.parametrize(
    "question",
    [
        "What, don't you think you should practise more?",
        "What should you do differently?",
        "What do you see there, right?",
        "How could you surely know?",
        "Who, wouldn't you agree, helped most?",
        "What went wrong there, isn't it?",
        "What a good session it was, wasn't it?",
        "How did it go, didn't you think it was great?",
        "How about practising more?",
        "What if you simply practised more?",
    ],
)
def test_a_question_with_its_answer_inside_is_not_valid(question: str) -> None:
    assert "leads to an answer" in violations(question)


@pytest.mark.parametrize(
    "question",
    [
        "When you cancelled, were you avoiding the demo?",
        "When she stopped, did you feel relieved?",
        "Where you were unsure, could you ask?",
    ],
)
def test_a_question_that_yes_or_no_answers_is_not_valid(question: str) -> None:
    assert violations(question)


@pytest.mark.parametrize(
    ("question", "section", "valid"),
    [
        ("What would you do next?", "now_what", False),
        ("What will you do next?", "now_what", True),
        ("How would you put it to Tom?", "so_what", True),
        ("How would you put it to Tom?", None, True),
    ],
)
def test_what_to_do_now_is_asked_with_will(question: str, section: str | None, valid: bool) -> None:
    assert (violations(question, section) == ()) is valid


def test_every_fault_is_told() -> None:
    assert len(violations(f"Why {'word ' * 25} don't you think")) == 4


@pytest.mark.parametrize(
    ("sections", "left_out"),
    [
        (["what", "so_what", "now_what"], ()),
        (["now_what", "what", "what"], ("so_what",)),
        ([None], ("what", "so_what", "now_what")),
        ([], ("what", "so_what", "now_what")),
    ],
)
def test_a_set_covers_what_so_what_and_now_what(
    sections: list[str | None], left_out: tuple[str, ...]
) -> None:
    assert uncovered_sections(sections) == left_out
