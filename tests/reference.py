"""Who may see what, a second time: sets and loops, slow and plain, and nothing of the product's in it.

Tests hold `coach/domain/visibility.py` and the records' queries against this. An actor is a person's id,
or OPERATOR. Moments are whole numbers.
"""

from dataclasses import dataclass, field
from itertools import count

OPERATOR = "the operator"


@dataclass
class Spell:
    """A time that somebody is in a pairing; `until` is None while it lasts."""

    pairing: str
    person: str
    side: str
    since: int
    until: int | None = None


@dataclass
class Written:
    """A note: `audience` is private, pair or program."""

    id: str
    pairing: str
    author: str
    audience: str


@dataclass
class Remembered:
    """A suggestion: its pairing, or None for what a program has learned, and the notes it rests on."""

    id: str
    asker: str
    program: str
    pairing: str | None
    sources: frozenset[str]


@dataclass
class Reference:
    """`people`: each one's program and role; `pairings`: each one's program; `works`: each one's pairing."""

    programs: set[str] = field(default_factory=set)
    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    pairings: dict[str, str] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    notes: dict[str, Written] = field(default_factory=dict)
    works: dict[str, str] = field(default_factory=dict)
    suggestions: dict[str, Remembered] = field(default_factory=dict)
    _clock: "count[int]" = field(default_factory=count)

    def join(self, pairing: str, person: str, side: str) -> None:
        self.spells.append(Spell(pairing, person, side, next(self._clock)))

    def leave(self, pairing: str, person: str) -> None:
        for spell in self.spells:
            if spell.pairing == pairing and spell.person == person and spell.until is None:
                spell.until = next(self._clock)

    def write(self, note: str, pairing: str, author: str, audience: str) -> None:
        self.notes[note] = Written(note, pairing, author, audience)

    def change(self, note: str, audience: str | None = None) -> None:
        """Another text or audience: no suggestion that rests on it is left."""
        if audience is not None:
            self.notes[note].audience = audience
        self._forget(note)

    def erase(self, note: str) -> None:
        del self.notes[note]
        self._forget(note)

    def _forget(self, note: str) -> None:
        for kept in list(self.suggestions.values()):
            if note in kept.sources:
                del self.suggestions[kept.id]

    def members(self, pairing: str) -> set[str]:
        found = set()
        for spell in self.spells:
            if spell.pairing == pairing and spell.until is None:
                found.add(spell.person)
        return found

    def ever_in(self, pairing: str) -> set[str]:
        return {spell.person for spell in self.spells if spell.pairing == pairing}

    def has_ended(self, pairing: str) -> bool:
        for side in ("mentor", "mentee"):
            on_it = [s for s in self.spells if s.pairing == pairing and s.side == side and s.until is None]
            if not on_it:
                return True
        return False

    def owners(self, program: str) -> set[str]:
        return {person for person, (home, role) in self.people.items() if home == program and role == "owner"}

    def reads_note(self, who: str, note: str) -> bool:
        told = self.notes[note]
        if told.audience == "private":
            return who == told.author
        return who in self.members(told.pairing)

    def changes_note(self, who: str, note: str) -> bool:
        return who == self.notes[note].author

    def gives_note(self, who: str, note: str, audience: str) -> bool:
        told = self.notes[note]
        if who != told.author:
            return False
        if audience == "private":
            return True
        return who in self.members(told.pairing)

    def counts(self, note: str) -> bool:
        return self.notes[note].audience == "program"

    def is_member(self, who: str, pairing: str) -> bool:
        return who in self.members(pairing)

    def is_owner(self, who: str, program: str) -> bool:
        return who in self.owners(program)

    def ends_membership(self, who: str, person: str) -> bool:
        return who in {OPERATOR, person}

    def sees_pairing(self, who: str, pairing: str) -> bool:
        return who in {OPERATOR} | self.members(pairing) | self.owners(self.pairings[pairing])

    def sees_work(self, who: str, pairing: str) -> bool:
        return who in {OPERATOR} | self.members(pairing)

    def sees_program(self, who: str, program: str) -> bool:
        inside = {person for person, (home, _) in self.people.items() if home == program}
        return who in {OPERATOR} | inside

    def sees_person(self, who: str, person: str) -> bool:
        program, _ = self.people[person]
        return who in {OPERATOR, person} | self.owners(program)

    def names_person(self, who: str, person: str) -> bool:
        """Whether somebody may come upon a person's name or id: also in a pairing where they were."""
        if self.sees_person(who, person):
            return True
        for pairing in self.pairings:
            if who in self.members(pairing) and person in self.ever_in(pairing):
                return True
        return False

    def tells_of_deed(self, who: str, doer: str, concerned: set[str], is_look: bool, is_over: bool) -> str:
        """all, by day or nothing; a look is what shows a note."""
        if who == doer:
            return "all"
        if who == OPERATOR or who not in concerned:
            return "nothing"
        if is_look:
            return "by day" if is_over else "nothing"
        return "all"

    def sees_counts(self, who: str, program: str) -> bool:
        return who == OPERATOR or who in self.owners(program)

    def may_count(self, doer: str, people: int, enough: int, is_over: bool) -> bool:
        return doer == OPERATOR or (is_over and people >= enough)

    def sends(self, program_on: bool, by_default: bool, said: bool | None) -> bool:
        if not program_on:
            return False
        return by_default if said is None else said

    def opens_suggestion(self, who: str, suggestion: str) -> bool:
        kept = self.suggestions[suggestion]
        if who != kept.asker:
            return False
        for note in kept.sources:
            if note not in self.notes:
                return False
            if not (self.counts(note) if kept.pairing is None else self.reads_note(who, note)):
                return False
        if kept.pairing is None:
            return who in self.owners(kept.program)
        return who in self.members(kept.pairing)
