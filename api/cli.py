"""The command line. Heavy imports wait until a command needs them."""

import os
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from api.importing import importing

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_PRIVATE = 0o077
_IMPORT_FORMAT = """
FILE holds JSON lines (UTF-8), each an object with a "type" and a "key" of your own. Other lines refer to
it by that key, or by an id of this installation, and come after it. A whole small program:

\b
{"type": "program", "key": "p", "name": "Reverse 2027", "objectives": ["Leaders use social media"]}
{"type": "participant", "key": "maya", "program": "p", "name": "Maya Okafor", "role": "mentor"}
{"type": "participant", "key": "ingrid", "program": "p", "name": "Ingrid Berg", "role": "mentee"}
{"type": "pairing", "key": "m", "program": "p", "mentors": ["maya"], "mentees": ["ingrid"], "kind": "reverse"}
{"type": "goal", "key": "g1", "pairing": "m", "title": "Post without help", "due": "2027-06-30"}
{"type": "action", "key": "a1", "pairing": "m", "title": "Draft a post", "owner": "ingrid"}
{"type": "session", "key": "s1", "pairing": "m", "held_at": "2027-03-04T15:00:00Z"}
{"type": "note", "key": "n1", "session": "s1", "author": "maya", "text": "She drafted her first post."}

\b
also for          may be given
program           description, min_group_size (3 or more), retention_days (of transcripts)
participant       role mentor, mentee, owner; email, department, seniority (such as junior, executive);
                  subject (the `sub` of single sign-on)
pairing           kind reverse, traditional, peer, group
goal              description, measure, owner, status open, achieved, dropped; attainment -2 to 2
action            due, status open, done, dropped
session           format one_to_one, workshop, group, remote; minutes
note              visibility private, pair, program; kind note, transcript (lines "Name: words")

Importing the same file again changes nothing. A bad line is reported with its number, the others go in,
and the exit status is 1. FILE may be - for standard input.
"""


class _Pluggable(click.Group):
    """Commands of other packages come in by entry points: this one imports nothing above it."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *_plugged()])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        own = super().get_command(context, name)
        return own or (_plugged()[name].load() if name in _plugged() else None)


@cache
def _plugged() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="counterpart.commands")}


@click.group(
    cls=_Pluggable, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="counterpart")
def main() -> None:
    """Counterpart: a session coach and knowledge-capture service for mentoring programs.

    Settings come from COUNTERPART_ environment variables; the README's table lists them.
    """
    os.umask(_PRIVATE)


@main.command()
def serve() -> None:
    """Serve the coach over HTTP."""
    with importing():
        from api.running import serve as run

    _run(run())


@main.command()
@click.option(
    "--fresh", is_flag=True, help="Load the program anew, dated from today; what you added to it goes."
)
def demo(fresh: bool) -> None:
    """Load the demonstration program, print its tokens and what to try, then serve.

    It lives in a folder of its own (demo in the data directory) and needs no key, model or server.
    """
    from api.demo.serving import demo as run

    _run(run(fresh))


@main.command()
def migrate() -> None:
    """Bring the database's tables to the newest revision; serving does so too."""
    from api.jobs import migrate as run

    _run(run())
    click.echo("The database is up to date.")


@main.command()
@click.option("--model", help="A folder, a hub name, or a model at COUNTERPART_EMBEDDING_BASE_URL.")
@click.option("--rebuild", is_flag=True, help="Build it anew with the model it has.")
def reindex(model: str | None, rebuild: bool) -> None:
    """Build the index anew from the records, with another model or the same; or mend it.

    With --model or --rebuild it is built beside the one that serves, while the service answers; the
    service takes it up by itself when it is whole. Whatever goes wrong before that leaves the old one
    serving, and what it left is removed by the service within a minute. Without them what is pending,
    missing or orphaned is mended, for which the service must be stopped; a running one mends its index by
    itself. The demonstration's data lies in the folder demo of the data directory:
    COUNTERPART_DATA_DIR=data/demo counterpart reindex ...
    """
    from api.jobs import reindex as run
    from coach.settings import Settings
    from coach.wiring import model_asked

    if model is not None and not model.strip():
        _fail("--model needs the name of a model; leave it out to mend the index")
    done = _run(run(model, rebuild))
    how = f"anew with {done.model}" if done.built else "where they were not"
    click.echo(f"{done.mended.indexed} notes indexed {how}, {done.mended.dropped} orphaned passages dropped.")
    if not done.taken_up:
        click.echo("The running service takes the new index up within seconds.")
    if model_asked(Settings()) not in (None, done.model):
        click.echo(f"Set COUNTERPART_EMBEDDING_MODEL={done.model} before the service starts again.", err=True)


@main.command("import", help="Import programs, people, sessions and notes.\n" + _IMPORT_FORMAT)
@click.argument("file", type=click.Path(allow_dash=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    from api.jobs import import_file

    if str(file) != "-" and not file.is_file():
        _fail(f"there is no file {file}")
    report = _run(import_file(file))
    added = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in sorted(report.added.items()))
    click.echo(f"Imported: {added or 'nothing new'}. There already: {report.unchanged}.")
    for number, kept in sorted(report.kept):
        click.echo(f"line {number}: {kept}; it stays as it is", err=True)
    for number, fault in sorted(report.faults):
        click.echo(f"line {number}: {fault}", err=True)
    if report.faults:
        _fail(f"{len(report.faults)} lines were not imported; mend them and import the file again")


def _run(job: Any) -> Any:
    """Run a job; what the domain has to say is told in one line."""
    from pydantic import ValidationError

    from api.looping import run
    from coach.errors import CounterpartError
    from coach.settings import misnamed

    for warning in misnamed(os.environ):
        click.echo(f"counterpart: {warning}", err=True)
    try:
        return run(job)
    except CounterpartError as error:
        _fail(_discreet(error.detail))
    except ValidationError as error:
        told = map(_told, error.errors(include_input=False))
        _fail("a setting can't be used: " + "; ".join(told))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from api.logs import told as traced

        _fail(f"something went wrong here\n{_discreet(traced(error))}")


def _told(fault: "ErrorDetails") -> str:
    """A setting by the name of its variable, whichever of its aliases was read."""
    name = str(fault["loc"][0]).upper().removeprefix("COUNTERPART_")
    return f"COUNTERPART_{name}: {fault['msg'].removeprefix('Value error, ')}"


def _discreet(text: str) -> str:
    """Without the settings' secrets."""
    from coach.discretion import Secrets
    from coach.settings import Settings

    return Secrets.of(Settings()).out_of(text)


def _fail(message: str) -> NoReturn:
    click.echo(f"counterpart: {message}", err=True)
    sys.exit(1)
