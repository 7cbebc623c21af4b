"""Whether a passage bears a statement out, fact by fact: each objection beside a true twin."""

from dataclasses import replace

import pytest

from coach.drafting.bearing import Claim, Source, is_close, objections
from coach.drafting.cast import Cast
from coach.drafting.objections import Reason
from tests.unit.claiming import INGRID, MAYA, claim

WROTE = (
    "I showed Ingrid the dashboard on Tuesday. She asked three questions, two of them on filters. "
    "She did not open the podcast. Some customers in Bergen found the demo useful."
)


def reasons(of: Claim) -> list[Reason]:
    return [objection.reason for objection in objections(of)]


@pytest.mark.parametrize(
    ("true", "false", "reason"),
    [
        ("Ingrid asked three questions", "Ingrid asked five questions", Reason.NUMBER),
        ("Ingrid asked 3 questions", "Ingrid asked 30 questions", Reason.NUMBER),
        ("One dashboard was shown", "Forty dashboards were shown", Reason.NUMBER),
        ("You wrote it on 4 March 2027", "You wrote it on 5 March 2027", Reason.NUMBER),
        ("You wrote it in March", "You wrote it in April", Reason.DATE),
        ("It was on a Tuesday", "It was on a Friday", Reason.DATE),
        ("You wrote it on Thursday", "You wrote it on Wednesday", Reason.DATE),
        ("The demo helped in Bergen", "The demo helped in Oslo", Reason.NAME),
        ("Then Ingrid asked questions", "Then Sandra asked questions", Reason.NAME),
        ("Some customers were there", "All customers were there", Reason.SCOPE),
        ("She asked questions", "She always asked questions", Reason.SCOPE),
        ("Some customers had questions", "Most customers had questions", Reason.SCOPE),
        ("They found it useful", "They hated it", Reason.SENTIMENT),
        ("The demo was useful", "The demo was awful", Reason.SENTIMENT),
        ("She did not open the podcast", "She did open the podcast", Reason.NEGATION),
        ("She saw the dashboard", "She never saw the dashboard", Reason.NEGATION),
        ("You showed Ingrid the dashboard", "Ingrid showed you the dashboard", Reason.WHO),
    ],
)
def test_a_false_statement_is_objected_to_and_its_true_twin_is_not(
    true: str, false: str, reason: Reason
) -> None:
    assert reasons(claim(true, WROTE, to=MAYA)) == []
    assert reasons(claim(false, WROTE, to=MAYA))[:1] == [reason]


def test_the_same_holds_for_whom_it_is_told() -> None:
    wrote = "I sent the list."
    assert reasons(claim("You sent the list", wrote, to=MAYA)) == []
    assert reasons(claim("You sent the list", wrote, to=INGRID)) == [Reason.WHO]
    assert reasons(claim("Maya sent the list", wrote, to=INGRID)) == []


@pytest.mark.parametrize(
    ("told", "wrote", "wrong"),
    [
        ("Ingrid sent the list", "She sent the list.", False),
        ("Maya sent the list", "She sent the list.", True),
        ("Maya sent the list", "We sent the list.", False),
        ("Ingrid sent the list", "They sent the list.", False),
        ("Ingrid sent the list", "I sent the list.", True),
        ("Ingrid sent the list", "I sent a list, then we sent the list.", False),
        ("Maya sent the list", "Ingrid sent the list.", True),
        ("She sent the list", "Ingrid sent the list.", False),
        ("The list was sent", "Ingrid sent the list.", False),
    ],
)
def test_she_is_anybody_but_the_one_who_wrote_it(told: str, wrote: str, wrong: bool) -> None:
    assert (Reason.WHO in reasons(claim(told, wrote))) is wrong


def test_objections_come_the_surest_first() -> None:
    false = claim("Ingrid never asked all 9 questions on Friday in Oslo", WROTE)
    assert reasons(false)[:5] == [Reason.NUMBER, Reason.DATE, Reason.NAME, Reason.SCOPE, Reason.NEGATION]


def test_words_that_claim_nothing_are_no_feelings() -> None:
    told = claim("How good was the dashboard?", WROTE)
    assert reasons(told) == [Reason.SENTIMENT]
    assert list(objections(told, frozenset({"good"}))) == []


def test_a_name_in_another_form_is_the_same() -> None:
    assert reasons(claim("They were Norwegians", "We met Norwegian customers.")) == []


def test_where_several_wrote_no_one_is_the_writer() -> None:
    cast = Cast([MAYA, INGRID])
    one = claim("The list came", "I sent the list.")
    other = claim("The list came", "I read the list.", by=INGRID)
    both = Claim.of("The list came", (*one.sources, replace(other.sources[0], writer="bob")), cast)
    assert (one.writer, both.writer) == ("alice", "")


def test_what_the_reader_asked_with_has_no_day_and_no_writer() -> None:
    cast = Cast([MAYA, INGRID])
    bare = Claim.of("You wrote it on 4 March", [Source("It was late.")], cast)
    assert (bare.writer, reasons(bare)) == ("", [Reason.NUMBER, Reason.DATE])


def test_a_source_is_read_with_its_day_and_its_writer() -> None:
    (held,) = claim("The list came", "I sent the list.").sources
    assert (held.spoken.speaker, held.spoken.text) == ("4 March 2027, alice", "alice sent the list.")


@pytest.mark.parametrize(
    ("told", "close"),
    [
        ("Maya schickte die Liste am Montag", True),
        ("Die Liste wurde am Montag geschickt", False),
        ("Maya schickte Ingrid die Kamera und die Liste", False),
        ("Maya wollte die Liste am Montag schicken", False),
    ],
)
def test_in_other_languages_hardly_another_word_is_close(told: str, close: bool) -> None:
    assert is_close(claim(told, "Ich schickte die Liste am Montag.", language="de")) is close


@pytest.mark.parametrize(
    ("wrote", "fact", "told"),
    [
        ("If the board agrees, we buy cameras.", "We buy cameras", "If the board agrees, we buy cameras"),
        ("If the board agrees, we buy cameras.", "The board agrees", "We buy cameras if the board agrees"),
        ("We buy cameras unless the board objects.", "The board objects", "Unless the board objects, we buy"),
        ("Tom asked whether the shop closes.", "The shop closes", "Tom asked whether the shop closes"),
        ("Do we need a second camera?", "We need a second camera", "You asked about a second camera"),
        (
            "Tell her that the project is over.",
            "The project is over",
            "You told her that the project is over",
        ),
        ("She said the budget was frozen.", "The budget was frozen", "She said the budget was frozen"),
        ("Tom thinks that clips sell.", "Clips sell", "Tom thinks that clips sell"),
    ],
)
def test_what_is_asked_or_supposed_or_reported_is_no_fact(wrote: str, fact: str, told: str) -> None:
    assert Reason.STATUS in reasons(claim(fact, wrote))
    assert Reason.STATUS not in reasons(claim(told, wrote))
    assert Reason.STATUS not in reasons(claim(fact, wrote, f"{fact}."))


@pytest.mark.parametrize(
    ("language", "wrote", "fact"),
    [
        ("de", "Wenn der Vorstand zustimmt, kaufen wir Kameras.", "Wir kaufen Kameras"),
        ("de", "Tom fragte, ob der Laden schließt.", "Der Laden schließt"),
        ("fr", "Si le conseil accepte, nous achetons des caméras.", "Nous achetons des caméras"),
        ("fr", "Tom dit que le magasin ferme.", "Le magasin ferme"),
        ("es", "Si el consejo acepta, compramos cámaras.", "Compramos cámaras"),
        ("es", "¿Basta el teléfono?", "Basta el teléfono"),
    ],
)
def test_so_it_is_in_every_language(language: str, wrote: str, fact: str) -> None:
    assert Reason.STATUS in reasons(claim(fact, wrote, language=language))


def test_what_is_only_partly_about_a_condition_may_be_told() -> None:
    wrote = "If the board agrees, we buy cameras. Ingrid showed Tom the film in Bergen."
    assert Reason.STATUS not in reasons(claim("Ingrid showed the board the film in Bergen", wrote))


def test_where_nobody_wrote_it_each_does_what_is_told_of_them() -> None:
    cast = Cast([MAYA, INGRID])
    draft = Source("bob thanked alice for the demo.")
    assert reasons(Claim.of("alice thanked bob for the demo", [draft], cast)) == [Reason.WHO]
    assert reasons(Claim.of("bob thanked alice for the demo", [draft], cast)) == []


def test_who_wrote_it_may_be_told_first_and_nobody_else() -> None:
    wrote = "I sent the list to Tom."
    assert claim("Maya wrote that she sent the list to Tom", wrote).sentence == "she sent the list to Tom"
    assert claim("Ingrid wrote that she sent the list to Tom", wrote).sentence.startswith("bob wrote that")
    two = Claim.of("alice wrote that it was late", [Source("It was late.")], Cast([MAYA, INGRID], "en"))
    assert two.sentence == "alice wrote that it was late"
