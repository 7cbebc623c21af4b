"""Which language a text is written in."""

from functools import cache
from importlib import resources
from typing import Any

from coach.language.kept import Kept

_ENOUGH_LETTERS = 12
_READ = 600
_told = Kept[str](20_000)


@cache
def languages() -> tuple[str, ...]:
    """Those that have their wordings beside this module, by their two-letter codes."""
    files = resources.files("coach.language").joinpath("cues").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(languages()))
    return identifier


def language_of(text: str, otherwise: str = "en") -> str:
    """One of the languages there are, told by the beginning of the text; `otherwise` for hardly any words."""
    beginning = text[:_READ]
    if len(languages()) == 1 or sum(map(str.isalpha, beginning)) < _ENOUGH_LETTERS:
        return otherwise
    return _classified(beginning)


def _classified(text: str) -> str:
    return _told.of(text, lambda: str(_identifier().classify(text)[0]))
