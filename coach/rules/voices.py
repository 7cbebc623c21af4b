"""Whose words a stretch of a transcript may hold, by its labels; in doubt it may hold them."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coach.domain.notes import Note, NoteKind
from coach.domain.people import TITLES, Participant, Program, name_words
from coach.domain.visibility import may_be_sent
from coach.language.naming import JOINING, NOBODYS, key_of, letters_of, transcribed
from coach.language.turns import turns
from coach.language.unseen import visible

_ASIDE = re.compile(r"\[([^\]\n]*)\]?|\(([^)\n]*)\)?")
# What may stand behind a label in other forms of transcripts than ours: "Maya - ", "<v Maya>", "Maya 0:12".
_BEHIND = re.compile(r":(?=\s|$)|\s[-–—|]+\s|[>\t]|$")
_BEFORE = re.compile(r"\s*<v(?:\.\w+)?\s")
_LONGEST_LABEL = 100
_LEAST_CUT = 3
_FIRST_SIGN = "\u2e80"
Words = tuple[str, ...]


@dataclass(frozen=True)
class _Person:
    id: str
    name: str

    @cached_property
    def _core(self) -> list[str]:
        core = name_words(visible(self.name))[1]
        return [word for at, word in enumerate(core) if at == 0 or letters_of(word) not in JOINING]

    @cached_property
    def _family(self) -> str:
        return "".join(name_words(visible(self.name))[1][1:])

    @cached_property
    def words(self) -> frozenset[str]:
        """Words of the name, and what they are run together to."""
        if not self._core:
            return frozenset()
        first, last = self._core[0], self._core[-1]
        together = (first + last, last + first, first[:1] + last, first + last[:1], self._family)
        return frozenset().union(*map(_written, self._core), *map(_joined, together))

    @cached_property
    def initials(self) -> frozenset[str]:
        each = [key_of(word)[0][:1] for word in self._core if key_of(word)]
        ends = [*each[:1], *each[1:][-1:]]
        return frozenset({*each, "".join(each), "".join(ends), "".join(reversed(ends))})

    def is_whole(self, label: Words) -> bool:
        """Whether first and family name are there, and nothing that is not of this name."""
        ends = (self._core[0], self._core[-1]) if self._core else ()
        return bool(ends) and self.words.issuperset(label) and all(_written(e) & {*label} for e in ends)


def _written(word: str) -> frozenset[str]:
    return frozenset({*key_of(word), *key_of(transcribed(word))}) | _joined(word)


def _joined(words: str) -> frozenset[str]:
    return frozenset({letters_of(words), letters_of(transcribed(words))})


@dataclass(frozen=True)
class Voices:
    """Of `off`, whose words are looked for, and of the `others` in the program."""

    off: Sequence[Participant] = ()
    others: Sequence[Participant] = ()
    _turns: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict, compare=False)

    def may_be_in(self, note: Note, start: int, end: int, near: Collection[str]) -> bool:
        """Whether somebody who is off may speak in `note.text[start:end]`, a note of another's.

        `near`: the ids of who is or was in the pairing: one of them is "Speaker 2".
        """
        if not self.off or note.kind is not NoteKind.TRANSCRIPT:
            return False
        return any(
            (label and self._may_be_meant_by(label, near))
            or self._is_labelled_in(note.text[first : min(last, end)])
            for first, last, label in self._turns_of(note)
            if first < end and start < last
        )

    def _turns_of(self, note: Note) -> list[tuple[int, int, str]]:
        """Start and end of what is said in each turn, and its whole label."""
        if note.text not in self._turns:
            self._turns[note.text] = list(_labelled_turns(note.text))
        return self._turns[note.text]

    def _may_be_meant_by(self, label: str, near: Collection[str]) -> bool:
        told = _words(_ASIDE.sub(" ", label))
        if not told and any(person.id in near for person in self._off):
            return True
        return self._is_met(told) or any(map(self._is_named, _asides(label)))

    def _is_labelled_in(self, said: str) -> bool:
        """Whether a line begins with their name as with a label that made no turn."""
        return any(self._is_named(_words(_ASIDE.sub(" ", head))) for head in _heads(said))

    def _is_met(self, told: Words) -> bool:
        """Whether a word is a name of theirs, or all may be initials; not where it is another's full name."""
        return any(
            (any(self._is_name(word, person) for word in told) or self._explains(person, told))
            and not (self._is_anothers(told) and not self._explains(person, told))
            for person in self._off
            if told
        )

    def _is_named(self, told: Words) -> bool:
        """Whether all the words are of their name, and one is written out."""
        return any(self._explains(person, told) and person.words & {*told} for person in self._off)

    def _explains(self, person: _Person, told: Words) -> bool:
        return bool(told) and all(self._is_name(w, person) or self._is_initial(w, person) for w in told)

    def _is_name(self, word: str, person: _Person) -> bool:
        """In full, or cut off where it is nobody else's in full."""
        if word in person.words:
            return len(word) > 1 or word >= _FIRST_SIGN
        is_cut = len(word) >= _LEAST_CUT and any(name.startswith(word) for name in person.words)
        return is_cut and word not in self._names_of_others

    def _is_initial(self, word: str, person: _Person) -> bool:
        return word in person.initials and (len(word) == 1 or word not in self._names_of_others)

    def _is_anothers(self, told: Words) -> bool:
        return any(person.is_whole(told) for person in self._others)

    @cached_property
    def _off(self) -> tuple[_Person, ...]:
        return tuple(_Person(person.id, person.name) for person in self.off)

    @cached_property
    def _others(self) -> tuple[_Person, ...]:
        return tuple(_Person(person.id, person.name) for person in self.others)

    @cached_property
    def _names_of_others(self) -> frozenset[str]:
        return frozenset().union(*(person.words for person in self._others))


def voices_of(people: Sequence[Participant], program: Program) -> Voices:
    """Of a program's people, those who keep what they say from models on other machines and the others."""
    off = [person for person in people if not may_be_sent(person, program)]
    return Voices(off, [person for person in people if person not in off])


def _labelled_turns(text: str) -> Iterator[tuple[int, int, str]]:
    last = 0
    for start, end, speaker in turns(text):
        yield start, end, text[last:start] if speaker is not None else ""
        last = end


def _asides(label: str) -> Iterator[Words]:
    for aside in _ASIDE.finditer(label):
        yield _words(aside[1] or aside[2] or "")


def _heads(said: str) -> Iterator[str]:
    for line in said.splitlines():
        begun = _BEFORE.sub("", line, count=1)[:_LONGEST_LABEL]
        ends = (behind.start() for behind in _BEHIND.finditer(begun))
        yield from (begun[:end] for end in ends if end < _LONGEST_LABEL)


def _words(label: str) -> Words:
    """What may be of a name: no title, no figure, not the "Speaker" of "Speaker 2"."""
    told = [word for word in key_of(visible(label)) if word not in NOBODYS]
    told = [word for word in told if len(word) == 1 or word not in TITLES]
    return tuple([word for word in told if word not in JOINING] or told)
