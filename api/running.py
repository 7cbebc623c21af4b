"""Serving over HTTP."""

import logging
import socket
from contextlib import suppress

import click
import uvicorn

from api.connections import guarded
from api.importing import importing
from api.logs import logging_of
from coach.discretion import Secrets
from coach.errors import SettingUnusable
from coach.service import Service
from coach.settings import Settings
from coach.wiring import open_service


async def serve() -> None:
    settings = Settings()
    if settings.admin_token is None:
        click.echo("COUNTERPART_ADMIN_TOKEN is not set: nobody can set programs up until it is.", err=True)
    async with open_service(settings) as service:
        with listening_socket(settings) as listening:
            await listen(service, listening)


async def listen(service: Service, listening: socket.socket) -> None:
    """The application is imported only here, while the model loads in a thread of its own."""
    with importing():
        from api.app import create_app
    config = uvicorn.Config(
        create_app(service),
        log_config=logging_of(Secrets.of(service.settings)),
        access_log=False,
        timeout_graceful_shutdown=10,
        **guarded(),
    )
    host, port = listening.getsockname()[:2]
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    logging.getLogger("uvicorn.error").info("Counterpart is running on http://%s (stop: Ctrl+C)", place)
    with suppress(KeyboardInterrupt):
        await uvicorn.Server(config).serve([listening])


def listening_socket(settings: Settings) -> socket.socket:
    """A socket on the address that the settings name, or SettingUnusable."""
    try:
        return socket.create_server((settings.host, settings.port), family=_family(settings.host))
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        raise SettingUnusable(
            f"can't listen on {place} ({error.strerror}); set COUNTERPART_HOST or COUNTERPART_PORT"
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
