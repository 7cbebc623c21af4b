"""Emails, links, phone numbers and identifiers in texts, by libraries that know their forms.

Figures are left alone: money, shares, days, times, counts and versions.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from ipaddress import ip_address
from threading import Lock
from typing import Any

import phonenumbers
from linkify_it import LinkifyIt

from coach.drafting.stretches import stretches

Span = tuple[int, int, str]

_REGIONS = ("DE", "FR", "ES", "GB", "US", "CH", "AT", "IE", "NL", "BE", "MX")
_LEAST_DIGITS = 7
# What every number to call and every identifier holds: six figures close together, or signs of a hash.
_JOINED = re.compile(r"\w[.:]\w|@\w|://|::")
_DENSE = re.compile(r"(?:\d[\s()./-]{0,3}){6}|[0-9a-fA-F]{8}")
_DAYS = re.compile(
    r"(?<![\d.])(?:\d{4}([-/.])[01]?\d\1[0-3]?\d|[0-3]?\d([-/.])[0-3]?\d\2(?:\d{4}|\d\d))(?![\d-]|[./]\d)"
)
_CALLABLE = re.compile(r"(?<![\w.,€$£%:/+-])(?:\+|00|\(\+?)?\d[\d\s()./-]{5,24}\d(?![\w%]|[.,:]\d)")
_OF_PHONES = re.compile(r"[+(]|0|\d{3}([-. ])\d{3}\1\d{4}$|[6-9]\d{2}( )\d{2}\2\d{2}\2\d{2}$")
_YEARS = re.compile(r"(?:(?:19|20)\d\d\D+)+(?:19|20)\d\d")
_MONEY_AFTER = re.compile(
    r"\s*(?:[€$£%]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|Mio|Tsd)\b)", re.IGNORECASE
)
_MONEY_BEFORE = re.compile(r"(?:[€$£]|\b(?:EUR|USD|GBP|CHF))\s*$", re.IGNORECASE)
_TELLS_OF_CALLS = re.compile(
    r"\b(?:tel|t[eé]l[eé]f?|phone|mobil|m[oó]vil|handy|call|ring|dial|whatsapp|signal|sms|text|fax|anruf|ruf|"
    r"nummer|number|appel|num[eé]ro|n[uú]mero|ll[aá]m)",
    re.IGNORECASE,
)
_VERSION_BEFORE = re.compile(r"(?:\bv|versi[oó]n\s*|release\s*|build\s*)$", re.IGNORECASE)
_LOOK_BACK = 24
_AS_TYPED = str.maketrans(
    dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
        " ",
    )
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "-")
)
_ONE_AT_A_TIME = Lock()
_CAPITAL_END = re.compile(r"\.[^./]*[A-Z][^./]*$")


def _stdnum(name: str) -> Callable[[str], bool]:
    """The check of an identifier's form and check digits, loaded when it is first needed."""

    return lambda text: bool(_module(name).is_valid(text))


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")


def _is_address(text: str) -> bool:
    """Of a computer: of its network card, or in a network."""
    if _CARD_ADDRESS.fullmatch(text):
        return True
    with suppress(ValueError):
        return bool(ip_address(text))
    return False


def _always(_: str) -> bool:
    return True


def _is_card(text: str) -> bool:
    return _stdnum("luhn")("".join(filter(str.isdigit, text)))


def _mixed(text: str) -> bool:
    """Letters and many figures, as in "INV-2027-001234"."""
    return sum(map(str.isdigit, text)) >= 7 and any(map(str.isalpha, text))


_GERMAN_PENSION = r"\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}"
_BRITISH_INSURANCE = r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]"
Form = tuple[re.Pattern[str], tuple[Callable[[str], bool], ...]]


def _forms(*told: tuple[str, tuple[Callable[[str], bool], ...]]) -> tuple[Form, ...]:
    return tuple(
        (re.compile(rf"(?<![\w-])(?:{form})(?![\w-])", re.IGNORECASE), checks) for form, checks in told
    )


_IDENTIFIERS = _forms(
    (r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", (_always,)),
    (r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?", (_stdnum("iban"),)),
    (r"\d(?:[ -]?\d){12,18}", (_is_card,)),
    (_GERMAN_PENSION, (_always,)),
    (_BRITISH_INSURANCE, (_always,)),
    (r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", (_stdnum("fr.nir"),)),
    (r"[XYZ]?-?\d{7,8}-?[A-Z]", (_stdnum("es.nif"), _stdnum("es.nie"), _stdnum("es.dni"))),
    (r"756\.?\d{4}\.?\d{4}\.?\d{2}", (_stdnum("ch.ssn"),)),
    (r"\d{3}-\d{2}-\d{4}", (_stdnum("us.ssn"),)),
    (r"\d{3} \d{3} \d{4}", (_stdnum("gb.nhs"),)),
    (r"\d{2} ?\d{3} ?\d{3} ?\d{3}", (_stdnum("de.idnr"),)),
    (r"\d{4} ?\d{6}", (_stdnum("at.vnr"),)),
    (r"[A-Z]{4}\d{6}[A-Z0-9]{8}", (_stdnum("mx.curp"),)),
    (r"\d{7}[A-W][A-IW]?", (_stdnum("ie.pps"),)),
    (r"[A-Z]{2}[A-Z0-9]{8,12}", (_stdnum("eu.vat"),)),
)
_LONG_ONES = _forms(
    (r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{16,}", (_always,)),
    (r"[A-Z0-9]{1,32}(?:[-_/.][A-Z0-9]{1,32}){0,7}", (_mixed,)),
    (r"\d{10,}", (_always,)),
)
_CARD_ADDRESS = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w:]|\.\d)",
    re.IGNORECASE,
)
_ANY_EMAIL = re.compile(r"[^\s@<>()\[\]{},;:\"“”„«»]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_HANDLE = re.compile(r"(?<![\w@.])@[^\W\d]\w[\w.]*\w")


def recognised(text: str) -> Iterator[Span]:
    """Start, end and kind; spans may overlap, and the earlier one given is the surer."""
    for start, end in stretches(text):
        for first, last, kind in _recognised(text[start:end]):
            yield start + first, start + last, kind


def _recognised(text: str) -> Iterator[Span]:
    if _JOINED.search(text):
        yield from _links(text)
        yield from ((*match.span(), "Email") for match in _ANY_EMAIL.finditer(text))
        yield from ((*match.span(), "Handle") for match in _HANDLE.finditer(text))
        yield from _addresses(text)
    text = text.translate(_AS_TYPED)
    if _DENSE.search(text):
        undated = _DAYS.sub(lambda match: "~" * len(match[0]), text)
        yield from _identifiers(undated, _IDENTIFIERS)
        yield from _phones(undated)
        yield from _identifiers(undated, _LONG_ONES)


def _links(text: str) -> Iterator[Span]:
    """What a browser would open, and emails; a full stop without a space after it makes no link."""
    with _ONE_AT_A_TIME:
        found = _linkifier().match(text) or ()
    for match in found:
        is_fuzzy = not match.schema
        host = match.raw.partition("/")[0]
        if not (is_fuzzy and _CAPITAL_END.search(host)):
            yield match.index, match.last_index, "Email" if match.schema == "mailto:" else "Link"


@cache
def _linkifier() -> LinkifyIt:
    return LinkifyIt()


def _addresses(text: str) -> Iterator[Span]:
    for match in _ADDRESS.finditer(text):
        versioned = _VERSION_BEFORE.search(text, max(0, match.start() - _LOOK_BACK), match.start())
        if len(match[0]) > 2 and not versioned and _is_address(match[0]):
            yield *match.span(), "Code"


def _identifiers(text: str, forms: Iterable[Form]) -> Iterator[Span]:
    for form, checks in forms:
        for match in form.finditer(text):
            if not _is_money(text, *match.span()) and any(check(match[0]) for check in checks):
                yield *match.span(), "Code"


def _phones(text: str) -> Iterator[Span]:
    """Numbers that can be called from one of the regions, and are written so or stand beside such a word."""
    for match in _CALLABLE.finditer(text):
        start, end = match.span()
        is_long = sum(map(str.isdigit, match[0])) >= _LEAST_DIGITS
        if is_long and not _YEARS.fullmatch(match[0]):
            told_of = _TELLS_OF_CALLS.search(text, max(0, start - _LOOK_BACK), start)
            may_be = _OF_PHONES.match(match[0]) or told_of
            if may_be and not _is_money(text, start, end):
                yield from ((start + a, start + b, "Phone") for a, b in _numbers_in(match[0]))


def _numbers_in(told: str) -> list[tuple[int, int]]:
    """Where another number follows, the first that can be called."""
    while sum(map(str.isdigit, told)) >= _LEAST_DIGITS:
        for region in (None,) if told.startswith(("+", "(+")) else _REGIONS:
            found = [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(told, region)]
            if found:
                return found
        told = told.rpartition(" ")[0]
    return []


def _is_money(text: str, start: int, end: int) -> bool:
    before = _MONEY_BEFORE.search(text, max(0, start - _LOOK_BACK), start)
    return before is not None or _MONEY_AFTER.match(text, end) is not None
