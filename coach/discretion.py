"""The secrets that the settings hold, and texts without them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from pydantic import SecretStr

from coach.settings import Settings

_IN_URL = re.compile(r"^[^:/]*://([^/].*)@", re.DOTALL)
_IN_QUERY = re.compile(r"[?&][^=&]*(?:password|token|key|secret)[^=&]*=([^&]+)", re.IGNORECASE)
_BETWEEN = re.compile(r"[:/@?#\[\]]")
_LEAST = 4
_INSTEAD = "***"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Values that no text may tell."""

    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Secrets":
        """Tokens, keys, and passwords within addresses, whole and in the pieces that errors quote."""
        found = set[str]()
        for value in dict(settings).values():
            if isinstance(value, SecretStr):
                found.add(value.get_secret_value())
            elif isinstance(value, str) and "://" in value:
                found |= {each for within in _IN_URL.findall(value) for each in _pieces(within)}
                found |= {each for within in _IN_QUERY.findall(value) for each in (within, unquote(within))}
        return cls(tuple(sorted((each for each in found if len(each) >= _LEAST), key=len, reverse=True)))

    def out_of(self, text: str) -> str:
        for value in self.values:
            text = text.replace(value, _INSTEAD)
        return text


def _pieces(user_and_password: str) -> Iterable[str]:
    """The password, and parts of it that parsers tell when its special characters were not escaped."""
    password = user_and_password.partition(":")[2] or user_and_password
    parts = (part for part in _BETWEEN.split(password) if len(part) >= _LEAST)
    for secret in (user_and_password, password, *parts):
        yield secret
        yield unquote(secret)
