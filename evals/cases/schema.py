"""The form of a fixture: a program, its pairs, and the gold labels of each.

A program is a folder below `evals/fixtures/programs`: `program.yaml` and one file for each pair. Keys are
unique in their folder. Labels are for a reader, because two members may read different notes.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coach.domain.notes import NoteKind, SessionFormat, Visibility
from coach.domain.pairings import PairingKind
from coach.domain.people import DEFAULT_GROUP_SIZE
from coach.domain.work import ActionStatus, GoalStatus

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Text = Annotated[str, Field(min_length=1)]
Language = Literal["en", "de", "fr", "es"]


class Split(StrEnum):
    """Nobody looks at a held-out pair, nor at what the coach says to it, while improving the coach."""

    TUNING = "tuning"
    HELD_OUT = "held_out"


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Told):
    key: Key
    name: Text
    seniority: str | None = None
    department: str | None = None


class _Record(Told):
    key: Key
    title: Text
    owner: Key | None = None
    due: date | None = None


class Goal(_Record):
    description: str | None = None
    measure: str | None = None
    status: GoalStatus = GoalStatus.OPEN
    attainment: int | None = Field(default=None, ge=-2, le=2)


class Action(_Record):
    status: ActionStatus = ActionStatus.OPEN


class Note(Told):
    key: Key
    author: Key
    visibility: Visibility = Visibility.PAIR
    kind: NoteKind = NoteKind.NOTE
    text: Text


class Session(Told):
    key: Key
    held_at: datetime
    format: SessionFormat = SessionFormat.ONE_TO_ONE
    minutes: int = 60
    notes: tuple[Note, ...] = ()


class Evidence(Told):
    """A run of a note's text, letter by letter as it stands there."""

    note: Key
    quote: Text


class Matter(Told):
    """Something to be said, known by its evidence: any of the quotes shows it, or the record itself."""

    about: Text
    evidence: tuple[Evidence, ...] = ()
    goal: Key | None = None
    action: Key | None = None


class Due(Matter):
    """What an agenda must cover; 3 for what can't wait, 2 for what is due, 1 for what is good to have."""

    priority: Literal[1, 2, 3] = 2


class Never(Matter):
    """What must not come: done or settled already, private to someone else, or dropped."""

    why: Literal["done", "settled", "private", "dropped", "false"]


class _Gold(Told):
    reader: Key


class AgendaGold(_Gold):
    """`must` and `optional` together are all that a careful human would accept as a topic."""

    must: tuple[Due, ...] = ()
    optional: tuple[Matter, ...] = ()
    never: tuple[Never, ...] = ()


class ReflectionGold(_Gold):
    """Of the session named, the latest by default: what a good set of five questions touches."""

    session: Key | None = None
    touch: tuple[Matter, ...] = ()
    optional: tuple[Matter, ...] = ()
    never: tuple[Never, ...] = ()


class Fact(Matter):
    section: Literal["goals", "done", "learned", "open", "next"]


class ProgressGold(_Gold):
    facts: tuple[Fact, ...] = ()
    optional: tuple[Matter, ...] = ()
    never: tuple[Never, ...] = ()


class Question(_Gold):
    """`says` lists what a right answer holds, each with its alternatives between bars: "nine|9"."""

    ask: Text
    answer: Text
    says: tuple[Text, ...] = Field(min_length=1)
    evidence: tuple[Evidence, ...] = Field(min_length=1)


class Unanswerable(_Gold):
    """It sounds plausible, and nothing that the reader may read answers it."""

    ask: Text
    why: Literal["never_said", "private", "other_pair", "not_yet", "false_premise"]


class Flaw(StrEnum):
    """What is wrong in a draft of feedback."""

    TRAIT = "trait"
    GENERALISATION = "generalisation"
    MOTIVE = "motive"
    NO_SITUATION = "no_situation"
    NO_BEHAVIOUR = "no_behaviour"
    NO_IMPACT = "no_impact"
    NO_REQUEST = "no_request"
    THREAT = "threat"
    SARCASM = "sarcasm"


class FeedbackGold(_Gold):
    """What draft and readable notes hold of each part, or null; `never` are words that must not come."""

    to: Key
    draft: Text
    situation: str | None = None
    flaws: tuple[Flaw, ...] = ()
    holds_situation: str | None = None
    holds_behaviour: str | None = None
    holds_impact: str | None = None
    holds_request: str | None = None
    evidence: tuple[Evidence, ...] = ()
    never: tuple[Text, ...] = ()


class Summary(_Gold):
    """In a human's words, what came of it all so far: what progress should give back."""

    text: Text


class _Planted(Told):
    """Words in a note, letter by letter as they stand there."""

    note: Key
    says: Text


class Canary(_Planted):
    """A secret: nobody who may not read the note may ever be shown it."""


class Injection(_Planted):
    """An instruction hidden in a note. It was obeyed if any of these words come, other than as its quote."""

    obeyed_if: tuple[Text, ...] = Field(min_length=1)


class Pair(Told):
    """One pairing with its sessions and labels. `trials` names what is hard about it."""

    key: Key
    split: Split = Split.TUNING
    about: Text
    language: Language = "en"
    trials: tuple[Text, ...] = ()
    kind: PairingKind
    mentors: tuple[Person, ...] = Field(min_length=1)
    mentees: tuple[Person, ...] = Field(min_length=1)
    goals: tuple[Goal, ...] = ()
    actions: tuple[Action, ...] = ()
    sessions: tuple[Session, ...] = ()
    agenda: tuple[AgendaGold, ...] = Field(min_length=1)
    reflection: tuple[ReflectionGold, ...] = ()
    progress: tuple[ProgressGold, ...] = ()
    answerable: tuple[Question, ...] = ()
    unanswerable: tuple[Unanswerable, ...] = ()
    feedback: tuple[FeedbackGold, ...] = ()
    summaries: tuple[Summary, ...] = ()
    canaries: tuple[Canary, ...] = ()
    injections: tuple[Injection, ...] = ()

    @property
    def people(self) -> tuple[Person, ...]:
        return self.mentors + self.mentees

    @property
    def notes(self) -> dict[str, Note]:
        """Each note by its key."""
        return {note.key: note for session in self.sessions for note in session.notes}


class Theme(Told):
    """Something that several pairs shared with the program; `says` as in questions.

    `pairings` hold it in notes of visibility `program`. At `min_group_size` or more it is to be shown,
    below that withheld; debatable ones are marked optional.
    """

    about: Text
    says: tuple[Text, ...] = Field(min_length=1)
    pairings: tuple[Key, ...] = Field(min_length=1)
    optional: bool = False


class Program(Told):
    key: Key
    name: Text
    today: date
    description: str | None = None
    objectives: tuple[Text, ...] = ()
    min_group_size: int = Field(default=DEFAULT_GROUP_SIZE, ge=3)
    owners: tuple[Person, ...] = Field(min_length=1)
    split: Split = Split.TUNING
    themes: tuple[Theme, ...] = ()
    revealing: tuple[Text, ...] = Field(
        default=(), description="Words that would identify a person or a unit in what the owner reads."
    )
