"""What a request to the model shows of evidence, people, records, draft and themes."""

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from tests.integration.model_replies import Asked

_EVIDENCE = re.compile(r'<e id="(E\d+)" by="([^"]*)" on="([^"]*)">([^<]*)</e>')
_READER = re.compile(r"^(?:Reader|Writer): (\S+), the ", re.MULTILINE)
_PARTNER = re.compile(r"(?:pairing, with|Receiver:) (\S+?)\.")
_OPEN_ACTION = re.compile(r'^- action "(.*)": open, ', re.MULTILINE)
_THEME = re.compile(r"^- (T\d+):.*?words: ([^;\n]+)", re.MULTILINE)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-zé]{2,}(?: [A-Z][a-zé]{2,})*")
_CALENDAR = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|January|February|March|April|May|June|July|August"
    r"|September|October|November|December"
)


@dataclass(frozen=True)
class Evidence:
    """One sentence; `by` is who wrote or said it."""

    id: str
    by: str
    date: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A request, read; `partner` is empty when nobody else is named."""

    kind: str
    reader: str
    partner: str
    evidence: tuple[Evidence, ...]
    open_actions: tuple[str, ...]
    draft: str
    themes: dict[str, list[str]]

    @cached_property
    def names(self) -> list[str]:
        """Names within sentences, of people and places, but not of days and months."""
        found = [name for e in self.evidence for name in _NAME.findall(e.text)]
        return sorted({name for name in found if not _CALENDAR.fullmatch(name)})

    @cached_property
    def other(self) -> str:
        """Who is not the reader."""
        others = [e.by for e in self.evidence if e.by not in ("", self.reader)]
        return self.partner or next(iter(others), "Sandra")

    def holds(self, words: str) -> bool:
        """Whether the evidence says this somewhere, word for word."""
        sources = [self.draft, *(e.text for e in self.evidence)]
        return any(plain(words) in plain(source) for source in sources)

    def knowing(self, open_actions: tuple[str, ...]) -> "Shown":
        return replace(self, open_actions=open_actions)


def shown_in(asked: Asked) -> Shown:
    user = asked.user
    return Shown(
        kind=asked.kind,
        reader="".join(_READER.findall(user)[:1]),
        partner="".join(_PARTNER.findall(user)[:1]),
        evidence=tuple(Evidence(*found) for found in _EVIDENCE.findall(user)),
        open_actions=tuple(_OPEN_ACTION.findall(user)),
        draft=asked.draft,
        themes={key: words.split(", ") for key, words in _THEME.findall(user)},
    )


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """For comparing: one space between words, no case, and no full stop or dash around them."""
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .!-")
