"""Serving: the service proper, and the demonstration."""

import secrets
import shutil
from contextlib import suppress

import click
import uvicorn
from pydantic import SecretStr

from api.app import create_app
from api.demo import PROGRAM, demo_key, demo_lines, demo_owner, demo_pairs, demo_people
from api.jobs import import_lines
from coach.domain.ids import imported_id
from coach.domain.visibility import Operator
from coach.settings import Settings
from coach.setup.people import give_token
from coach.wiring import Service, open_service

_HEADER = "-H 'Content-Type: application/json'"


async def serve() -> None:
    settings = Settings()
    if settings.admin_token is None:
        click.echo("COUNTERPART_ADMIN_TOKEN is not set: nobody can set programs up until it is.", err=True)
    async with open_service(settings) as service:
        await _listen(service)


async def demo(fresh: bool) -> None:
    given = Settings()
    admin = given.admin_token or SecretStr(f"admin_{secrets.token_urlsafe(16)}")
    settings = given.model_copy(update={"data_dir": given.data_dir / "demo", "admin_token": admin})
    if fresh:
        shutil.rmtree(settings.data_dir, ignore_errors=True)
    async with open_service(settings) as service:
        click.echo("Loading the demonstration program; the first time takes a minute or so ...")
        await import_lines(service, [line.encode() for line in demo_lines(service.clock())])
        click.echo(await _welcome(service))
        await _listen(service)


async def _listen(service: Service) -> None:
    settings = service.settings
    config = uvicorn.Config(
        create_app(service),
        host=settings.host,
        port=settings.port,
        log_level="info",
        access_log=False,
        timeout_graceful_shutdown=10,
    )
    with suppress(KeyboardInterrupt):
        await uvicorn.Server(config).serve()


async def _welcome(service: Service) -> str:
    """Addresses, tokens, and three commands to try."""
    address = f"http://{service.settings.host}:{service.settings.port}"
    rows = [(key, told, await _token(service, key)) for key, told in demo_people()]
    tokens = {key: token for key, _, token in rows}
    pair = demo_pairs()[0]
    mentor, mentee = pair["mentors"][0], pair["mentees"][0]
    home = f"{address}/v1/pairings/{imported_id('pairing', demo_key(pair['key']))}"
    program = f"{address}/v1/programs/{imported_id('program', PROGRAM)}"
    owner = demo_owner()
    assert service.settings.admin_token is not None
    tries = (
        (
            f"{mentor['name']} asks for the next agenda:",
            f"{home}/agenda",
            tokens[mentor["key"]],
            '{"minutes": 60}',
        ),
        (f"{mentee['name']} asks what to reflect on:", f"{home}/reflection", tokens[mentee["key"]], "{}"),
        (
            f"{owner['name']} reads what the program has learned:",
            f"{program}/learnings",
            tokens[owner["key"]],
            "{}",
        ),
    )
    return "\n".join(
        [
            "",
            f"Counterpart serves at {address} (interface: {address}/docs)",
            "",
            "Tokens",
            *(f"  {told:<44} {token}" for _, told, token in rows),
            f"  {'the operator':<44} {service.settings.admin_token.get_secret_value()}",
            "",
            "Try",
            *(
                f"  # {what}\n  curl -s {url} -H 'Authorization: Bearer {token}' {_HEADER} -d '{body}'\n"
                for what, url, token, body in tries
            ),
        ]
    )


async def _token(service: Service, key: str) -> str:
    async with service.database.writing() as records:
        holder = imported_id("participant", demo_key(key))
        token, _ = await give_token(records, Operator(), service.clock(), holder)
    return token
