"""The demonstration program as a fixture: its pairs as they are shown, and what their agendas must cover."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from api.demo import demo_pairs, demo_program
from evals.cases.loading import Case
from evals.cases.schema import Pair, Program
from evals.yaml_file import yaml_in

AGENDAS = Path(__file__).parents[1] / "fixtures" / "demo_agendas.yaml"
_ABOUT = "A pair of the demonstration program"
_HOUR = time(15, 0)


def demonstration(today: date) -> Case:
    """Eight pairs; of the labels they have agendas alone, which were written without a look at the coach."""
    told = demo_program()
    gold = {one["pair"]: one["agenda"] for one in yaml_in(AGENDAS)}
    program = Program(
        **{**told["program"], "key": "demo"}, today=today, owners=[_known(o) for o in told["owners"]]
    )
    return Case(program, tuple(_pair(pair, gold[pair["key"]], today) for pair in demo_pairs()))


def _pair(told: dict[str, Any], agenda: list[dict[str, Any]], today: date) -> Pair:
    people = {f"{side}s": [_known(person) for person in told[f"{side}s"]] for side in ("mentor", "mentee")}
    work = {kind: [_dated(record, today) for record in told[kind]] for kind in ("goals", "actions")}
    sessions = [_held(session, today) for session in told["sessions"]]
    about = {"key": told["key"], "kind": told["kind"], "about": _ABOUT, "agenda": agenda}
    return Pair.model_validate({**about, **people, **work, "sessions": sessions})


def _known(person: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in person.items() if name != "email"}


def _dated(record: dict[str, Any], today: date) -> dict[str, Any]:
    due = record.get("due_in_days")
    told = {name: value for name, value in record.items() if name != "due_in_days"}
    return told if due is None else {**told, "due": today + timedelta(days=due)}


def _held(session: dict[str, Any], today: date) -> dict[str, Any]:
    told = {name: value for name, value in session.items() if name != "days_ago"}
    held = datetime.combine(today - timedelta(days=session["days_ago"]), _HOUR, UTC)
    return {**told, "held_at": held}
