"""Reflection: open questions about what the session left."""

from collections.abc import Iterator

from coach.language.words import content_stems, overlap
from coach.rules.reflection import uncovered_sections, violations
from evals.metrics import Score, share
from evals.scorers.matching import Asked, listed, shown


def score_reflection(asked: Asked) -> Iterator[Score]:
    gold, pair, lines = asked.pair.reflection[asked.task.gold], asked.pair, asked.answer.lines
    touched = shown(lines, gold.touch, pair)
    missed = [matter for matter, hit in zip(gold.touch, touched, strict=True) if not hit]
    yield share("reflection touch", sum(touched), len(touched), f"missed: {listed(missed)}" if missed else "")
    faults = {
        line.text: found for line in lines if (found := violations(line.text, line.section, asked.language))
    }
    why = "; ".join(f"{text}: {', '.join(found)}" for text, found in faults.items())
    yield share("reflection rules", len(lines) - len(faults), len(lines), why)
    uncovered = uncovered_sections(line.section for line in lines)
    cycle = float(not uncovered) if len(lines) >= 3 else None
    yield Score("reflection cycle", cycle, f"without {', '.join(uncovered)}" if uncovered else "")
    own = content_stems(" ".join(asked.readable.values()), asked.language)
    for line in lines:
        said = content_stems(line.text, asked.language)
        yield Score("reflection own words", overlap(said, own) if said else None, line.text)
    came = [never for never, hit in zip(gold.never, shown(lines, gold.never, pair), strict=True) if hit]
    yield Score("reflection keeps away", float(not came), f"came: {listed(came)}" if came else "")
