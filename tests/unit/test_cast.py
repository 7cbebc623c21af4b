"""Who is who in a statement and in what it cites."""

import pytest

from coach.drafting.cast import STAND_INS, Cast

MAYA, INGRID = "Maya Okafor", "Dr Ingrid Halvorsen"
PAIR = Cast([MAYA, INGRID])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I asked Ingrid", "alice asked bob"),
        ("Ask me about my draft, it is mine", "Ask alice about alice's draft, it is alice's"),
        ("I'm late and I am sorry", "alice is late and alice is sorry"),
        ("I’m late", "alice is late"),
        ("I've sent it and I'll call", "alice've sent it and alice'll call"),
        ("We met", "We met"),
        ("the I-beam, i.e. steel", "the I-beam, i.e. steel"),
    ],
)
def test_what_the_writer_says_of_herself_is_hers(text: str, told: str) -> None:
    assert PAIR.told(text, by=MAYA) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("You sent your list", "bob sent bob's list"),
        ("You're late, you are sorry", "bob is late, bob is sorry"),
        ("The list is yours", "The list is bob's"),
        ("I asked you", "I asked bob"),
    ],
)
def test_who_is_spoken_to_is_you(text: str, told: str) -> None:
    assert PAIR.told(text, to=INGRID) == told


def test_one_who_speaks_to_another_tells_of_both() -> None:
    assert PAIR.told("I saw you with my list", by=INGRID, to=MAYA) == "bob saw alice with bob's list"


@pytest.mark.parametrize(
    "name",
    ["Ingrid", "Halvorsen", "Dr Ingrid Halvorsen", "Dr Halvorsen", "Dr Ingrid", "ingrid"],
)
def test_a_member_is_called_by_every_part_of_a_name(name: str) -> None:
    assert PAIR.told(f"Then {name} came") == "Then bob came"
    assert PAIR.told(f"It was {name}'s list") == "It was bob's list"


def test_a_part_of_another_word_is_no_name() -> None:
    assert PAIR.told("Mayan art in Ingridsborg") == "Mayan art in Ingridsborg"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Will Smith", "Will will come", "alice will come"),
        ("May Lin", "May may come in May", "alice may come in alice"),
        ("O Li", "O dear, Li came", "O dear, alice came"),
    ],
)
def test_a_name_that_is_a_word_too_is_one_with_a_capital_only(name: str, text: str, told: str) -> None:
    assert Cast([name]).told(text) == told


def test_several_members_have_each_a_word_in_their_order() -> None:
    cast = Cast([INGRID, MAYA, "Tom Ferrari"])
    assert cast.told("Maya met Tom at Ingrid's") == "bob met carol at alice's"
    assert cast.people == ("alice", "bob", "carol")
    assert cast.members == {"alice", "bob", "carol"}
    assert cast.persons > cast.members | {"she", "they"}


def test_beyond_eight_members_names_stay() -> None:
    names = [f"Name{chr(65 + at)} Family{chr(65 + at)}" for at in range(9)]
    cast = Cast(names)
    assert cast.told("NameH met NameI") == "henry met NameI"
    assert (cast.called(names[7]), cast.called(names[8])) == (STAND_INS[7], names[8])


@pytest.mark.parametrize("speaker", ["Sandra Vale", "Facilitator", None])
def test_the_words_of_and_to_a_third_person_stay(speaker: str | None) -> None:
    assert PAIR.told("I told you, Maya", by=speaker, to=speaker) == "I told you, alice"


def test_a_third_persons_name_stays() -> None:
    assert PAIR.told("Sandra met Maya") == "Sandra met alice"
    assert PAIR.called("Sandra Vale") == "Sandra Vale"


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("de", "Ich schickte Ihnen meine Liste", "alice schickte bob alice's Liste"),
        ("de", "Haben Sie Ihren Entwurf?", "Haben bob bob's Entwurf?"),
        ("fr", "Je vous envoie ma liste", "alice bob envoie alice's liste"),
        ("fr", "J'ai la liste, et j’aime ça", "alice ai la liste, et alice aime ça"),
        ("es", "Yo te mando mi lista", "alice bob mando alice's lista"),
    ],
)
def test_each_language_has_its_own_words_for_i_and_you(language: str, text: str, told: str) -> None:
    assert Cast([MAYA, INGRID], language).told(text, by=MAYA, to=INGRID) == told
