"""Notes of seventy pairings with questions and statements about them, labelled by hand.

Written for Counterpart, in English: what answering is fitted on, and what the verifier is fitted and
measured on. Statements of held-out files, half of them, are for measuring alone. Other statements about the
same notes, in files of the same names, keep close to their words, as models are told to; they were written
by others, after the verifier and without a look at it.
"""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from evals.cases.schema import Split, Text, Told
from evals.yaml_file import yaml_in

LABELLED = Path(__file__).parents[1] / "fixtures" / "labelled"
CLOSE = Path(__file__).parents[1] / "fixtures" / "close"
Key = Annotated[str, Field(pattern=r"^n[1-9]$")]
Reader = Literal["mentor", "mentee"]


class Fault(StrEnum):
    """What is wrong with a statement that its passage does not bear out; of "source", another one does."""

    ROLE = "role"
    STATUS = "status"
    NUMBER = "number"
    DATE = "date"
    SENTIMENT = "sentiment"
    NEGATION = "negation"
    NAME = "name"
    OBJECT = "object"
    MODALITY = "modality"
    EXTRA = "extra"
    SCOPE = "scope"
    SOURCE = "source"


class LabelledNote(Told):
    key: Key
    date: date
    author: Text
    text: Text


class Answerable(Told):
    """`quote` stands in the note word for word, and answers."""

    ask: Text
    reader: Reader
    note: Key
    quote: Text
    answer: Text


class Unanswerable(Told):
    """`near`: the note that seems to answer."""

    ask: Text
    reader: Reader
    near: Key
    why: Text


class Statement(Told):
    """A sentence about a passage of one note, said to a member if "you" is one.

    One that the passage does not bear out has one fault.
    """

    say: Text
    to: Reader | None = None
    note: Key
    quote: Text
    borne_out: bool
    kind: Fault | None = None


class Labelled(Told):
    split: Split
    mentor: Text
    mentee: Text
    about: Text
    notes: tuple[LabelledNote, ...]
    answerable: tuple[Answerable, ...]
    unanswerable: tuple[Unanswerable, ...]
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _labels_fit(self) -> Self:
        texts = {note.key: note.text for note in self.notes}
        labels: list[Answerable | Statement] = [*self.answerable, *self.statements]
        for label in labels:
            if label.quote not in texts.get(label.note, ""):
                raise ValueError(f"{label.note} does not hold {label.quote!r}")
        for question in self.unanswerable:
            if question.near not in texts:
                raise ValueError(f"there is no note {question.near}: {question.ask}")
        for statement in self.statements:
            if statement.borne_out == (statement.kind is not None):
                raise ValueError(f"either borne out or with a kind of fault: {statement.say}")
        return self

    def writer_of(self, note: LabelledNote) -> tuple[str, str]:
        """The name of who wrote a note, and of the other one."""
        both = self.mentor, self.mentee
        return both if self.role_of(note) == "mentor" else both[::-1]

    def role_of(self, note: LabelledNote) -> Reader:
        """Who wrote a note."""
        return "mentor" if set(note.author.split()) & set(self.mentor.split()) else "mentee"


def labelled_notes(folder: Path = LABELLED) -> dict[str, Labelled]:
    """Every file by its name; ValidationError for one that does not fit itself."""
    return {file.stem: Labelled.model_validate(yaml_in(file)) for file in sorted(folder.glob("*.yaml"))}


def with_close_statements(split: Split, folder: Path = CLOSE) -> dict[str, Labelled]:
    """Files of a split of which there are close statements, with these in place of their own."""
    return {
        name: Labelled.model_validate({**notes.model_dump(), "statements": yaml_in(file)})
        for name, notes in labelled_notes().items()
        if notes.split is split and (file := folder / f"{name}.yaml").exists()
    }
