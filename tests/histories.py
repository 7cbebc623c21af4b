"""Histories of programs, made of numbers: whatever they are, each step does something that may happen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

from tests.reference import Reference

T = TypeVar("T")

AUDIENCES = ("private", "pair", "program")
ROLES = ("mentor", "mentee", "mentee", "mentor", "owner")
SIDES = ("mentor", "mentee")
_DOES = (*2 * ("join", "leave"), *4 * ("write",), "change", "erase")

_number = st.integers(0, 1 << 16)
Numbers = tuple[str, int, int, int]


@dataclass(frozen=True)
class Script:
    """`roles`: each person's, who belong to the programs in turn. Each pairing has who is on its sides."""

    programs: int
    roles: Sequence[str]
    pairings: Sequence[tuple[int, int]]
    steps: Sequence[Numbers]


scripts = st.builds(
    Script,
    programs=st.integers(1, 2),
    roles=st.lists(st.sampled_from(ROLES), min_size=6, max_size=10),
    pairings=st.lists(st.tuples(_number, _number), min_size=2, max_size=4),
    steps=st.lists(st.tuples(st.sampled_from(_DOES), _number, _number, _number), min_size=25, max_size=45),
)


@dataclass(frozen=True)
class Step:
    """What happens: `who` and `what` are ids, `how` a side or an audience."""

    does: str
    what: str
    who: str
    how: str


@dataclass
class History:
    """A script read step by step; `reference` is what was true after the last one."""

    script: Script
    reference: Reference = field(default_factory=Reference)
    _written: int = 0

    def __post_init__(self) -> None:
        for at in range(self.script.programs):
            self.reference.programs.add(f"program{at}")
        for at, role in enumerate(self.script.roles):
            self.reference.people[f"person{at}"] = (f"program{at % self.script.programs}", role)

    def founded(self) -> list[tuple[str, str, str, str]]:
        """The pairings with somebody on each side: pairing, program, mentor and mentee."""
        made = []
        for at, (one, other) in enumerate(self.script.pairings):
            program = f"program{one % self.script.programs}"
            fit = self._fit(program)
            if len(fit) < 2:
                continue
            mentor = fit[one % len(fit)]
            mentee = _picked([person for person in fit if person != mentor], other)
            made.append((f"pairing{at}", program, mentor, mentee))
        for pairing, program, mentor, mentee in made:
            self.reference.pairings[pairing] = program
            self.reference.join(pairing, mentor, "mentor")
            self.reference.join(pairing, mentee, "mentee")
        return made

    def do(self, numbers: Numbers) -> Step | None:
        """The step that the numbers mean now, done in the reference too; None when there is none."""
        does, one, other, third = numbers
        if not self.reference.pairings:
            return None
        if does in ("change", "erase"):
            return self._to_note(does, one, _picked(AUDIENCES, third))
        pairing = _picked(sorted(self.reference.pairings), one)
        if does == "join":
            return self._join(pairing, other, _picked(SIDES, third))
        inside = sorted(self.reference.members(pairing))
        if not inside:
            return None
        person = _picked(inside, other)
        if does == "leave":
            self.reference.leave(pairing, person)
            return Step(does, pairing, person, "")
        return self._write(pairing, person, _picked(AUDIENCES, third))

    def _to_note(self, does: str, number: int, audience: str) -> Step | None:
        known = self.reference
        if not known.notes:
            return None
        note = known.notes[_picked(sorted(known.notes), number)]
        if does == "erase":
            known.erase(note.id)
        elif known.gives_note(note.author, note.id, audience):
            known.change(note.id, audience)
        else:
            return None
        return Step(does, note.id, note.author, audience)

    def _join(self, pairing: str, number: int, side: str) -> Step | None:
        known = self.reference
        outside = [p for p in self._fit(known.pairings[pairing]) if p not in known.members(pairing)]
        if not outside:
            return None
        person = _picked(outside, number)
        known.join(pairing, person, side)
        return Step("join", pairing, person, side)

    def _write(self, pairing: str, person: str, audience: str) -> Step | None:
        if self.reference.has_ended(pairing):
            return None
        self._written += 1
        note = f"note{self._written}"
        self.reference.write(note, pairing, person, audience)
        return Step("write", note, person, audience)

    def _fit(self, program: str) -> list[str]:
        """Who may be in a pairing of a program."""
        people = self.reference.people
        return sorted(p for p, (home, role) in people.items() if home == program and role != "owner")


def _picked(choices: Sequence[T], number: int) -> T:
    return choices[number % len(choices)]
