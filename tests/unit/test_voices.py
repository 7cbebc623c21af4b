"""Whose words a transcript may hold: in doubt, those of who is off."""

from datetime import UTC, datetime

import pytest

from coach.domain.notes import Note, NoteKind
from coach.domain.people import Participant, Role
from coach.rules.voices import Voices
from tests.unit import building

_AT = datetime(2027, 3, 1, tzinfo=UTC)
_SAID = "I dread the board."


def person(name: str) -> Participant:
    return Participant(name, "p", name, Role.MENTEE, None, None, None, _AT)


OFF = tuple(
    map(person, ("Dr Ingrid Halvorsen", "Jürgen van der Berg", "Patrick O'Brien", "王芳", "Maxine Roy"))
)
OTHERS = tuple(map(person, ("Maya Okafor", "Ingrid Neu", "Max Klein", "Anna van der Laan")))
VOICES = Voices(OFF, OTHERS)


def transcript(text: str) -> Note:
    return building.note(text, kind=NoteKind.TRANSCRIPT)


def is_heard(label: str, near: frozenset[str] = frozenset(), behind: str = ": ") -> bool:
    before = "Maya: What happened?\n"
    note = transcript(f"{before}{label}{behind}{_SAID}\nMaya: We will see.")
    start = note.text.index(_SAID)
    return VOICES.may_be_in(note, start, start + len(_SAID), near)


@pytest.mark.parametrize(
    "label",
    [
        *("Ingrid", "INGRID", "ingrid", "Halvorsen", "Ms. Halvorsen", "Dr. Ingrid Halvorsen", "I. Halvorsen"),
        *(
            "Ingrid H.",
            "Halvorsen, Ingrid",
            "Ingrid Halvorsen (COO)",
            "Ingrid [00:01:12]",
            "I.",
            "IH",
            "I. H.",
        ),
        *("[00:01:12] Ingrid", "00:01 Ingrid", "- Ingrid", "**Ingrid**", "12.03.27, 10:15 - Ingrid"),
        *(
            "Ingrid_Halvorsen",
            "IngridHalvorsen",
            "ihalvorsen",
            "In\u200bgrid",
            "Ingrid Halv.",
            "Speaker 2 (Ingrid)",
        ),
        *(
            "Ingrid Berger",
            "Frau van der Berg",
            "Juergen",
            "Vanderberg",
            "JvdB van der Berg",
            "Obrien",
            "O'Brien",
        ),
        *(
            "Pat",
            "王芳",
            "Maxine",
            "Maxi",
            "Ingrid & Maya",
            "Prof. Dr. Halvorsen",
            "<v Ingrid Halvorsen>",
            "P. O.",
        ),
    ],
)
def test_what_may_be_theirs_is_heard(label: str) -> None:
    assert is_heard(label)


@pytest.mark.parametrize("behind", ["  0:12\n", " - ", "\n", " (00:01:12): ", "> ", "\t"])
def test_so_is_what_stands_behind_a_name_without_a_colon(behind: str) -> None:
    assert is_heard("Ingrid Halvorsen", behind=behind)


@pytest.mark.parametrize(
    "label",
    [
        *(
            "Maya",
            "Maya Okafor",
            "Ingrid Neu",
            "Neu, Ingrid",
            "Max",
            "Tom",
            "Tom Berger",
            "A. Klein",
            "M. Okafor",
        ),
        *("Anna van der Laan", "Maya (to Ingrid)", "Maya [00:01:12]", "Okafor", "Speaker 2", "Mentee"),
    ],
)
def test_what_is_clearly_somebody_elses_is_not(label: str) -> None:
    assert not is_heard(label)


@pytest.mark.parametrize("label", ["Speaker 2", "Mentee", "Unknown"])
def test_a_label_without_a_name_may_be_anybodys_who_is_or_was_in_the_pairing(label: str) -> None:
    assert is_heard(label, frozenset({OFF[0].id}))
    assert not is_heard(label, frozenset({OTHERS[0].id}))


def test_who_bears_the_very_name_of_somebody_off_is_not_told_apart() -> None:
    voices = Voices((person("Anna Klein"),), (person("Anna Klein "), person("Anna Maria Klein")))
    for label, heard in (("Anna Klein", True), ("Anna", True), ("Anna Maria Klein", False)):
        note = transcript(f"{label}: {_SAID}")
        assert voices.may_be_in(note, len(label) + 2, len(note.text), frozenset()) is heard


def test_what_others_say_before_and_after_is_not_theirs() -> None:
    note = transcript(f"Maya: I told Ingrid this: do it.\nIngrid: {_SAID}\nMaya: We will see.")
    first, last = note.text.index("I told"), note.text.index("We will")
    assert not VOICES.may_be_in(note, first, note.text.index("\n"), frozenset())
    assert not VOICES.may_be_in(note, last, len(note.text), frozenset())


def test_later_passages_of_a_turn_with_an_unread_label_are_theirs_too() -> None:
    note = transcript(f"Maya: Well.\nIngrid [00:01:12]: Good. {_SAID}\nMaya: We will see.")
    start = note.text.index(_SAID)
    assert VOICES.may_be_in(note, start, start + len(_SAID), frozenset())


def test_a_note_is_its_authors_alone_and_nobody_is_heard_where_nobody_is_off() -> None:
    text = f"Ingrid: {_SAID}"
    assert not VOICES.may_be_in(building.note(text), 0, len(text), frozenset())
    assert not Voices((), OTHERS).may_be_in(transcript(text), 0, len(text), frozenset())
