"""Progress: are its facts told, in their place, and nothing false?"""

from collections.abc import Iterator, Sequence

from coach.domain.work import GoalStatus
from coach.language.sentences import sentence_spans
from coach.language.words import content_stems, overlap
from evals.answers import Line
from evals.cases.schema import Goal, Pair, ProgressGold
from evals.metrics import Score, share
from evals.scorers.matching import Asked, listed, on_record, shown, shows
from evals.scorers.nearness import Nearness

_NEAR = 0.5
_SAYS_MEASURE = ("measur", "messbar", "maß", "mesur", "medi")
_SAYS_DATE = ("date", "datum", "termin", "échéance", "fecha", "plazo")


async def score_progress(asked: Asked, nearness: Nearness) -> list[Score]:
    gold, pair, lines = asked.pair.progress[asked.task.gold], asked.pair, asked.answer.lines
    return [
        *_facts(gold, pair, lines),
        _precision(gold, pair, lines),
        *_not_false(gold, pair, lines),
        *_smart(pair, lines),
        *await _summaries(asked, nearness),
    ]


def _facts(gold: ProgressGold, pair: Pair, lines: Sequence[Line]) -> Iterator[Score]:
    told = shown(lines, gold.facts, pair)
    missed = [fact for fact, hit in zip(gold.facts, told, strict=True) if not hit]
    yield share("progress recall", sum(told), len(told), f"missed: {listed(missed)}" if missed else "")
    placed = [
        any(shows(line, fact, pair) and _fits(line.section, fact.section) for line in lines)
        for fact, hit in zip(gold.facts, told, strict=True)
        if hit
    ]
    yield share("progress sections", sum(placed), len(placed))


def _fits(section: str | None, wanted: str) -> bool:
    """What is owed and what comes next shade into each other."""
    return section == wanted or {section, wanted} == {"open", "next"}


def _precision(gold: ProgressGold, pair: Pair, lines: Sequence[Line]) -> Score:
    fair = (*gold.facts, *gold.optional)
    wrong = [
        line
        for line in lines
        if not on_record(line, pair) and not any(shows(line, matter, pair) for matter in fair)
    ]
    why = "; ".join(f"unwanted: {line.section}: {line.text}" for line in wrong)
    return share("progress precision", len(lines) - len(wrong), len(lines), why)


def _not_false(gold: ProgressGold, pair: Pair, lines: Sequence[Line]) -> Iterator[Score]:
    """A stale passage is no false claim where it is told as open, or beside a goal."""
    claiming = [line for line in lines if line.section in ("done", "learned", "next")]
    came = [never for never, hit in zip(gold.never, shown(claiming, gold.never, pair), strict=True) if hit]
    yield share(
        "progress not false",
        len(gold.never) - len(came),
        len(gold.never),
        f"came: {listed(came)}" if came else "",
    )


def _smart(pair: Pair, lines: Sequence[Line]) -> Iterator[Score]:
    """Doran 1981: of an open goal without a measure or a date it is said that it lacks one."""
    lacking = [g for g in pair.goals if g.status is GoalStatus.OPEN and not (g.measure and g.due)]
    told = [_tells_lack(goal, [line for line in lines if goal.title in line.text]) for goal in lacking]
    yield share("goals SMART", sum(told), len(told))


def _tells_lack(goal: Goal, lines: Sequence[Line]) -> bool:
    said = " ".join(line.told.replace(goal.title, "") for line in lines).casefold()
    measured = goal.measure is not None or any(word in said for word in _SAYS_MEASURE)
    dated = goal.due is not None or any(word in said for word in _SAYS_DATE)
    return measured and dated


async def _summaries(asked: Asked, nearness: Nearness) -> list[Score]:
    human = [summary.text for summary in asked.pair.summaries if summary.reader == asked.task.reader]
    if not human:
        return []
    lines = [line.text for line in asked.answer.lines]
    scores = [Score("summary ROUGE-1", rouge_1_recall(" ".join(human), asked.answer.told, asked.language))]
    sentences = [text[a:b] for text in human for a, b in sentence_spans(text, asked.language)]
    if not lines:
        return [*scores, Score("summary recall", 0.0, "nothing is told")]
    cosines = await nearness.cosines(sentences, lines)
    near = cosines.max(axis=1) >= _NEAR
    missed = [sentence for sentence, hit in zip(sentences, near, strict=True) if not hit]
    return [*scores, share("summary recall", int(near.sum()), len(sentences), f"missed: {' '.join(missed)}")]


def rouge_1_recall(reference: str, told: str, language: str = "en") -> float | None:
    """Lin 2004: the share of the reference's content words, stemmed, that are told."""
    wanted = content_stems(reference, language)
    return overlap(wanted, content_stems(told, language)) if wanted else None
