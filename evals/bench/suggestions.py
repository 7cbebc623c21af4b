"""How long a suggestion takes without a model, on a pairing of 30 notes with the embedder warm.

    python -m evals.bench.suggestions

Prints for each kind the median and the 95th percentile in milliseconds, and the ratio to the floor:
embedding one question.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median, quantiles

from coach.advice.agenda import AgendaAsk
from coach.advice.answers import QuestionAsk
from coach.advice.coach import Ask
from coach.advice.feedback import FeedbackAsk
from coach.advice.progress import ProgressAsk
from coach.advice.reflection import ReflectionAsk
from coach.domain.ids import imported_id
from coach.domain.visibility import Person
from coach.service import Service
from coach.settings import Settings
from evals.bench.texts import note_lines
from evals.holding import holding

_NOTES, _ROUNDS = 30, 30
_QUESTION = "What did we agree about the dashboard?"


async def main() -> None:
    pairing, mentee = imported_id("pairing", "pair-0"), imported_id("participant", "mentee-0")
    asks: dict[str, Ask] = {
        "agenda": AgendaAsk(pairing),
        "reflection": ReflectionAsk(pairing),
        "feedback": FeedbackAsk(
            pairing, "You looked at your phone while I showed you the dashboard.", mentee
        ),
        "progress": ProgressAsk(pairing),
        "ask": QuestionAsk(pairing, _QUESTION),
    }
    async with holding(note_lines(_NOTES, 1), Settings()) as service:
        floor = median(await _times(lambda: service.embedder.embed([_QUESTION])))
        print(f"embedding one question: median {floor:.1f} ms")
        for kind, ask in asks.items():
            times = await _times(partial(_suggest, service, ask))
            print(
                f"{kind:<10} median {median(times):6.1f} ms, p95 {quantiles(times, n=20)[-1]:6.1f} ms, "
                f"{median(times) / floor:4.1f} times the floor"
            )


async def _suggest(service: Service, ask: Ask) -> None:
    async with service.database.reading() as records:
        reader = await records.people.participant(imported_id("participant", "mentor-0"))
    assert reader is not None
    async for _ in service.coach.advise(Person(reader), ask):
        pass


async def _times(call: Callable[[], Awaitable[object]]) -> list[float]:
    """Milliseconds of each round, two to warm up left out."""
    times = []
    for _ in range(_ROUNDS + 2):
        started = time.perf_counter()
        await call()
        times.append((time.perf_counter() - started) * 1000)
    return times[2:]


if __name__ == "__main__":
    asyncio.run(main())
