"""Identifiers: opaque, and for imported records derived from the key the importer gave."""

from uuid import UUID, uuid4, uuid5

_IMPORTS = UUID("6f0d3a52-5a0e-4a5b-9c3e-0f1d5c7e2b11")


def new_id() -> str:
    return uuid4().hex


def imported_id(kind: str, key: str) -> str:
    """The same id for the same kind and key, so that importing twice changes nothing."""
    return uuid5(_IMPORTS, f"{kind}:{key}").hex
