"""What a text tells that another can be held against."""

import pytest

from coach.language.facts import Facts, Mode, clauses, facts, sentences, token_stems, tokens

PEOPLE = ("alice", "bob")


def told(text: str, language: str = "en") -> Facts:
    return facts(text, language, PEOPLE)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,200 euros", {1200}),
        ("1.200.000 euros", {1_200_000}),
        ("7.1 mm/s", {7.1}),
        ("2,5 hours", {2.5}),
        ("5k visits", {5000}),
        ("2,5k visits", {2500}),
        ("the 3rd, the 21st and the 42nd", {3, 21, 42}),
        ("the third time", {3}),
        ("on 2027-03-04", {2027, 3, 4}),
        ("10% of 80", {10, 80}),
        ("3 of 5", {3, 5}),
        ("four or five", {4, 5}),
        ("thirty-two", {32}),
        ("two hundred", {200}),
        ("three thousand", {3000}),
        ("3 million", {3_000_000}),
        ("two two hundred", {2, 200}),
        ("hundred two", {100, 2}),
        ("half a dozen", {0.5, 12}),
        ("twice", {2}),
        ("one of them", set()),
        ("no number at all", set()),
    ],
)
def test_figures_and_number_words_have_their_value(text: str, numbers: set[float]) -> None:
    assert told(text).numbers == numbers


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("de", "dreiundzwanzig Besuche", 23),
        ("de", "zweihundert Besuche", 200),
        ("fr", "quatre-vingt-dix visites", 90),
        ("fr", "deux cents visites", 200),
        ("es", "veintiuno", 21),
        ("es", "dos mil visitas", 2000),
    ],
)
def test_number_words_have_their_value_in_every_language(language: str, text: str, number: float) -> None:
    assert told(text, language).numbers == {number}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on Monday", {"weekday 1"}),
        ("on mondays", {"weekday 1"}),
        ("Thurs, Thur or Thu", {"weekday 4"}),
        ("September, Sept. and Sep", {"month 9"}),
        ("Mon 3 Jan", {"weekday 1", "month 1"}),
        ("in May", {"month 5"}),
        ("she may go", set()),
        ("on 4 March", {"month 3"}),
        ("the march to the plant", set()),
        ("Sat with her", {"weekday 6"}),
        ("she sat with her", set()),
        ("tomorrow", set()),
    ],
)
def test_days_are_told_by_every_spelling_and_no_other_word(text: str, days: set[str]) -> None:
    assert told(text).days == days


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("de", "am Montag im März", {"weekday 1", "month 3"}),
        ("fr", "lundi en août", {"weekday 1", "month 8"}),
        ("es", "el miércoles de enero", {"weekday 3", "month 1"}),
    ],
)
def test_days_are_told_in_every_language(language: str, text: str, days: set[str]) -> None:
    assert told(text, language).days == days


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We met Tom in Bergen", {"tom", "bergen"}),
        ("We met Tom's manager", {"tom"}),
        ("the LinkedIn post on SQL", {"linkedin", "sql"}),
        ("Dashboards help. Posts help", set()),
        ("She wrote: “Bergen is far”", set()),
        ("Then I met her on Monday in March", set()),
        ("plan A", set()),
    ],
)
def test_a_capital_inside_a_sentence_tells_a_name(text: str, names: set[str]) -> None:
    assert told(text).names == names


def test_where_every_noun_has_a_capital_none_tells_a_name() -> None:
    assert told("Wir trafen uns im Werk von Bergen", "de").names == frozenset()


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("all of them", {"all"}),
        ("she is always late", {"all", "often", "after"}),
        ("only two", {"only"}),
        ("most of us", {"most"}),
        ("sometimes", {"some"}),
        ("nobody came", {"none"}),
        ("we met", set()),
    ],
)
def test_how_far_it_goes(text: str, scope: set[str]) -> None:
    assert told(text).scope == scope


def test_feelings_and_judgements_are_told_apart() -> None:
    said = told("She was proud of it, and bored by the frustrating rest")
    assert said.pleased == {"proud"}
    assert "bore" in said.displeased and "proud" not in said.displeased


def modes(text: str, stem: str) -> list[set[Mode]]:
    return [set(ways) for ways in told(text).said[stem]]


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Alice sent the list", set()),
        ("Alice never sent the list", {Mode.DENIED}),
        ("Alice didn't send the list", {Mode.DENIED}),
        ("Alice didn’t send the list", {Mode.DENIED}),
        ("Alice will send the list", {Mode.PLANNED}),
        ("Alice'll send the list", {Mode.PLANNED}),
        ("Perhaps the list came", {Mode.SUPPOSED}),
        ("Alice will not send the list", {Mode.PLANNED, Mode.DENIED}),
    ],
)
def test_how_a_word_is_said(text: str, mode: set[Mode]) -> None:
    assert modes(text, "list") == [mode]


@pytest.mark.parametrize(
    "text",
    [
        "Alice did not come, the list came",
        "Alice did not come; the list came",
        "Alice did not come. The list came",
        "Alice did not come but the list came",
        "Alice will come because the list came",
    ],
)
def test_a_mode_ends_with_its_clause(text: str) -> None:
    assert modes(text, "list") == [set()]


def test_a_mode_reaches_no_further_than_some_words() -> None:
    far = "not one two three four five six seven list"
    assert modes(far, "list") == [set()]
    assert modes("not one two three list", "list") == [{Mode.DENIED}]


def test_a_word_that_is_said_in_two_ways_has_both() -> None:
    assert set(told("The list came. No list came").said["list"]) == {frozenset(), frozenset({Mode.DENIED})}


@pytest.mark.parametrize(
    ("text", "stem", "who"),
    [
        ("alice sent the list", "sent", {"alice"}),
        ("She sent the list", "sent", {"she"}),
        ("They sent the list", "sent", {"they"}),
        ("Then Carla sent the list", "sent", {"carla"}),
        ("alice told Carla; Carla sent it", "sent", {"carla"}),
        ("alice sent the list to bob and posted it", "post", {"alice"}),
        ("alice sent it. The list came", "list", None),
        ("alice sent it; the list came", "list", None),
        ("alice's list came", "list", None),
        ("alice wrote, without a word about videos, posts and polls", "poll", None),
    ],
)
def test_who_is_named_nearest_before_a_word(text: str, stem: str, who: set[str] | None) -> None:
    assert told(text).acts.get(stem) == who


def test_people_are_no_content() -> None:
    assert told("alice met bob").stems == {"met"}


def test_stems_of_words_leave_small_ones_out() -> None:
    assert tokens("She’s at the Dashboards’ page, café 42!") == [
        "she",
        "at",
        "the",
        "dashboards",
        "page",
        "cafe",
        "42",
    ]
    assert token_stems(["the", "dashboards", "at", "42", "ok"], "en") == {"dashboard", "42"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("She came, and we met.", ["she came", "and we met"]),
        ("She came; we met", ["she came", "we met"]),
        ("She came and we met", ["she came and we met"]),
        ("A talk, a walk, a film", ["a talk", "a walk", "a film"]),
        ("If she may come, we meet", ["if she may come we meet"]),
        ("She came, not to talk, but to eat", ["she came not to talk", "but to eat"]),
        ("It is 3.5 km. So what?", ["it is 3.5 km", "so what"]),
        ("... ,", []),
    ],
)
def test_clauses_end_where_another_can_stand_alone(text: str, parts: list[str]) -> None:
    assert [" ".join(part) for part in clauses(text, "en")] == parts


@pytest.mark.parametrize(
    ("text", "stems", "is_open"),
    [
        ("We start", set(), False),
        ("Shall we start?", {"shall", "start"}, True),
        ("If Tom agrees, we start", {"tom", "agre", "start"}, True),
        ("Tom agrees, and we start if it rains", {"start", "rain"}, True),
        ("We start. Tom asks whether it rains", {"whether", "rain"}, True),
        ("Tom told them about rain", set(), True),
        ("Tom told them that it rains, but we start", {"rain"}, True),
        ("Tom said yes", {"yes"}, True),
        ("Tom wonders about rain", set(), True),
    ],
)
def test_what_hangs_on_a_condition_a_question_or_a_report_is_unsettled(
    text: str, stems: set[str], is_open: bool
) -> None:
    assert told(text).unsettled == stems
    assert told(text).is_open is is_open


def test_who_stands_after_a_word_that_leads_a_clause_in_acts_in_it() -> None:
    assert told("alice asked whether bob leaves the company").acts["leav"] == {"bob"}


def test_sentences_end_at_full_stops_and_lines_alone() -> None:
    assert sentences("She came, and we met; late.\nSo? ") == [
        ["she", "came", "and", "we", "met", "late"],
        ["so"],
    ]
