"""Statements that keep to the words of what they cite."""

from dataclasses import replace

import pytest

from coach.drafting.copying import Copy, copied
from coach.drafting.objections import Objection, Reason
from tests.unit.claiming import INGRID, MAYA, claim


@pytest.mark.parametrize(
    ("told", "wrote"),
    [
        ("We ran out of time for the demo.", "We ran out of time for the demo."),
        ("we ran out of time for the demo", "We ran out of time for the demo."),
        ("Ran out of time for this demo", "We ran out of time for the demo."),
        ("You promised to send the list", "I promised to send the list."),
        ("Maya promised to send the list", "I promised to send the list."),
        ("Maya promised to send her list", "I promised to send her list."),
        ("Ingrid will send the list to Tom", "She will send the list to Tom."),
        ("Ingrid learns to use polls", "Ingrid learned to use polls."),
        ("Maya wrote that we ran out of time for the demo", "We ran out of time for the demo."),
        ("You noted that 31 women came on Friday", "Thirty-one women came on Friday."),
    ],
)
def test_the_same_words_of_the_same_person_are_a_clean_copy(told: str, wrote: str) -> None:
    assert copied(claim(told, wrote, to=MAYA)) is Copy.CLEAN


def objected(told: str, *wrote: str, to: str | None = None) -> Reason | None:
    """Why a copy is objected to; None for a clean one and for no copy."""
    found = copied(claim(told, *wrote, to=to))
    return found.reason if isinstance(found, Objection) else None


WROTE = "Ingrid will show all the polls to the board on Friday, and not to the customers in Bergen."


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (WROTE.replace("Ingrid", "Maya"), Reason.WHO),
        (WROTE.replace("will show", "showed"), Reason.STATUS),
        (WROTE.replace("will show", "might show"), Reason.STATUS),
        (WROTE.replace("not ", ""), Reason.NEGATION),
        (WROTE.replace("will show", "will never show"), Reason.NEGATION),
        (WROTE.replace("all ", ""), Reason.SCOPE),
        (WROTE.replace("will show", "will only show"), Reason.SCOPE),
        (WROTE.replace("on Friday", "three times"), Reason.NUMBER),
        (WROTE.replace("in Bergen", "who cancelled their contracts"), Reason.UNSAID),
        (WROTE.replace("to the board", "to the angry tax office"), Reason.UNSAID),
    ],
)
def test_each_small_change_is_objected_to(told: str, reason: Reason) -> None:
    assert objected(told, WROTE) is reason


@pytest.mark.parametrize(
    ("told", "wrote"),
    [
        ("All of us sent the list to Tom", "Not all of us sent the list to Tom."),
        ("We sent the list to Tom and to Ingrid", "We sent the list to Tom and to Ingrid never."),
    ],
)
def test_what_is_left_out_at_an_edge_is_seen(told: str, wrote: str) -> None:
    assert objected(told, wrote) is Reason.NEGATION


def test_words_that_claim_nothing_may_be_added() -> None:
    told = WROTE.replace("to the board", "to the board next week")
    assert copied(claim(told, WROTE), frozenset({"next", "week"})) is Copy.LOOSE
    assert objected(told, WROTE) is Reason.UNSAID


@pytest.mark.parametrize(
    ("told", "wrote", "to", "wrong"),
    [
        ("You will send the list to Tom", "She will send the list to Tom.", MAYA, True),
        ("You will send the list to Tom", "She will send the list to Tom.", INGRID, False),
        ("You will send the list to Tom", "I will send the list to Tom.", INGRID, True),
        ("You will send the list to Tom", "I will send the list to Tom.", MAYA, False),
        ("You will send the list to Tom", "Will send the list to Tom.", INGRID, False),
    ],
)
def test_a_person_may_change_for_the_same_one_alone(told: str, wrote: str, to: str, wrong: bool) -> None:
    assert objected(told, wrote, to=to) is (Reason.WHO if wrong else None)


def test_a_person_where_the_sources_name_nobody_is_no_clean_copy() -> None:
    assert copied(claim("Ingrid will send the list", "Will send the list.")) is Copy.LOOSE


@pytest.mark.parametrize(
    "told",
    [
        "The podcast demo went badly",
        "Something about Bergen and polls",
        "The board is going to see the polls from Ingrid",
        "",
    ],
)
def test_a_paraphrase_is_no_copy(told: str) -> None:
    assert copied(claim(told, WROTE)) is Copy.NONE


def test_what_leaves_a_long_stretch_out_is_no_copy() -> None:
    wrote = "Ingrid showed one two three four not six seven eight nine ten polls to the board."
    assert copied(claim("Ingrid showed polls to the board.", wrote)) is Copy.NONE
    shorter = "Ingrid showed one two not four polls to the board."
    assert objected("Ingrid showed polls to the board.", shorter) is Reason.NEGATION


def test_one_word_of_content_in_the_place_of_another_is_objected_to() -> None:
    assert objected(WROTE.replace("polls", "posts"), WROTE) is Reason.UNSAID


def test_one_source_that_is_copied_is_enough() -> None:
    false, true = "Ingrid did not send the list.", "Ingrid did send the list."
    assert objected(true, false) is Reason.NEGATION
    assert copied(claim(true, false, true)) is Copy.CLEAN
    assert copied(claim(true, true, false)) is Copy.CLEAN


def test_an_objection_to_one_source_stands_where_no_other_is_copied() -> None:
    false = "Ingrid did not send the list."
    for other in (WROTE, "Ingrid did send the camera."):
        assert objected("Ingrid did send the list.", false, other) is Reason.NEGATION


@pytest.mark.parametrize(
    ("language", "told", "wrote", "reason"),
    [
        ("de", "Ingrid schickt die Liste am Montag", "Ingrid schickt die Liste nicht am Montag.", "negation"),
        ("fr", "Ingrid envoie la liste lundi", "Ingrid veut envoyer la liste lundi.", "status"),
        ("es", "Ingrid mandó toda la lista el lunes", "Ingrid mandó la lista el lunes.", "scope"),
    ],
)
def test_changes_are_seen_in_every_language(language: str, told: str, wrote: str, reason: str) -> None:
    found = copied(claim(told, wrote, language=language))
    assert isinstance(found, Objection) and found.reason == reason
    assert copied(claim(wrote, wrote, language=language)) is Copy.CLEAN


@pytest.mark.parametrize(
    ("told", "wrote"),
    [
        ("I asked for the access three times", "I asked for the access once."),
        ("Rescheduled three times (weather + board)", "Rescheduled once (weather + board)."),
        ("I asked for the access once", "I asked for the access three times."),
        (
            "The median was 24 hours, the first week under 24",
            "The median was 21 hours, the first week under 24.",
        ),
    ],
)
def test_a_number_from_elsewhere_does_not_stand_in_anothers_place(told: str, wrote: str) -> None:
    assert objected(told, wrote, "Three of them waited for 24 hours.") is Reason.NUMBER


@pytest.mark.parametrize(
    ("told", "wrote"),
    [
        ("Maya showed Ingrid the demo", "I showed Ingrid the demo, and she did the second without me."),
        (
            "Ingrid did the second without Maya",
            "I showed Ingrid the demo, and she did the second without me.",
        ),
        ("The list has not come", "She promised it before Friday, but the list has not come."),
        ("Ingrid opens the plan every day", "She no longer reads on paper; she opens the plan every day."),
        ("Most of them had heard of it", "Nobody tried it, although most of them had heard of it."),
        ("We looked at the app for a while", "A long talk, we looked at the app for a while, then a walk."),
    ],
)
def test_one_clause_of_several_is_a_clean_copy(told: str, wrote: str) -> None:
    assert copied(claim(told, wrote)) is Copy.CLEAN


@pytest.mark.parametrize(
    ("told", "wrote", "reason"),
    [
        ("Long clips sell better than short ones", "Short clips sell better than long ones.", "unsaid"),
        ("The old shop is faster than the new one", "The new shop is faster than the old one.", "unsaid"),
        (
            "We spent ten hours on the plan and forty on the film",
            "We spent forty hours on the shop and ten on the film.",
            "number",
        ),
        (
            "We spent forty hours on the film",
            "We spent forty hours on the shop and ten on the film.",
            "unsaid",
        ),
        ("She used to write long mails to Maya", "I used to write long mails to her; now I call.", "who"),
        ("Ingrid writes long mails to the board", "Ingrid used to write long mails to the board.", "scope"),
        (
            "We drop the podcast because the listeners grow",
            "We drop the podcast unless the listeners grow.",
            "unsaid",
        ),
        (
            "Nobody tried it, because most of them had heard of it",
            "Nobody tried it, although most of them had heard of it.",
            "unsaid",
        ),
    ],
)
def test_the_same_words_put_together_otherwise_are_objected_to(told: str, wrote: str, reason: str) -> None:
    assert objected(told, wrote, to=MAYA) == reason


def test_a_person_who_is_left_out_within_a_copy_is_for_the_cross_encoder_to_tell() -> None:
    wrote = "Ingrid wants me to show the polls to the board."
    assert copied(claim("Ingrid wants to show the polls to the board", wrote)) is Copy.LOOSE


@pytest.mark.parametrize("by", [MAYA, INGRID])
def test_she_is_nobody_who_is_spoken_to(by: str) -> None:
    told = claim("She has to show it to her directors", "I have to show it to my directors.", by=by, to=MAYA)
    found = copied(replace(told, reader=told.cast.called(MAYA)))
    assert isinstance(found, Objection) is (by == MAYA)


def test_a_claim_that_goes_beyond_one_clause_is_not_held_against_that_alone() -> None:
    wrote = "Mondays are bad for her, choir; we meet at nine."
    told = (
        "Mondays are bad for Ingrid because of the choir that she leads, so that the two meet at nine o'clock"
    )
    assert copied(claim(told, wrote)) is Copy.NONE


def test_what_stands_in_the_place_of_a_member_is_objected_to() -> None:
    assert objected("The board wants Ingrid to show polls", "Maya wants Ingrid to show the board polls.") is (
        Reason.UNSAID
    )
