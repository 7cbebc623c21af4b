"""The demonstration: the program is loaded once, and served with tokens and what to try."""

import secrets
import shutil
from contextlib import suppress

import click
from pydantic import SecretStr

from api.demo import PROGRAM, demo_key, demo_lines, demo_owner, demo_pairs, demo_people
from api.jobs import import_lines
from api.running import listen, listening_socket
from coach.domain.ids import imported_id
from coach.domain.visibility import Operator
from coach.errors import NotFound
from coach.service import Service
from coach.settings import Settings
from coach.setup.tokens import Wanted, give_token
from coach.wiring import open_service

_HEADER = "-H 'Content-Type: application/json'"
_WANTED = Wanted(label="demonstration", expires_in_days=30)


async def demo(fresh: bool) -> None:
    given = Settings()
    admin = given.admin_token or SecretStr(f"admin_{secrets.token_urlsafe(16)}")
    settings = given.model_copy(update={"data_dir": given.data_dir / "demo", "admin_token": admin})
    if fresh:
        shutil.rmtree(settings.data_dir, ignore_errors=True)
    async with open_service(settings) as service:
        with listening_socket(settings) as listening:
            await _load(service)
            click.echo(await _welcome(service))
            await listen(service, listening)


async def _load(service: Service) -> None:
    """Import the program unless that was done before: what was erased from it stays erased."""
    loaded = service.settings.data_dir / "loaded"
    if not loaded.exists():
        click.echo("Loading the demonstration program; it takes half a minute or so ...")
        await import_lines(service, list(demo_lines(service.clock())))
        loaded.touch()


async def _welcome(service: Service) -> str:
    """Addresses, tokens, and three commands to try."""
    address = f"http://{service.settings.host}:{service.settings.port}"
    asked = [(key, told, await _token(service, key)) for key, told in demo_people()]
    rows = [(key, told, token) for key, told, token in asked if token]
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
            mentor["key"],
            '{"minutes": 60}',
        ),
        (f"{mentee['name']} asks what to reflect on:", f"{home}/reflection", mentee["key"], "{}"),
        (
            f"{owner['name']} reads what the program has learned:",
            f"{program}/learnings",
            owner["key"],
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
                f"  # {what}\n"
                f"  curl -s {url} -H 'Authorization: Bearer {tokens[key]}' {_HEADER} -d '{body}'\n"
                for what, url, key, body in tries
                if key in tokens
            ),
        ]
    )


async def _token(service: Service, key: str) -> str | None:
    """A new token that works for a month; None for someone who was erased since."""
    async with service.database.writing() as records:
        holder = imported_id("participant", demo_key(key))
        with suppress(NotFound):
            return (await give_token(records, Operator(), service.clock(), holder, _WANTED)).token
    return None
