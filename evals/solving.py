"""Putting the tasks to a service that holds the program, as its members would."""

import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from api.jobs import import_lines
from coach.advice.agenda import AgendaAsk
from coach.advice.answers import QuestionAsk
from coach.advice.coach import Ask, Done
from coach.advice.feedback import FeedbackAsk
from coach.advice.finding import Wanted, find
from coach.advice.learnings import LearningsAsk
from coach.advice.progress import ProgressAsk
from coach.advice.reflection import ReflectionAsk
from coach.domain.suggestions import Kind, Suggestion
from coach.domain.visibility import Person
from coach.errors import CounterpartError
from coach.generations import EmbedderOf
from coach.service import Service
from coach.settings import Settings
from evals.answers import SEARCH, Answer, Line, Task, cited_of, line_of
from evals.cases.lines import case_lines, held_at, last_session, later_lines, now_of, record_id
from evals.cases.loading import Case
from evals.holding import holding
from evals.tasks import BEFORE

_BEFORE = timedelta(hours=1)


class _Clock:
    """Tells the time that it was set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A program in a service of its own, where its members ask."""

    def __init__(self, case: Case, service: Service, clock: _Clock) -> None:
        self._case = case
        self._service = service
        self._clock = clock
        self._note_keys = {
            pair.key: {record_id(case, "note", pair.key, key): key for key in pair.notes}
            for pair in case.pairs
        }

    async def answers(self, tasks: Iterable[Task]) -> AsyncIterator[Answer]:
        """An answer for each task: first what is asked before the latest sessions, then the rest."""
        every = list(tasks)
        for task in every:
            if task.variant == BEFORE:
                yield await self._answer(task, self._shortly_before_last(task))
        await import_lines(self._service, list(later_lines(self._case)))
        for task in every:
            if task.variant != BEFORE:
                yield await self._answer(task, now_of(self._case))

    def _shortly_before_last(self, task: Task) -> datetime:
        last = last_session(self._case.by_key[task.pair or ""])
        assert last is not None
        return held_at(last) - _BEFORE

    async def _answer(self, task: Task, now: datetime) -> Answer:
        self._clock.now = now
        started = time.perf_counter()
        try:
            given = await self._given(task)
        except CounterpartError as error:
            given = Answer(task=task, failed=error.detail)
        return given.model_copy(update={"seconds": time.perf_counter() - started})

    async def _given(self, task: Task) -> Answer:
        async with self._service.database.reading() as records:
            reader = await records.people.participant(record_id(self._case, "participant", task.reader))
        assert reader is not None
        actor = Person(reader)
        if task.kind == SEARCH:
            return await self._searched(task, actor)
        async for event in self._service.coach.advise(actor, self._ask(task)):
            if isinstance(event, Done):
                return self._told(task, event.suggestion)
        raise AssertionError("the coach ended without an answer")

    async def _searched(self, task: Task, actor: Person) -> Answer:
        keys = self._keys(task)
        async with self._service.database.reading() as records:
            stretches = await find(
                records,
                self._service.search,
                actor,
                self._pairing_id(task),
                Wanted(str(task.ask["query"])),
                self._clock(),
            )
        places = [stretch.excerpt for stretch in stretches]
        return Answer(
            task=task,
            lines=tuple(Line(text=place.text, citations=(cited_of(place, keys),)) for place in places),
        )

    def _told(self, task: Task, suggestion: Suggestion) -> Answer:
        keys = self._keys(task)
        return Answer(
            task=task,
            lines=tuple(line_of(item, keys) for item in suggestion.items),
            warnings=suggestion.warnings,
            engine=suggestion.drafted_by.engine.value,
            model=suggestion.drafted_by.model,
            prompt_version=suggestion.drafted_by.prompt_version,
            prompt_tokens=suggestion.usage.prompt_tokens,
            completion_tokens=suggestion.usage.completion_tokens,
        )

    def _ask(self, task: Task) -> Ask:
        told: Mapping[str, str | int] = task.ask
        if task.kind == Kind.LEARNINGS:
            return LearningsAsk(record_id(self._case, "program", "program"), limit=int(told["limit"]))
        pairing = self._pairing_id(task)
        match task.kind:
            case Kind.AGENDA:
                return AgendaAsk(pairing, minutes=int(told["minutes"]), limit=int(told["limit"]))
            case Kind.REFLECTION:
                named = told.get("session")
                session = record_id(self._case, "session", task.pair or "", str(named)) if named else None
                return ReflectionAsk(pairing, session, int(told["limit"]))
            case Kind.PROGRESS:
                return ProgressAsk(pairing)
            case Kind.FEEDBACK:
                to = record_id(self._case, "participant", str(told["to"]))
                situation = told.get("situation")
                return FeedbackAsk(pairing, str(told["draft"]), to, str(situation) if situation else None)
            case _:
                return QuestionAsk(pairing, str(told["question"]))

    def _pairing_id(self, task: Task) -> str:
        return record_id(self._case, "pairing", task.pair or "")

    def _keys(self, task: Task) -> Mapping[str, str]:
        return self._note_keys.get(task.pair or "", {})


@asynccontextmanager
async def desk_for(
    case: Case, settings: Settings, embedder_of: EmbedderOf | None = None
) -> AsyncIterator[Desk]:
    """The program in a fresh service, all but each pair's last session recorded."""
    clock = _Clock(now_of(case))
    async with holding(case_lines(case), settings, embedder_of, clock) as service:
        yield Desk(case, service, clock)
