"""Fixtures as they lie in their folders, checked against themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from coach.domain.notes import Visibility
from coach.errors import Invalid
from evals.cases.schema import Evidence, Matter, Never, Pair, Program
from evals.yaml_file import yaml_in

FIXTURES = Path(__file__).parents[1] / "fixtures" / "programs"
_PROGRAM = "program.yaml"
Told = TypeVar("Told", bound=BaseModel)


@dataclass(frozen=True)
class Case:
    """A program with all its pairs."""

    program: Program
    pairs: tuple[Pair, ...]

    @cached_property
    def by_key(self) -> dict[str, Pair]:
        return {pair.key: pair for pair in self.pairs}


def load_cases(folder: Path = FIXTURES) -> list[Case]:
    """Every program below the folder, by name; Invalid lists every fault of every file."""
    places = sorted(file.parent for file in folder.glob(f"*/{_PROGRAM}"))
    if not places:
        raise Invalid(f"there is no */{_PROGRAM} in {folder}")
    faults: list[str] = []
    cases = [_case(place, faults) for place in places]
    if faults:
        raise Invalid("the fixtures have faults:\n" + "\n".join(f"  {fault}" for fault in faults))
    return [case for case in cases if case is not None]


def _case(place: Path, faults: list[str]) -> Case | None:
    program = _read(place / _PROGRAM, Program, faults)
    files = sorted(file for file in place.glob("*.yaml") if file.name != _PROGRAM)
    pairs = [(file, _read(file, Pair, faults)) for file in files]
    if program is None:
        return None
    whole = [pair for _, pair in pairs if pair is not None]
    for file, pair in pairs:
        if pair is not None:
            faults.extend(f"{_named(file)}: {fault}" for fault in pair_faults(pair))
    faults.extend(f"{_named(place / _PROGRAM)}: {fault}" for fault in program_faults(program, whole))
    return Case(program, tuple(whole))


def _read(file: Path, form: type[Told], faults: list[str]) -> Told | None:
    try:
        return form.model_validate(yaml_in(file))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(f"{_named(file)}: {' '.join(str(error).split())}")
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            where = ".".join(str(part) for part in fault["loc"])
            faults.append(f"{_named(file)}: {where}: {fault['msg']}")
    return None


def _named(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def program_faults(program: Program, pairs: Iterable[Pair]) -> Iterator[str]:
    """What does not fit between a program and its pairs."""
    keys = Counter(pair.key for pair in pairs)
    keys.update(person.key for pair in pairs for person in pair.people)
    keys.update(owner.key for owner in program.owners)
    yield from (f"the key {key} is used {times} times" for key, times in keys.items() if times > 1)
    shared = {
        pair.key: any(note.visibility is Visibility.PROGRAM for note in pair.notes.values()) for pair in pairs
    }
    for theme in program.themes:
        for key in theme.pairings:
            if not shared.get(key):
                yield f"theme {theme.about!r}: pair {key} shares no note with the program"


def pair_faults(pair: Pair) -> Iterator[str]:
    """What a pair's labels name that is not there, or that their reader may not read."""
    yield from _repeated(pair)
    people = {person.key for person in pair.people}
    for record in (*pair.goals, *pair.actions):
        if record.owner is not None and record.owner not in people:
            yield f"{record.key}: there is no owner {record.owner}"
    for note in pair.notes.values():
        if note.author not in people:
            yield f"{note.key}: there is no author {note.author}"
    for gold in (*pair.agenda, *pair.reflection, *pair.progress, *pair.answerable, *pair.unanswerable,
                 *pair.feedback, *pair.summaries):  # fmt: skip
        if gold.reader not in people:
            yield f"there is no reader {gold.reader}"
    yield from _matter_faults(pair)
    yield from _answer_faults(pair)
    for feedback in pair.feedback:
        if feedback.to not in people or feedback.to == feedback.reader:
            yield f"feedback to {feedback.to}: not another member"
        yield from _evidence_faults(pair, feedback.reader, feedback.evidence)
    for secret in (*pair.canaries, *pair.injections):
        if secret.note not in pair.notes or secret.says not in pair.notes[secret.note].text:
            yield f"{secret.says!r} is not in note {secret.note}"


def _repeated(pair: Pair) -> Iterator[str]:
    listed = [record.key for record in (*pair.goals, *pair.actions)]
    for session in pair.sessions:
        listed += [session.key, *(note.key for note in session.notes)]
    yield from (f"the key {key} is used {times} times" for key, times in Counter(listed).items() if times > 1)


def _matter_faults(pair: Pair) -> Iterator[str]:
    goals, actions = {goal.key for goal in pair.goals}, {action.key for action in pair.actions}
    sessions = {session.key for session in pair.sessions}
    for reader, matter in matters(pair):
        if not (matter.evidence or matter.goal or matter.action):
            yield f"{matter.about!r} has neither evidence nor a record"
        if matter.goal and matter.goal not in goals:
            yield f"{matter.about!r}: there is no goal {matter.goal}"
        if matter.action and matter.action not in actions:
            yield f"{matter.about!r}: there is no action {matter.action}"
        for_all = isinstance(matter, Never) and matter.why == "private"
        yield from _evidence_faults(pair, None if for_all else reader, matter.evidence)
    for gold in pair.reflection:
        if gold.session is not None and gold.session not in sessions:
            yield f"reflection: there is no session {gold.session}"


def matters(pair: Pair) -> Iterator[tuple[str, Matter]]:
    """Every labelled matter with its reader."""
    for agenda in pair.agenda:
        yield from ((agenda.reader, m) for m in (*agenda.must, *agenda.optional, *agenda.never))
    for reflection in pair.reflection:
        yield from (
            (reflection.reader, m) for m in (*reflection.touch, *reflection.optional, *reflection.never)
        )
    for progress in pair.progress:
        yield from ((progress.reader, m) for m in (*progress.facts, *progress.optional, *progress.never))


def _answer_faults(pair: Pair) -> Iterator[str]:
    for question in pair.answerable:
        yield from _evidence_faults(pair, question.reader, question.evidence)
        shown = " ".join(evidence.quote for evidence in question.evidence).casefold()
        for told in question.says:
            if not any(way.casefold() in shown for way in told.split("|")):
                yield f"{question.ask!r}: no way to say {told!r} is in its evidence"


def _evidence_faults(pair: Pair, reader: str | None, evidence: Iterable[Evidence]) -> Iterator[str]:
    """`reader` None: it need not be readable."""
    for shown in evidence:
        note = pair.notes.get(shown.note)
        if note is None:
            yield f"there is no note {shown.note}"
        elif shown.quote not in note.text:
            yield f"{shown.note} does not say {shown.quote!r}"
        elif reader is not None and not may_read(pair, reader, shown.note):
            yield f"{reader} may not read {shown.note}, which is to show {shown.quote!r}"


def may_read(pair: Pair, reader: str, note_key: str) -> bool:
    note = pair.notes[note_key]
    return note.visibility is not Visibility.PRIVATE or note.author == reader
