"""Running an evaluation: each program in a service of its own, several at a time in processes."""

import asyncio
import multiprocessing
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from multiprocessing.connection import wait
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from typing import Any

from coach.errors import Invalid
from coach.generations import EmbedderOf
from coach.settings import Settings
from coach.wiring import build_embedder
from coach.wiring.drafting import build_judge
from evals.answers import Answer, Task
from evals.cases.loading import Case
from evals.judging import Judge, judged
from evals.results import Scored
from evals.scorers.nearness import EmbeddedNearness, Nearness
from evals.scorers.scoring import scores_of
from evals.solving import desk_for
from evals.tasks import tasks_of
from vectorstore.packaged_model import MINILM

_PATIENCE = 0.5


@dataclass(frozen=True)
class Work:
    """The tasks of one program."""

    case: Case
    tasks: tuple[Task, ...]

    def without(self, answered: Container[str]) -> "Work":
        """What is left when the tasks with these ids are answered."""
        return Work(self.case, tuple(task for task in self.tasks if task.id not in answered))


def work_for(
    cases: Sequence[Case], pairs: str = "*", split: str | None = None, repeat: int = 1
) -> list[Work]:
    """Tasks of the pairs that `PROGRAM/PAIR` patterns name; Invalid when that is none.

    A pattern names a program's own tasks only when it names all its pairs; `split` those of one split.
    """
    every = []
    for case in cases:
        named = [pair.key for pair in case.pairs if fnmatch(f"{case.program.key}/{pair.key}", pairs)]
        asked = [task for time in range(repeat) for task in tasks_of(case, time, named)]
        tasks = tuple(task for task in asked if split in (None, task.split.value))
        every += [Work(case, tasks)] if tasks else []
    if not every:
        within = f" in the split {split}" if split else ""
        known = sorted(f"{case.program.key}/{pair.key}" for case in cases for pair in case.pairs)
        such_as = f", such as {known[0]}" if known else "; there are no pairs"
        raise Invalid(f"no fixture is named {pairs!r}{within}; they are named PROGRAM/PAIR{such_as}")
    return every


async def evaluate(
    work: Work,
    settings: Settings,
    nearness: Nearness,
    embedder_of: EmbedderOf | None = None,
    judge: Judge | None = None,
) -> AsyncIterator[Scored]:
    """Ask and score all of a program's tasks, and have them judged where there is a judge."""
    answered: dict[str, Answer] = {}
    async with desk_for(work.case, settings, embedder_of) as desk:
        async for answer in desk.answers(work.tasks):
            answered[answer.task.id] = answer
            scores = await scores_of(work.case, answer, answered, nearness)
            marks = await judged(work.case, answer, judge) if judge else {}
            yield Scored(answer, tuple(scores), marks)


def run(
    work: Sequence[Work], settings: Settings, jobs: int, judging: Settings | None = None
) -> Iterator[Scored]:
    """Every task's scored answer as it comes, `jobs` programs at a time, each in its own process.

    `judging`: settings whose model judges the answers, if any is to.
    """
    if not work:
        return
    with TemporaryDirectory(prefix="counterpart-eval-") as scratch:
        yield from _run(work, settings, jobs, judging, scratch)


def _run(
    work: Sequence[Work], settings: Settings, jobs: int, judging: Settings | None, scratch: str
) -> Iterator[Scored]:
    context = multiprocessing.get_context("spawn")
    told: Any = context.Queue()
    with context.Pool(min(jobs, len(work)), _begin, (told, settings, judging, scratch)) as pool:
        running = [pool.apply_async(_evaluate, (program,)) for program in work]
        while True:
            done = all(one.ready() for one in running)
            try:
                yield told.get(timeout=_PATIENCE)
            except Empty:
                if done:
                    break
        for one in running:
            one.get()
        pool.close()
        pool.join()
    told.close()
    told.join_thread()


_worker: dict[str, Any] = {}


def _begin(told: Any, settings: Settings, judging: Settings | None, scratch: str) -> None:
    tempfile.tempdir = scratch
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker.update(told=told, settings=settings, judging=judging)


def _end_with_parent() -> None:
    """However the run is ended, nothing of it goes on."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _evaluate(work: Work) -> None:
    asyncio.run(_evaluate_all(work, _worker["told"].put, _worker["settings"], _worker["judging"]))


async def _evaluate_all(
    work: Work, tell: Callable[[Scored], None], settings: Settings, judging: Settings | None
) -> None:
    embedder = build_embedder(MINILM)
    await embedder.load()
    judge = build_judge(judging) if judging else None
    nearness = EmbeddedNearness(embedder)
    async for scored in evaluate(work, settings, nearness, lambda _: embedder, judge):
        tell(scored)


def hash_of(folder: Path) -> str:
    """A hash over every fixture below a folder."""
    digest = sha256()
    for file in sorted(folder.rglob("*.yaml")):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
