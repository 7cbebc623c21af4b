"""Feedback: nothing invented, nothing judged, the parts of SBI (Center for Creative Leadership)."""

import re
from calendar import month_name
from collections.abc import Iterator

from coach.language.words import content_stems, overlap, words
from coach.rules.feedback import flags
from evals.answers import Line
from evals.cases.lines import held_at
from evals.cases.schema import FeedbackGold
from evals.metrics import Score, share_of
from evals.scorers.matching import Asked, coaching_stems

PARTS = ("situation", "behaviour", "impact", "request")
_MOSTLY = 2 / 3
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_COMMANDS = re.compile(
    r"\b(?:you|du|sie|vous|tu|usted) (?:must|have to|need to|should|ought to|musst|müssen|solltest|sollten|"
    r"devez|dois|debe|debes|tienes que|tiene que)\b",
    re.IGNORECASE,
)


def score_feedback(asked: Asked) -> Iterator[Score]:
    gold = asked.pair.feedback[asked.task.gold]
    sources = _sources(asked, gold)
    for line in asked.answer.lines:
        parts = [part for name in PARTS if (part := _part(line, name))]
        invented = [found for part in parts for found in invented_in(part, sources, asked.language)]
        yield Score("feedback invents nothing", float(not invented), f"invented: {', '.join(invented)}")
        back = [
            word for word in gold.never if re.search(rf"(?<!\w){re.escape(word)}", line.text, re.IGNORECASE)
        ]
        yield Score("feedback words kept out", float(not back), f"{line.text} (came back: {', '.join(back)})")
        yield Score("feedback SBI", float(_is_sbi(line, asked.language)), line.text)
        yield _parts(line, gold)
        commands = _COMMANDS.search(line.text)
        yield Score("feedback tone", float("?" in line.text and not commands), line.text)


def _sources(asked: Asked, gold: FeedbackGold) -> str:
    """All that a phrasing may stand on: the draft, what the reader may read, and the sessions' dates."""
    days = [held_at(session) for session in asked.pair.sessions]
    dates = " ".join(f"{day.day} {day:%Y} {day:%m} {day:%d}" for day in days)
    return " ".join((gold.draft, gold.situation or "", dates, *asked.readable.values()))


def invented_in(part: str, sources: str, language: str) -> list[str]:
    """Numbers and names that no source has, and a part most of whose words none has."""
    known_numbers = set(_NUMBER.findall(sources))
    known = {word.casefold() for word in words(sources)}
    found = [number for number in _NUMBER.findall(part) if number not in known_numbers]
    if language != "de":
        inner = words(part)[1:]
        found += [w for w in inner if w[0].isupper() and w.casefold() not in known and w not in month_name]
    said = content_stems(part, language) - coaching_stems(language)
    if said and overlap(said, content_stems(sources, language)) < _MOSTLY:
        found.append(part)
    return found


def _part(line: Line, part: str) -> str | None:
    return (line.parts or {}).get(part)


def _is_sbi(line: Line, language: str) -> bool:
    """Each part in the text or a blank for it, and no word that judges or generalises."""
    blanks = len(re.findall(r"\[[^\]]+\]", line.text))
    missing = [part for part in PARTS[:3] if not _part(line, part)]
    return blanks >= len(missing) and not flags(line.text, language)


def _parts(line: Line, gold: FeedbackGold) -> Score:
    held = {part: getattr(gold, f"holds_{part}") is not None for part in PARTS}
    agree = {part: (_part(line, part) is not None) == held[part] for part in PARTS}
    wrong = [f"{part} {'missing' if held[part] else 'filled'}" for part in PARTS if not agree[part]]
    return share_of("feedback parts", agree.values(), f"{gold.draft} ({', '.join(wrong)})")
