"""The demonstration program: eight reverse pairs, told in YAML with dates relative to today."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from typing import Any

import yaml

from coach.capture.import_lines import line_of

PROGRAM = "demo"
_HOUR = time(15, 0)


def demo_lines(now: datetime) -> Iterator[bytes]:
    """The program as lines of the import format."""
    told = demo_program()
    yield line_of("program", key=PROGRAM, **{k: v for k, v in told["program"].items() if k != "key"})
    for owner in told["owners"]:
        yield _person(owner, "owner")
    for pair in demo_pairs():
        yield from _pair_lines(pair, now)


def demo_pairs() -> list[dict[str, Any]]:
    """The pairs as they stand in their files, in the order of their names."""
    files = sorted(resources.files("api.demo").joinpath("pairs").iterdir(), key=lambda file: file.name)
    return [yaml.safe_load(file.read_text("utf-8")) for file in files if file.name.endswith(".yaml")]


def demo_owner() -> dict[str, Any]:
    """The first owner of the program."""
    return demo_owners()[0]


def demo_owners() -> list[dict[str, Any]]:
    owners: list[dict[str, Any]] = demo_program()["owners"]
    return owners


def demo_people() -> list[tuple[str, str]]:
    """Everyone's key, and who they are in a few words."""
    members = [
        (person["key"], f"{person['name']}, {role}, {pair['key']}")
        for pair in demo_pairs()
        for role in ("mentor", "mentee")
        for person in pair[f"{role}s"]
    ]
    return [*members, *((owner["key"], f"{owner['name']}, owner") for owner in demo_program()["owners"])]


def demo_key(*parts: str) -> str:
    """The import key of a demonstration record, such as `demo/pair-01/n3`."""
    return "/".join((PROGRAM, *parts))


def demo_program() -> dict[str, Any]:
    """The program and its owners as they stand in their file."""
    told: dict[str, Any] = yaml.safe_load(
        resources.files("api.demo").joinpath("program.yaml").read_text("utf-8")
    )
    return told


def _pair_lines(pair: dict[str, Any], now: datetime) -> Iterator[bytes]:
    home = demo_key(pair["key"])
    for role in ("mentor", "mentee"):
        for person in pair[f"{role}s"]:
            yield _person(person, role)
    sides = {f"{role}s": [demo_key(p["key"]) for p in pair[f"{role}s"]] for role in ("mentor", "mentee")}
    yield line_of("pairing", key=home, program=PROGRAM, kind=pair["kind"], **sides)
    for kind in ("goal", "action"):
        for record in pair[f"{kind}s"]:
            yield line_of(kind, pairing=home, **_work(pair["key"], record, now))
    for session in pair["sessions"]:
        key = demo_key(pair["key"], session["key"])
        held = datetime.combine(now.date() - timedelta(days=session["days_ago"]), _HOUR, UTC)
        about = {"format": session["format"], "minutes": session["minutes"]}
        yield line_of("session", key=key, pairing=home, held_at=held.isoformat(), **about)
        for note in session["notes"]:
            about = {name: note[name] for name in ("visibility", "kind", "text")}
            note_key = demo_key(pair["key"], note["key"])
            yield line_of("note", key=note_key, session=key, author=demo_key(note["author"]), **about)


def _person(person: dict[str, Any], role: str) -> bytes:
    about = {name: value for name, value in person.items() if name != "key"}
    return line_of("participant", key=demo_key(person["key"]), program=PROGRAM, role=role, **about)


def _work(pair: str, record: dict[str, Any], now: datetime) -> dict[str, Any]:
    told = {name: value for name, value in record.items() if name not in ("key", "owner", "due_in_days")}
    told["key"] = demo_key(pair, record["key"])
    if record.get("owner"):
        told["owner"] = demo_key(record["owner"])
    if record.get("due_in_days") is not None:
        told["due"] = (now.date() + timedelta(days=record["due_in_days"])).isoformat()
    return told
