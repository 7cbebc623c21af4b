"""The FastAPI application around a service."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline

from api import docs, errors
from api.deps import require_possible_ids
from api.description import describe
from api.limits import BodyLimit, TimeLimit
from api.middleware import Measured, Metrics
from api.routes import (
    audit,
    coaching,
    erasing,
    members,
    models,
    notes,
    operating,
    programs,
    tokens,
    usage,
    work,
)
from api.security import secure
from api.signing_on import open_signing_on
from api.throttling import Ticks
from coach.service import Service

if TYPE_CHECKING:
    from api.oidc_keys import Source

DESCRIPTION = """
A session coach and knowledge-capture service for mentoring programs, reverse mentoring first of all.

Send `Authorization: Bearer TOKEN`: the operator's sets programs up, a participant's acts as that person,
as far as its scopes go: `read` (to read and search), `write` (to record, change and erase) and `coach` (to
ask for suggestions). Each call below says which one it needs; a token without it is answered 403, and what
its holder may not know of 404. Who asks too often is answered 429 with `Retry-After`.
"""


def create_app(service: Service, *, keys: "Source | None" = None, ticks: Ticks = time.monotonic) -> FastAPI:
    """The application; while it runs it keeps the service's index whole.

    `keys`: where those of single sign-on come from, unless from the issuer that the settings name.
    """
    signing_on = open_signing_on(service, keys, ticks)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        keeping = asyncio.create_task(service.keep_whole())
        yield
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await signing_on.stop()

    app = FastAPIOffline(
        docs_url=None,
        redoc_url=None,
        static_url=docs.STATIC,
        title="Counterpart",
        version=version("counterpart"),
        description=DESCRIPTION,
        lifespan=lifespan,
        dependencies=[Depends(require_possible_ids)],
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.signing_on = signing_on
    app.state.metrics = Metrics()
    service.spending.tell(app.state.metrics.spent)
    service.outcomes.tell(app.state.metrics.became)
    limits = service.settings
    app.add_middleware(TimeLimit, seconds=limits.llm_timeout + limits.request_timeout)
    app.add_middleware(BodyLimit, most=limits.max_body_bytes, seconds=limits.body_timeout)
    app.add_middleware(Measured, metrics=app.state.metrics)
    secure(app, limits)
    errors.install(app)
    describe(app)
    for routes in (
        programs,
        members,
        tokens,
        work,
        notes,
        erasing,
        coaching,
        usage,
        models,
        audit,
        operating,
        docs,
    ):
        app.include_router(routes.router)
    return app
