"""The FastAPI application around a service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import errors
from api.description import describe
from api.middleware import BodyLimit, Measured, Metrics
from api.routes import coaching, notes, operating, programs, usage, work
from coach.service import Service

DESCRIPTION = """
A session coach and knowledge-capture service for mentoring programs, reverse mentoring first of all.

Send `Authorization: Bearer TOKEN`: the operator's sets programs up, a participant's acts as that person.
"""


def create_app(service: Service) -> FastAPI:
    """The application; while it runs it keeps the service's index whole."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        keeping = asyncio.create_task(service.keep_whole())
        yield
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping

    app = FastAPIOffline(
        redoc_url=None,
        title="Counterpart",
        version=version("counterpart"),
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.metrics = Metrics()
    service.spending.tell(app.state.metrics.spent)
    service.outcomes.tell(app.state.metrics.became)
    app.add_middleware(Measured, metrics=app.state.metrics)
    app.add_middleware(BodyLimit, most=service.settings.max_body_bytes)
    errors.install(app)
    describe(app)
    for routes in (programs, work, notes, coaching, usage, operating):
        app.include_router(routes.router)
    return app
