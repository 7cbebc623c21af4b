"""What commands a machine that reads along is not what people said to each other.

Told by its wording in any of the languages, however its letters are disguised, and by the marks of
machines: turns and tokens of chat templates, forged tags, comments, objects of code.
"""

import codecs
import re
import unicodedata
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator

from coach.language.cues import cues
from coach.language.detection import languages
from coach.language.kept import Kept
from coach.language.sentences import Span
from coach.language.unseen import visible
from coach.language.words import stop_words

_KEPT = Kept[bool](100_000)
_FOREIGN = re.compile(
    r"<!--.*?(?:-->|$)"
    r"|<(?P<element>script|style|e|evidence|instructions?|system|prompt|context|rules?)\b[^<>]{0,200}>"
    r".{0,1000}?</(?P=element)>"
    r"|<\|(?:im_start|start_header_id|system|user|assistant)\|>.{0,1000}?<\|(?:im_end|eot_id|end)\|>"
    r"|\[INST\].{0,1000}?\[/INST\]|<<SYS>>.{0,1000}?<</SYS>>"
    r"|</?(?:e|evidence|instructions?|question|draft|situation|system|prompt|user|assistant)\b[^<>]{0,200}>"
    r"|<\|[a-z_0-9]+\|>|\[/?INST\]|</?s>"
    r"|```[a-z]*|\{\s{0,20}\"[^{}]{0,1000}(?:\{[^{}]{0,1000}\}[^{}]{0,1000}){0,20}\}"
    r"|\{%.{0,300}?%\}|\{\{.{0,300}?\}\}|!!python/\S*(?: \[[^\]\n]*\])?|[\U000e0000-\U000e007f]+"
    r"|[\u202d\u202e][^\u202c\n]{0,1000}\u202c?",
    re.DOTALL | re.IGNORECASE,
)
_HEADED = re.compile(
    r"^[ \t]*(?:#{2,}[ \t]*)(?:system|assistant|user|human|instructions?|response|input)\b[^\n]*\n[^\n]*$"
    r"|^[ \t]*(?:system|assistant|user|human|ai)[ \t]*:[ \t]*\n[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_TURN = re.compile(
    r"^\W*(?:system|système|sistema|assistant|assistent|assistente?|asistente|user|human|developer|tool)\s*:",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"^(?:system|système|sistema)$|\b(?:instructions?|consignes?|anweisung|instrucciones|prompt)\b",
    re.IGNORECASE,
)
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏкмтвнАВЕКМНОРСТУХІЈЅԌԍɡɩαβειοκνρτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlkmtbhABEKMHOPCTYXIJSGggiabeioknptuxwABEZHIKMNOPTYX",
)
_OTHER_LETTERS = re.compile("[\u0370-\u03ff\u0400-\u04ff\u0500-\u052f\u0250-\u02af]")
_LATIN = re.compile(r"[A-Za-z]")
_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(r"(?=\w*[a-zA-Z])(?=\w*[013457@$])[\w@$]{2,}|\b\d[a-z]{1,2}\b")
_SPACED = re.compile(r"\b(?:\w ){3,}\w\b")
_CODE = re.compile(r"\b[A-Za-z0-9+/]{20,}={0,2}")
_LEAST_KNOWN = 0.12
_ENOUGH_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+")


def is_command(sentence: str) -> bool:
    """Whether a sentence was written to make a reader that is no person do something."""
    return _KEPT.of(sentence, lambda: any(map(_commands, _readings(sentence))))


def is_machine(speaker: str) -> bool:
    """Whether a transcript gives a turn to nobody, but to a machine."""
    return _MACHINE.search(speaker) is not None


def foreign_spans(text: str) -> list[Span]:
    """Stretches of a text that are no sentence of anybody's, in their order; none overlaps another."""
    found = [match.span() for pattern in (_FOREIGN, _HEADED) for match in pattern.finditer(text)]
    apart: list[Span] = []
    for start, end in sorted(found):
        if apart and start < apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart


def _commands(told: str) -> bool:
    return bool(_TURN.search(told)) or any(cues(language).machine.search(told) for language in languages())


def _readings(sentence: str) -> Iterator[str]:
    """The sentence, and what it says to somebody who sees through a disguise."""
    yield sentence
    plain = visible(unicodedata.normalize("NFKC", sentence))
    if plain != sentence:
        yield plain
    if _OTHER_LETTERS.search(plain) and _LATIN.search(plain):
        yield plain.translate(_LOOKALIKES)
    if len(_LEET_WORD.findall(plain)) >= 2:
        yield _LEET_WORD.sub(lambda word: word.group().translate(_LEET), plain)
    if _SPACED.search(plain):
        yield re.sub(r"(?<=\b\w) (?=\w\b)", "", plain)
    for code in _CODE.findall(plain):
        yield from _decoded(code)
    if _is_no_language(plain):
        yield codecs.encode(plain, "rot13")


def _decoded(code: str) -> Iterator[str]:
    """The words of a text in base 64."""
    try:
        told = b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
    except (NotBase64, UnicodeDecodeError, ValueError):
        return
    if " " in told and told.isprintable():
        yield told


def _is_no_language(text: str) -> bool:
    """Whether hardly one of its words is among the commonest of a language."""
    said = [word.lower() for word in _WORD.findall(text)]
    known = sum(any(word in stop_words(language) for language in languages()) for word in said)
    return len(said) >= _ENOUGH_WORDS and known < _LEAST_KNOWN * len(said)
