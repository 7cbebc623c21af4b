"""An attacker with everybody's tokens tries every route with words and ids of what is not theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest

from api.app import create_app
from coach.settings import Settings
from coach.wiring import open_service
from tests.conftest import client_for
from tests.fakes import NOW, WordEmbedder, WordReader
from tests.probing.obeying import ObeyingModel, obeying_drafter
from tests.probing.operations import operations_of
from tests.probing.prober import Prober, Report
from tests.probing.world import ProbedWorld

_ENGINES = ("offline", "obeying")


class Ticking:
    """A clock that never tells the same moment twice."""

    def __init__(self) -> None:
        self._ticks = count()

    def __call__(self) -> datetime:
        return NOW + timedelta(milliseconds=next(self._ticks))


@asynccontextmanager
async def probing(settings: Settings, engine: str, seed: int) -> AsyncIterator[Prober]:
    model = ObeyingModel()
    drafter = obeying_drafter(model) if engine == "obeying" else None
    async with (
        open_service(
            settings.model_copy(update={"rate_per_minute": 0, "rate_suggestions_per_minute": 0}),
            embedder_of=lambda _: WordEmbedder(),
            reader=WordReader(),
            drafter=drafter,
            clock=Ticking(),
        ) as service,
        client_for(service) as client,
    ):
        world = await ProbedWorld(client, Random(seed)).build()
        operations = operations_of(create_app(service).openapi())
        yield Prober(world, operations, model.take_shown)
        assert (model.said > 0) is (engine == "obeying")


def _check(report: Report, probes: int) -> None:
    told = (
        f"{report.probes} probes, {report.streamed} streamed, {report.twins} twins, {report.allowed} reached"
    )
    print(told, {int(status): n for status, n in report.statuses.items()}, *report.faults[:5], sep="\n")
    assert not report.faults, f"{len(report.faults)} leaks\n" + "\n".join(report.faults[:5])
    assert report.probes == probes
    assert report.streamed > probes / 50
    assert report.twins > probes / 5
    assert report.allowed > probes / 50


@pytest.mark.parametrize("engine", _ENGINES)
async def test_some_probes_bring_nothing_back_that_is_not_the_readers(
    settings: Settings, engine: str
) -> None:
    async with probing(settings, engine, seed=7) as prober:
        _check(await prober.run(150), 150)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("engine", _ENGINES)
async def test_ten_thousand_probes_bring_nothing_back_that_is_not_the_readers(
    settings: Settings, engine: str
) -> None:
    async with probing(settings, engine, seed=2027) as prober:
        report = await prober.run(10_000)
        _check(report, 10_000)
        assert len(report.operations) == len(prober.operations)
