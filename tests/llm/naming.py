"""The demonstration's people in the place of placeholders, so that a scripted model knows whom it lies about.

What it says goes back with placeholders, as a model would say it. A placeholder's number is a person's
place among those of the program, by their ids where all were recorded at the same moment.
"""

import re
from functools import cache

from api.demo import demo_key, demo_owners, demo_pairs
from coach.domain.ids import imported_id
from tests.integration.model_replies import Asked

_PLACEHOLDER = re.compile(r"(?i:Person|Family|Middle|Initial)[0-9]+[abdgjkqt]?")


def named(asked: Asked) -> Asked:
    """The request with names."""
    messages = [{**m, "content": _with_names(m["content"])} for m in asked.body["messages"][1:]]
    return Asked({**asked.body, "messages": [asked.body["messages"][0], *messages]})


def unnamed(answer: str) -> str:
    """The answer with placeholders."""
    for placeholder, name in _names().items():
        if placeholder.startswith(("Person", "Family")):
            answer = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", placeholder, answer)
    return answer


def strange(asked: Asked) -> set[str]:
    """Placeholders in what was first asked that stand for nobody's whole name.

    What the model said itself goes back to it in placeholders, too, for half of a name as well.
    """
    return set(_PLACEHOLDER.findall(asked.body["messages"][1]["content"])) - set(_names())


def _with_names(text: str) -> str:
    return _PLACEHOLDER.sub(lambda found: _names().get(found[0], found[0]), text)


@cache
def _names() -> dict[str, str]:
    """Names by their placeholders: who comes first gives a name that several bear its number."""
    members = [p for pair in demo_pairs() for p in (*pair["mentors"], *pair["mentees"])]
    people = {imported_id("participant", demo_key(p["key"])): p["name"] for p in (*members, *demo_owners())}
    held: dict[str, str] = {}
    for number, (_, name) in enumerate(sorted(people.items()), start=1):
        first, *between, last = name.split()
        words = [("Person", first), ("Family", last), *(("Middle", word) for word in between)]
        for kind, word in (*words, ("Initial", f"{first[0]}.")):
            if word not in held.values():
                held[f"{kind}{number}"] = word
                held[f"{kind}{number}".lower()] = word.lower()
    return held
