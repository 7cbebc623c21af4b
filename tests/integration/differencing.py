"""An owner who asks again and again, knows who wrote when, and subtracts; and the truth beside it.

What the attacker knows: every answer ever given, word for word; the rules by which they are made, and so
which state of the notes each of them tells; of each note the pairing, and when it was added, changed,
hidden or erased. What they don't know is what any note says. Of answers on states between which few
pairings moved, or whose numbers differ by few, they claim what logic gives.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any, Protocol, cast

import numpy as np
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection

from coach.advice.learnings import LearningsAsk, hold, learnings_brief, next_release
from coach.advice.progress import in_period
from coach.advice.searching import Searching
from coach.advice.themes import carried_anew, material
from coach.domain.releases import ToldTheme
from coach.domain.visibility import Person
from coach.records.database import open_database
from coach.records.migrate import migrate
from coach.records.records import Records as StoredRecords
from coach.rules.suppression import Suppression
from tests.fakes import NOW, word_vectors
from tests.integration.moving_notes import (
    BEGIN,
    LEAST,
    OWNER,
    PROGRAM,
    TOPICS,
    Answer,
    Key,
    World,
    settle,
)
from tests.integration.subtracting import claims

PERIOD = timedelta(days=28)


class Asked(Protocol):
    async def __call__(self, world: "World", ask: LearningsAsk) -> Answer: ...


class NoSearch:
    """Vectors of words; nothing is near in meaning."""

    async def near(self, texts: Any, scope: Any, passages: Any, least: float) -> list[list[Any]]:
        return [[] for _ in texts]

    async def vectors(self, scope: Any, passages: Any) -> tuple[Any, Any]:
        told = [_vector(p.excerpt.text) for p in passages]
        return np.array(told).reshape(len(told), -1), np.ones(len(told), bool)


@cache
def _vector(text: str) -> Any:
    return word_vectors([text])[0]


async def released(world: World, ask: LearningsAsk) -> Answer:
    """As the coach answers: from the releases."""
    records, actor, search = world.records, Person(OWNER), Searching(cast(Any, NoSearch()))
    made = await next_release(records, search, actor, ask, world.now, PERIOD)
    if made is not None:
        assert await hold(records, made)
        world.released.append(world.state)
    brief = await learnings_brief(records, actor, ask, world.now)
    chosen = [theme for theme in brief.themes if theme.id in brief.chosen]
    told = {
        _key(theme.words, theme.difficulty, theme.lesson): (theme.pairings, theme.learned, theme.struggling)
        for theme in chosen
    }
    state = world.released[brief.release - 1] if brief.release else 0
    return Answer(state, None, None, ask.since is None and ask.limit >= len(TOPICS), told)


async def afresh(world: World, ask: LearningsAsk) -> Answer:
    """As it was before there were releases: from the notes of the moment and the period asked for."""
    read = await material(world.records, cast(Any, NoSearch()), PROGRAM)
    within = [in_period(told.passage.excerpt.held_at, ask.since, ask.until) for told in read.told]
    told = [told for told, counts in zip(read.told, within, strict=True) if counts]
    read = replace(read, told=told, vectors=read.vectors[np.array(within, bool)])
    fresh = Suppression(LEAST, {})
    themes = fresh.next_themes((), {}, carried_anew(read, ()), world.now)
    chosen = sorted(themes, key=lambda theme: -theme.carriers.number)[: ask.limit]
    answered = {_key_of(theme): theme.numbers for theme in chosen}
    return Answer(world.state, ask.since, ask.until, len(chosen) == len(themes), answered)


def _key_of(theme: ToldTheme) -> Key:
    return _key(theme.about.words, theme.about.difficulty, theme.about.lesson)


def _key(words: tuple[str, ...], difficulty: str | None, lesson: str | None) -> Key:
    return (f"known {difficulty or lesson}",) if difficulty or lesson else tuple(sorted(words))


async def sequence(records: StoredRecords, seed: int, asked: Asked) -> Counter[str]:
    """Requests among moves; what was claimed of them, and what of that was right."""
    dice = Random(seed)
    world, answers = World(records, dice), list[Answer]()
    for _ in range(dice.randint(4, 9)):
        await world.move()
    for _ in range(dice.randint(6, 9)):
        for _ in range(dice.choice((0, 1, 1, 1, 2, 4))):
            await world.move()
        world.now += dice.choice((timedelta(hours=1), timedelta(days=2), timedelta(days=29)))
        answers.append(await asked(world, _ask(dice, world.now)))
    score = Counter[str]()
    for kind, is_right in claims(world, answers):
        score[f"{kind} claimed"] += 1
        score[kind] += is_right
    score["told"] = sum(len(answer.themes) for answer in answers)
    score["changed"] = sum(a.themes != b.themes for a, b in pairwise(answers))
    return score


def _ask(dice: Random, now: datetime) -> LearningsAsk:
    """Mostly for everything, so that nothing is missed; else any period and limit."""
    if dice.random() < 0.6:
        return LearningsAsk("program", limit=50)
    days = [BEGIN + timedelta(days=15 + 30 * n) for n in range(3)] + [
        now - timedelta(days=d) for d in (0, 9, 40)
    ]
    since, until = dice.choice([None, *days]), dice.choice([None, None, *days])
    if since and until and since > until:
        since, until = until, since
    return LearningsAsk("program", since, until, dice.choice((1, 3, 50)))


class AtOnce:
    """A connection as the records use it, without the threads that an asynchronous driver waits for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, *asked: Any) -> Any:
        return self._connection.execute(*asked)


@asynccontextmanager
async def undone(engine: Engine) -> AsyncIterator[StoredRecords]:
    """Records in a transaction that is rolled back."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield StoredRecords(cast(AsyncConnection, AtOnce(connection)), lambda: NOW)
        transaction.rollback()


def attack(place: Path, seeds: range, asked: Asked) -> Counter[str]:
    """The sum of many sequences, each on a program without notes, in a database at `place`."""
    return asyncio.run(_attack(place, seeds, asked))


def attack_by_halves(folder: Path, seeds: range, asked: Asked) -> Counter[str]:
    """The same in two processes."""
    halves = seeds[::2], seeds[1::2]
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        parts = [processes.submit(attack, folder / f"{n}.db", half, asked) for n, half in enumerate(halves)]
        return sum((part.result() for part in parts), Counter[str]())


async def _attack(place: Path, seeds: range, asked: Asked) -> Counter[str]:
    database = open_database(f"sqlite+aiosqlite:///{place}", lambda: NOW)
    await migrate(database)
    async with database.writing() as records:
        await settle(records)
    await database.close()
    engine, score = create_engine(f"sqlite:///{place}"), Counter[str]()
    for seed in seeds:
        async with undone(engine) as records:
            score += await sequence(records, seed, asked)
    engine.dispose()
    return score
