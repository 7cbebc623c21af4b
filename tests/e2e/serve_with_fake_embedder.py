"""The real service and server with the tests' embedder, for when a model's load would take too long.

Run as `python -m tests.e2e.serve_with_fake_embedder`; settings come from the environment, as for
`counterpart serve`.
"""

import asyncio
import sys

import uvicorn

from api.app import create_app
from api.connections import guarded
from api.logs import logging_of
from coach.discretion import Secrets
from coach.errors import CounterpartError
from coach.settings import Settings
from coach.wiring import open_service
from tests.fakes import WordEmbedder, WordReader


async def main() -> None:
    settings = Settings()
    async with open_service(settings, embedder_of=lambda _: WordEmbedder(), reader=WordReader()) as service:
        config = uvicorn.Config(
            create_app(service),
            host=settings.host,
            port=settings.port,
            log_config=logging_of(Secrets.of(settings)),
            access_log=False,
            timeout_graceful_shutdown=10,
            **guarded(),
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except CounterpartError as error:
        sys.exit(f"counterpart: {error.detail}")
