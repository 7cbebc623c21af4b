"""Prompts are files: one for each kind of advice, with a system and a user part.

The parts stand under the headings `# system` and `# user` of a Jinja2 template, in which a variable
that is not given is an error. A prompt's version is a hash of its content.

What people wrote stands in the user part alone, between tags or quotation marks that it can't close;
only names stand free, and of them letters and figures alone.
"""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

_SYSTEM, _USER = "# system\n", "# user\n"
_NO_NAME = re.compile(r"[^\w '’.\-]|_|\.(?=\S)")
_LONGEST_NAMES = 200
_OF_CHATS = re.compile(r"\[(/?[A-Z][A-Z_]{2,})\]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    version: str
    system: str
    user: str

    def render(self, **variables: Any) -> tuple[str, str]:
        """The system and the user part; UndefinedError where a variable is missing."""
        return _rendered(self.system, variables), _rendered(self.user, variables)


def _rendered(template: str, variables: dict[str, Any]) -> str:
    return _template(template).render(variables).strip()


@cache
def _template(text: str) -> Template:
    environment = Environment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        finalize=_as_data,
    )
    environment.filters.update(line=_on_one_line, name=_as_name)
    return environment.from_string(text)


def _as_data(value: Any) -> Any:
    """What people wrote can open and close no tag of ours, nor a turn of the chat."""
    if not isinstance(value, str):
        return value
    told = _UNSEEN.sub("", value).replace("<", "‹").replace(">", "›")
    return _OF_CHATS.sub(r"‹\1›", told)


def _on_one_line(value: str) -> str:
    """What stands in a line of ours between quotation marks can leave neither."""
    return " ".join(_UNSEEN.sub(" ", str(value)).replace('"', "”").split())


def _as_name(value: str) -> str:
    """Names, as short as they are, of which no sentence, tag or heading can be made."""
    return _NO_NAME.sub("", _on_one_line(value))[:_LONGEST_NAMES]


@cache
def prompt(name: str) -> Prompt:
    """The prompt in `NAME.md` with the shared rules before its own; FileNotFoundError when there is none.

    Its version counts the prompt in that lines are given back to be mended, too.
    """
    shared = _read("shared")
    own = _read(name)
    system, _, user = own.partition(_USER)
    version = sha256(f"{shared}{own}{_read('repair')}".encode()).hexdigest()[:12]
    return Prompt(name, version, f"{shared}\n{system.removeprefix(_SYSTEM)}", user)


def _read(name: str) -> str:
    return resources.files("prompts").joinpath(f"{name}.md").read_text("utf-8")


def prompt_versions() -> dict[str, str]:
    """Every prompt's version by its name."""
    files = (file.name for file in resources.files("prompts").iterdir())
    names = sorted(name.removesuffix(".md") for name in files if name.endswith(".md"))
    return {name: prompt(name).version for name in names if name != "shared"}
