"""An agenda: does it hold what must come, and nothing else?"""

from collections.abc import Iterator, Sequence
from math import log2

from evals.answers import Answer, Line
from evals.cases.schema import AgendaGold, Pair
from evals.metrics import Score, share
from evals.scorers.matching import Asked, listed, shown, shows
from evals.tasks import AGENDA_ITEMS

_FRAME = ("check_in", "next_steps")


def score_agenda(asked: Asked, before: Answer | None) -> Iterator[Score]:
    """`before`: the agenda that the reader had for the latest session."""
    gold, pair = asked.pair.agenda[asked.task.gold], asked.pair
    lines = asked.answer.lines[:AGENDA_ITEMS]
    covered = shown(lines, gold.must, pair)
    missed = [due for due, hit in zip(gold.must, covered, strict=True) if not hit]
    yield share(
        "agenda coverage@6", sum(covered), len(covered), f"missed: {listed(missed)}" if missed else ""
    )
    yield _precision(lines, gold, pair)
    yield Score("agenda order", _ndcg(lines, gold, pair))
    yield _keeps_away(asked.answer.lines, gold, pair)
    minutes = [line.minutes or 0 for line in asked.answer.lines]
    yield Score(
        "agenda minutes",
        float(sum(minutes) == asked.task.ask["minutes"] and all(n > 0 for n in minutes)),
        f"they add up to {sum(minutes)}",
    )
    if before is not None:
        yield _repetition(lines, before.lines, gold, pair)


def topics(lines: Sequence[Line]) -> list[Line]:
    """Lines other than the frame of every session."""
    return [line for line in lines if line.section not in _FRAME]


def _precision(lines: Sequence[Line], gold: AgendaGold, pair: Pair) -> Score:
    told = topics(lines)
    fair = (*gold.must, *gold.optional)
    wrong = [line for line in told if not any(shows(line, matter, pair) for matter in fair)]
    why = "; ".join(f"unwanted: {line.text}" for line in wrong)
    return share("agenda precision@6", len(told) - len(wrong), len(told), why)


def _ndcg(lines: Sequence[Line], gold: AgendaGold, pair: Pair) -> float | None:
    """Gains of each line's most urgent matter that no line before it showed."""
    if not gold.must:
        return None
    left = sorted(gold.must, key=lambda due: -due.priority)
    gains = []
    for line in topics(lines):
        hit = [due for due in left if shows(line, due, pair)]
        gains.append(sum(due.priority for due in hit))
        left = [due for due in left if due not in hit]
    together = [gain for gain in gains if gain]
    ideal = sorted(together, reverse=True) + sorted((due.priority for due in left), reverse=True)
    return _dcg(gains) / _dcg(ideal[:AGENDA_ITEMS])


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / log2(at + 2) for at, gain in enumerate(gains))


def _keeps_away(lines: Sequence[Line], gold: AgendaGold, pair: Pair) -> Score:
    fair = (*gold.must, *gold.optional)
    came = [
        never
        for never in gold.never
        for line in lines
        if shows(line, never, pair) and not any(shows(line, matter, pair) for matter in fair)
    ]
    return Score("agenda keeps away", float(not came), f"came: {listed(dict.fromkeys(came))}" if came else "")


def _repetition(lines: Sequence[Line], before: Sequence[Line], gold: AgendaGold, pair: Pair) -> Score:
    """Among the topics that need not come, those that stand on a passage of last time's agenda."""
    earlier = {(cited.note, cited.start) for line in topics(before) for cited in line.citations}
    free = [line for line in topics(lines) if not any(shows(line, due, pair) for due in gold.must)]
    free = [line for line in free if line.citations]
    again = [line for line in free if any((c.note, c.start) in earlier for c in line.citations)]
    return share("agenda repetition", len(again), len(free), "; ".join(line.text for line in again))
