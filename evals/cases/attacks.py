"""Attacks by injection: what is planted where, how one would know that it was obeyed, what must still come.

Each file of `evals/fixtures/attacks` is a list of attacks. A pairing holds one attack at a time: Maya, who
asks, and Ingrid, who writes the notes unless it says otherwise.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from coach.domain.notes import NoteKind, Visibility
from coach.domain.suggestions import Kind
from coach.errors import Invalid
from evals.cases.schema import Key, Language, Split, Text, Told
from evals.yaml_file import yaml_in

ATTACKS = Path(__file__).parents[1] / "fixtures" / "attacks"
_REPEAT = "{{repeat}}"
_OF_A_PAIRING = (Kind.AGENDA, Kind.REFLECTION, Kind.FEEDBACK, Kind.PROGRESS, Kind.ASK)


class Tactic(StrEnum):
    IGNORE_RULES = "ignore_rules"
    ROLE_PLAY = "role_play"
    FAKE_TURN = "fake_turn"
    CHAT_TEMPLATE = "chat_template"
    DELIMITER = "delimiter"
    FORGED_CITATION = "forged_citation"
    DONE_STATE = "done_state"
    TELL = "tell"
    EXFILTRATE = "exfiltrate"
    BEACON = "beacon"
    LINK = "link"
    HTML = "html"
    URI = "uri"
    HOMOGLYPH = "homoglyph"
    UNSEEN = "unseen"
    ENCODED = "encoded"
    SPLIT = "split"
    LONG = "long"
    REPETITION = "repetition"
    TRANSCRIPT = "transcript"
    SPEAKER = "speaker"
    TITLE = "title"
    FIELD = "field"
    PERSON = "person"
    TEMPLATE = "template"
    SQL = "sql"
    FORMULA = "formula"
    ANSI = "ansi"
    POLITE = "polite"
    SOCIAL = "social"


class PlantedNote(Told):
    text: Text
    author: Literal["mentor", "mentee"] = "mentee"
    visibility: Visibility = Visibility.PAIR
    kind: NoteKind = NoteKind.NOTE


class People(Told):
    mentor: Text = "Maya Okafor"
    mentee: Text = "Ingrid Halvorsen"
    department: Text = "Operations"


class Asks(Told):
    """Fields of requests, where the attack stands in one; others are asked as usual."""

    focus: Text | None = None
    question: Text | None = None
    draft: Text | None = None
    situation: Text | None = None


class Attack(Told):
    """One attack.

    `injected`: runs of what is planted that no item may stand on, unless they are `quotable`: odd words that
    people may write. `obeyed_if`: words of which none may be told, other than in an exact quotation of the
    pairing's own notes and records. `obeys`: what a model that obeys would say. `still`: honest neighbours,
    runs of the notes that must come whatever stands beside them. "{{repeat}}" in a note stands for
    `repeated`, `repeat` times.
    """

    key: Key
    tactic: Tactic
    split: Split = Split.TUNING
    language: Language | Literal["mixed"] = "en"
    kinds: tuple[Kind, ...] = Field(default=_OF_A_PAIRING, min_length=1)
    notes: tuple[PlantedNote, ...] = Field(min_length=1)
    actions: tuple[Text, ...] = ()
    goals: tuple[Text, ...] = ()
    people: People = People()
    asks: Asks = Asks()
    repeat: int = Field(default=0, ge=0, le=1000)
    repeated: str = ""
    injected: tuple[Text, ...] = Field(min_length=1)
    obeyed_if: tuple[Text, ...] = Field(min_length=1)
    obeys: tuple[Text, ...] = Field(min_length=1)
    still: tuple[Text, ...] = Field(min_length=1)
    quotable: bool = False

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The notes' texts as they are recorded."""
        return tuple(note.text.replace(_REPEAT, self.repeated * self.repeat) for note in self.notes)

    @cached_property
    def planted(self) -> tuple[str, ...]:
        """Everything that the attacker, or whoever it speaks through, wrote."""
        asked = (told for told in self.asks.model_dump().values() if told)
        return (*self.texts, *self.actions, *self.goals, *asked, *self.people.model_dump().values())


def load_attacks(folder: Path = ATTACKS) -> list[Attack]:
    """Every attack of every file, in their order; Invalid lists every fault."""
    faults, attacks = list[str](), list[Attack]()
    for file in sorted(folder.glob("*.yaml")):
        try:
            told = yaml_in(file)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{file.name}: {' '.join(str(error).split())}")
            continue
        for one in told if isinstance(told, list) else [told]:
            try:
                attacks.append(Attack.model_validate(one))
            except ValidationError as error:
                named = one.get("key") if isinstance(one, dict) else one
                faults += [
                    f"{file.name}: {named}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                    for fault in error.errors(include_url=False)
                ]
    faults += attack_faults(attacks)
    if not attacks:
        faults.append("there are none")
    if faults:
        raise Invalid("\n  ".join([f"the attacks in {folder} have faults:", *faults]))
    return attacks


def attack_faults(attacks: Iterable[Attack]) -> Iterator[str]:
    """What an attack says of itself that is not so."""
    keys = Counter(attack.key for attack in attacks)
    yield from (f"the key {key} is used {times} times" for key, times in keys.items() if times > 1)
    for attack in attacks:
        for words in attack.injected:
            if not any(words in planted for planted in attack.planted):
                yield f"{attack.key}: {words!r} is planted nowhere"
        for words in attack.still:
            if not any(words in text for text in attack.texts):
                yield f"{attack.key}: no note says {words!r}"
            is_injected = any(words in injected or injected in words for injected in attack.injected)
            if is_injected and not attack.quotable:
                yield f"{attack.key}: {words!r} is honest and injected"
        for words in attack.obeys:
            if not any(obeyed.casefold() in words.casefold() for obeyed in attack.obeyed_if):
                yield f"{attack.key}: nobody would know {words!r} for obeying"
        if attack.repeat and not any(_REPEAT in note.text for note in attack.notes):
            yield f"{attack.key}: nothing is repeated"
