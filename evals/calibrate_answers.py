"""How often answers are right, and how often a question that the notes don't answer is refused.

    python -m evals.calibrate_answers

On the tuning pairs of `evals/fixtures/programs`, whose questions the reader was not trained on, for
several least odds at which `coach.advice.answers` may answer: English pairs, and those in other languages.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from coach.advice.answers import Candidates, answering, candidates
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.visibility import Person
from coach.service import Service
from coach.settings import Settings
from evals.cases.lines import case_lines, later_lines, record_id
from evals.cases.loading import Case, load_cases
from evals.cases.schema import Pair, Question, Split, Unanswerable
from evals.holding import holding
from evals.scorers.answers import says
from evals.scorers.matching import meets, places

_WITHIN = (1, 3, 10)
_REFUSED = (0.3, 0.5, 0.65, 0.8, 0.9)

Place = tuple[str, tuple[int, int]]


@dataclass(frozen=True)
class Judged:
    """`rank`: the best sentence that answers, from 0, if one was found; `right`: what would be shown is."""

    language: str
    answerable: bool
    odds: float
    rank: int | None
    right: bool


async def judged() -> list[Judged]:
    found: list[Judged] = []
    for case in tuning_cases():
        async with holding([*case_lines(case), *later_lines(case)], Settings()) as service:
            found += [one for pair in case.pairs async for one in _judged(service, case, pair)]
    return found


def tuning_cases() -> Iterator[Case]:
    """Programs with their tuning pairs alone: nothing is fitted on a held-out one."""
    for case in load_cases():
        yield Case(case.program, tuple(pair for pair in case.pairs if pair.split is Split.TUNING))


async def _judged(service: Service, case: Case, pair: Pair) -> AsyncIterator[Judged]:
    every: list[Question | Unanswerable] = [*pair.answerable, *pair.unanswerable]
    for asked in every:
        async with service.database.reading() as records:
            reader = await records.people.participant(record_id(case, "participant", asked.reader))
            assert reader is not None
            home = record_id(case, "pairing", pair.key)
            reading = await read_pairing(records, Person(reader), home, service.clock())
        found = await candidates(reading, service.search, service.reader, asked.ask)
        if found is None:
            yield Judged(pair.language, isinstance(asked, Question), -np.inf, None, right=False)
        elif isinstance(asked, Unanswerable):
            yield Judged(pair.language, False, found.odds, None, right=False)
        else:
            gold = [
                _place(case, pair, evidence.note, place)
                for evidence in asked.evidence
                for place in places(pair.notes[evidence.note].text, evidence.quote)
            ]
            yield _as_answered(pair.language, reading, found, gold, asked.says)


def _place(case: Case, pair: Pair, note: str, place: tuple[int, int]) -> Place:
    return record_id(case, "note", pair.key, note), place


def _as_answered(
    language: str, reading: Reading, found: Candidates, gold: Sequence[Place], wanted: Sequence[str]
) -> Judged:
    shown = answering(reading, found)
    text = "\n".join(said.text for said in shown)
    right = any(_holds(said, gold) for said in shown) and all(says(text, told) for told in wanted)
    rank = next((at for at, said in enumerate(found.ranked) if _holds(said, gold)), None)
    return Judged(language, True, found.odds, rank, right)


def _holds(said: Said, gold: Sequence[Place]) -> bool:
    own = said.excerpt
    return any(own.note_id == note and meets((own.start, own.end), place) for note, place in gold)


def report(every: Sequence[Judged]) -> Iterator[str]:
    can = [one for one in every if one.answerable]
    cannot = np.array([one.odds for one in every if not one.answerable])
    within = ", ".join(
        f"{k}: {np.mean([o.rank is not None and o.rank < k for o in can]):.2f}" for k in _WITHIN
    )
    yield f"{len(can)} answerable, {len(cannot)} not; the answer within {within}"
    for refused in _REFUSED:
        least = float(np.quantile(cannot, refused))
        given = [one for one in can if one.odds > least]
        right = sum(one.right for one in given) / len(can)
        answered = len(given) / len(can)
        yield f"least odds {least:.2f}: {refused:.2f} refused, {answered:.2f} answered, {right:.2f} right"


def main() -> None:
    every = asyncio.run(judged())
    for about, is_english in (("English", True), ("other languages", False)):
        print(f"{about}:")
        for line in report([one for one in every if (one.language == "en") == is_english]):
            print(f"  {line}")


if __name__ == "__main__":
    main()
