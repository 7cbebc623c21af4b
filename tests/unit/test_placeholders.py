"""Placeholders for people and what points to them: nothing of it is sent, and all of it comes back."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach.drafting.placeholders import Placeholders, put_back_in, replaced_in
from coach.drafting.spotting import Known, Spotter
from coach.language.unseen import visible
from coach.language.words import stop_words
from prompts import prompt

ROSTER = (
    "Maya Okafor",
    "Ingrid Halvorsen",
    "Anna-Lena O'Brien",
    "José García Márquez",
    "Jürgen van der Berg",
    "Will Jones",
    "Dr Hans Weiß",
    "王芳",
    "May Klein",
)
EMAILS = ("maya@reverse.example", "ingrid@localhost")


def placeholders(*names: str, speakers: tuple[str, ...] = ()) -> Placeholders:
    return Placeholders(Spotter(Known(names or ROSTER, EMAILS, speakers)))


def sent(text: str, *names: str) -> str:
    """What is sent of a text; all that can be seen of it must come back exactly."""
    made = placeholders(*names)
    told = made.replaced(text)
    assert made.exactly_back(told) == visible(text)
    assert made.put_back(told) == visible(text)
    return told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Maya told Ingrid.", "Person1 told Person2."),
        ("Maya Okafor", "Person1 Family1"),
        ("Maya's plan, Ingrid’s team", "Person1's plan, Person2’s team"),
        ("Mayas Plan und Ingrids Team, Hans' Idee", "Person1s Plan und Person2s Team, Person7' Idee"),
        ("le projet d’Ingrid, qu'Ingrid", "le projet d’Person2, qu'Person2"),
        ("el plan de Maya", "el plan de Person1"),
        ("maya asked, MAYA shouted", "person1 asked, PERSON1 shouted"),
        ("mAyA", "Person1a"),
        ("M. Okafor and I. Halvorsen", "Initial1 Family1 and Initial2 Family2"),
        ("J.-M. Márquez", "J.-M. Family4".replace("J.-M.", "Initial4a")),
        ("Anna-Lena and Lena", "Person3 and Person3a"),
        ("O'Brien’s", "Family3’s"),
        ("Brien", "Family3a"),
        ("Obrien and OBRIEN", "Family3a and Family3b"),
        ("Annalena", "Person3a"),
        ("Vanderberg", "Family5a"),
        ("Ingrid\u02bcs plan, O\u02bcBrien\uff07s", "Person2\u02bcs plan, Family3a\uff07s"),
        ("Ingrid\u02bbs, Ingrid\u02b9s", "Person2\u02bbs, Person2\u02b9s"),
        ("O\uff07Brien", "Family3a"),
        ("Jose Garcia, JOSÉ", "Person4a Middle4a, PERSON4"),
        ("Jose\u0301", "Person4a"),
        ("Juergen van der Berg, Berg", "Person5a Family5a, Family5"),
        ("Die Okaforsche Art", "Die Family1sche Art"),
        ("Dr Weiss wrote to Dr Weiß", "Dr Family7a wrote to Dr Family7"),
        ("maya_okafor.pptx", "person1_family1.pptx"),
        ("see MayaPlan", "see Person1Plan"),
        ("mayaokafor or MOkafor", "Handle1 or Handle1a"),
        ("王芳说", "Person8说"),
        ("Will you ask Will? I will.", "Person6 you ask Person6? I will."),
        ("May comes on 4 May 2027 or in May 2028", "Person9 comes on 4 May 2027 or in May 2028"),
    ],
)
def test_a_name_is_replaced_in_each_of_its_forms(text: str, told: str) -> None:
    assert sent(text) == told


_SPLIT_BY = (
    *"\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u206f\ufe00\ufe0e\ufe0f",
    *"\ufeff\ufff9\x00\x08\x7f\x9f\U0001d173\U000e0041\U000e0100",
    *("\x1b[0m", "\ufe0f\u200d", "\u200d\u200c", "\u200b\u200d"),
)


@pytest.mark.parametrize("split", _SPLIT_BY, ids=ascii)
def test_what_nobody_sees_hides_nothing(split: str) -> None:
    for word, told in [("Halvorsen", "Family2"), (EMAILS[0], "Email1"), ("+491712345678", "Phone1")]:
        for hidden in (word[:2] + split + word[2:], split.join(word), split + word + split):
            assert sent(f"Ask {hidden} now") == f"Ask {told} now"


@pytest.mark.parametrize("split", _SPLIT_BY, ids=ascii)
def test_whose_own_name_or_label_holds_what_nobody_sees_is_known(split: str) -> None:
    assert sent("Halvorsen", f"Ingrid Halv{split}orsen") == "Family1"
    made = Placeholders(Spotter(Known(("Maya Okafor",), (f"a{split}b@c.org",), (f"Be{split}rta",))))
    assert made.replaced("Berta: ab@c.org") == "Person2: Email1"


def test_a_name_in_a_joined_script_is_known_with_and_without_a_joiner() -> None:
    assert sent("مح\u200cمد", "محمد") == "Person1a"


@given(st.text(st.characters(categories=("Cc", "Cf", "Mn", "Zl", "Zp", "L")), max_size=8))
def test_a_prompt_takes_nothing_more_out_of_what_is_sent(text: str) -> None:
    """What it took out after names were looked for could join the halves of one."""
    held = visible(text)
    _, user = prompt("repair").render(rejected=[{"line": f"({held})", "reason": "form", "words": "x"}])
    assert f"({held})" in user


@pytest.mark.parametrize(
    "text",
    [
        "I will send the icebergs to the Bergamo office.",
        "Der Plan ist von van Gogh und die Mayonnaise.",
        "bodymaya, okaforia, josefine, Amaya",
        "Speaker 2 and the moderator",
    ],
)
def test_other_words_are_no_names(text: str) -> None:
    assert sent(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The threshold is 7.1 mm/s, up from 3.55 mm/s.",
        "We spent 1,200,000 EUR, 45.50 € and $3.2 million, CHF 250 000 000, 0171 2345678 €.",
        "1\u202f200\u202f000\u202f€, CHF 250\u2009000\u2009000, 12\u202f345\u202f678 people",
        "42 %, 3/4 of them, 2 of 5, 1 120 tokens of 4 466, 12 345 678 people, 1200000 visits",
        "On 2027-03-04, 12.04.2027, 04/03/2027 and 4.3.27 at 15:30:00, 2026/2027, Q3-2027, 2027-W09",
        "Between 2019 2020 2021 and 2022, from 1999-2003",
        "Version 1.5.9, v2.10.4.1, release 10.4.2.1, Python 3.11 to 3.13, ISO27001, COVID-19",
        "It took 1.234.567,89 steps. Then we left.So be it. e.g. this, i.e. that",
        "10 000 000 and 612 345 678 impressions",
        "a ratio of 16:9, room B-204, building 12a, A4 paper, 5G, 24/7",
    ],
)
def test_figures_stay(text: str) -> None:
    assert sent(text) == text


_POINTERS = {
    "Email": (
        *EMAILS,
        "MAYA@reverse.example",
        "x.y+z@mail.co.uk",
        "tom@intranet",
        "jürgen@bücher.de",
    ),
    "Phone": (
        *("+49 171 2345678", "0171 2345678", "0171/2345678", "01 42 68 53 00", "+33142685300"),
        *("+44 (0)20 7946 0958", "020 7946 0958", "(212) 555-0123", "212-456-7890", "612 34 56 78"),
        *("+34 612 345 678", "0049 30 901820", "+49\u202f171\u202f2345678", "0171\u20092345678"),
        *("+34\u2007612\u2007345\u2007678", "+49\u00a0171\u00a02345678", "+49 171\u20112345678"),
    ),
    "Link": ("https://a.org/b?c=1#d", "www.example.de", "linkedin.com/in/maya-okafor"),
    "Handle": ("@maya_o", "@tom.b"),
    "Code": (
        *("DE89\u202f3704\u202f0044\u202f0532\u202f0130\u202f00", "4111\u20091111\u20091111\u20091111"),
        *("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "4111 1111 1111 1111"),
        *("4111111111111111", "12345678Z", "X1234567L", "2 95 10 99 126 111 93", "756.9217.0769.85"),
        *("536-90-4399", "943 476 5919", "36 574 261 809", "DE136695976", "192.168.1.4"),
        *("2001:db8::8a2e:370:7334", "00:1B:44:11:3A:B7", "550e8400-e29b-41d4-a716-446655440000"),
        *("57c18f8ff6b959baa944444ab49f1519", "EMP-00412345", "INV-2027-001234", "004123456789"),
    ),
}


@pytest.mark.parametrize(
    ("kind", "words"),
    [(kind, words) for kind, each in _POINTERS.items() for words in each],
)
def test_what_points_to_somebody_is_replaced(kind: str, words: str) -> None:
    told = sent(f"Write down {words}, she said on 4 May.")
    assert re.fullmatch(rf"Write down {kind}\d+, she said on 4 May\.", told), told


def test_a_number_to_call_needs_no_spelling_where_a_call_is_spoken_of() -> None:
    assert sent("Llámame al 612345678 mañana.") == "Llámame al Phone1 mañana."
    assert sent("Her number is 612 345 678, she said.") == "Her number is Phone1, she said."


def test_the_same_is_called_the_same_in_all_of_a_request() -> None:
    made = placeholders()
    texts = ["Maya, x@y.org", "z@y.org, Maya Okafor", "x@y.org and z@y.org"]
    told = [made.replaced(text) for text in texts]
    assert told == ["Person1, Email1", "Email2, Person1 Family1", "Email1 and Email2"]


def test_a_person_keeps_the_number_of_their_place_whoever_is_named_first() -> None:
    assert sent("Ingrid and Maya") == "Person2 and Person1"
    assert sent("Anna", "Anna Weiss", "Anna Klein") == sent("Anna", "Anna Weiss") == "Person1"
    assert sent("Anna Klein", "Anna Weiss", "Anna Klein") == "Person1 Family2"


def test_whom_only_a_transcript_names_is_known_from_its_labels() -> None:
    made = placeholders(speakers=("Tom Berger", "Speaker 2", "Moderator"))
    assert (
        made.replaced("Tom asked Maya, Berger the moderator")
        == "Person10 asked Person1, Family10 the moderator"
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("[Person1] promised it", "Maya promised it"),
        ("‹Person1›, {Person2}", "Maya, Ingrid"),
        ("PERSON2's plan", "Ingrid's plan"),
        ("person2", "Ingrid"),
        ("Person1s und Person7s Plan", "Mayas und Hans’ Plan"),
        ("Person 1 and person_2", "Maya and Ingrid"),
        ("(Person1)", "(Maya)"),
        ("**Person1**", "**Maya**"),
        ("Email1.", "maya@reverse.example."),
        ("Person3 and Person44, Email9", "Person3 and Person44, Email9"),
    ],
)
def test_what_a_model_makes_of_a_placeholder_is_put_back(said: str, meant: str) -> None:
    made = placeholders()
    made.replaced("Maya, Ingrid and Hans: maya@reverse.example")
    assert made.put_back(said) == meant


def test_what_looks_like_a_placeholder_already_comes_back_as_it_was() -> None:
    text = "Person1 and [Maya] asked person12b, Person 1, Code7, Email1s and SuperPerson3x"
    told = sent(text)
    assert "Person1 and" not in told and "[Person1]" in told


def test_all_the_texts_of_what_is_nested_are_replaced_but_what_is_our_own() -> None:
    made = placeholders()
    told = {"by": "Maya", "id": "Maya", "lines": [{"text": "Ingrid"}, 3, None]}
    replaced = replaced_in(told, made, frozenset({"id"}))
    assert replaced == {"by": "Person1", "id": "Maya", "lines": [{"text": "Person2"}, 3, None]}
    assert put_back_in(replaced, made) == told


_FORMS = st.sampled_from(
    [
        *(*ROSTER, *EMAILS, "Maya", "okafor", "MAYAS", "Ingrids", "M. Okafor", "O'Brien", "Jose", "mAyA"),
        *("van der Berg", "MayaOkafor", "王芳", "Hans'", "@maya", "[Maya]", "Person1", "person2b", "FAMILY3"),
        *("Label1", "Person", "Email", "Code1s", "x@y.org", "+49 171 2345678", "2027-03-04", "1", "b"),
        *("DE89 3704 0044 0532 0130 00", "https://a.org/Maya"),
    ]
)
_TEXTS = st.lists(
    st.one_of(_FORMS, st.text(max_size=6), st.sampled_from(list(" .,'’-_:/@[]()0123456789sbe\n"))),
    max_size=14,
).map("".join)
_NAMES = st.lists(
    st.one_of(
        st.sampled_from(ROSTER),
        st.text(st.characters(categories=("L", "Mn", "Zs", "Pd", "Po")), min_size=1, max_size=14),
        st.sampled_from(
            ["Person One", "Family", "X", "De La Cruz", "Al", "Mr Bean", "Li Na", "Sam S", "Ab1"]
        ),
    ),
    max_size=6,
)


@given(_TEXTS, _NAMES)
@example("MayaIngrid王芳okafor", ["Maya Okafor", "王芳", "Ingrid"])
def test_everything_comes_back(text: str, names: list[str]) -> None:
    made = Placeholders(Spotter(Known(tuple(names), EMAILS)))
    first, second = made.replaced(text), made.replaced(text[::-1])
    assert made.exactly_back(first) == made.put_back(first) == visible(text)
    assert made.put_back(second) == visible(text[::-1])
    assert made.replaced(text) == first


@given(st.lists(st.one_of(_FORMS, st.sampled_from(["and", "said", "–", "the 2nd", "(", "\n"])), max_size=12))
def test_nobody_is_named_in_what_is_sent(words: list[str]) -> None:
    text = " ".join(words)
    told = sent(text)
    common = frozenset().union(*map(stop_words, ("en", "de", "fr", "es")))
    for part in {part for name in ROSTER for part in re.split(r"[\s'-]", name)} - {"van", "der", "Dr", "O"}:
        flags = 0 if part.lower() in common else re.IGNORECASE
        assert not re.search(rf"(?<!\w){part}s?(?!\w)", told, flags), told
    for pointer in (*EMAILS, "x@y.org", "171 2345678", "3704 0044", "a.org"):
        assert pointer not in told.lower()
