"""The offline coach's words: phrases by language, filled in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from coach.advice.reading import Reading
from coach.advice.sentences import Said
from coach.domain.notes import NoteKind
from coach.language.fragments import fragment


@dataclass(frozen=True)
class Phrases:
    """Tables as in the TOML file; `version` is a hash of its content."""

    tables: Mapping[str, Any]
    version: str
    language: str = "en"

    def __getitem__(self, path: str) -> Any:
        """The phrase or list at a dotted path; KeyError where there is none."""
        found: Any = self.tables
        for name in path.split("."):
            found = found[name]
        return found

    def say(self, path: str, **fields: object) -> str:
        return str(self[path].format(**fields))

    def count(self, what: str, n: int) -> str:
        """ "1 day", "2 days"."""
        one, several = self[f"words.{what}"]
        return str((one if n == 1 else several).format(n=n))

    def day(self, when: date | datetime) -> str:
        return self.say("date.day", day=when.day, month=self["date.months"][when.month - 1], year=when.year)

    def listed(self, parts: list[str]) -> str:
        """ "a, b and c"."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self['words.and']} {parts[-1]}"

    def place(self, said: Said, reading: Reading) -> dict[str, str]:
        """Fields that tell who wrote or said it and when."""
        spoken = said.kind is NoteKind.TRANSCRIPT
        return {
            "who": self.who(said, reading),
            "wrote": self["words.said" if spoken else "words.wrote"],
            "date": self.day(said.excerpt.held_at),
        }

    def who(self, said: Said, reading: Reading) -> str:
        person, name = reading.speaker_of(said.excerpt)
        if person is None:
            return name
        return str(self["words.you"]) if person.id == reading.reader.id else person.first_name

    def quoted(self, said: Said, *cues: str, most_words: int = 18) -> dict[str, str]:
        """The words of a sentence around the cue for which it was chosen."""
        return {"fragment": fragment(said.text, most_words, said.cue_place(*cues), said.language)}


@cache
def phrases(language: str = "en") -> Phrases:
    content = resources.files("coach.drafting").joinpath(f"wording/{language}.toml").read_bytes()
    return Phrases(tomllib.loads(content.decode()), sha256(content).hexdigest()[:12], language)
