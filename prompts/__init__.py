"""Prompts are files: one for each kind of advice, with a system and a user part.

The parts stand under the headings `# system` and `# user` of a Jinja2 template, in which a variable
that is not given is an error. A prompt's version is a hash of its content.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

_SYSTEM, _USER = "# system\n", "# user\n"


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
    return environment.from_string(text)


def _as_data(value: Any) -> Any:
    """What people wrote can open and close no tag of ours."""
    return value.replace("<", "‹").replace(">", "›") if isinstance(value, str) else value


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
