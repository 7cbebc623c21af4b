"""Characters that nobody sees: they hide words, split them, turn their order, or command a terminal."""

import re

_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufe00-\ufe0d\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_JOINER = re.compile("[\u200c\u200d\ufe0e\ufe0f]+")
_JOINED_SCRIPTS = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefe]"
)
_PICTURES = re.compile("[\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_KEY = re.compile("[#*0-9]")
_KEY_CAP = "\u20e3"
_OF_PICTURES = frozenset({"\ufe0e", "\ufe0f", "\u200d", "\ufe0f\u200d"})


def visible(text: str) -> str:
    """The text without control, zero-width and bidirectional characters and terminal sequences.

    Lines stay lines. What joins letters of Arabic or Indic scripts, or the parts of a picture, stays.
    """
    plain = _BREAKS.sub("\n", _TERMINAL.sub("", text))
    plain = _UNSEEN.sub("", _CONTROL.sub("", plain))
    return _JOINER.sub(_kept_where_it_joins, plain)


def _kept_where_it_joins(marks: re.Match[str]) -> str:
    """Of several in a row no more than a picture has."""
    before = marks.string[marks.start() - 1 : marks.start()]
    if _JOINED_SCRIPTS.match(before):
        return next((mark for mark in marks.group() if mark in "\u200c\u200d"), "")
    if _PICTURES.match(before):
        return marks.group() if marks.group() in _OF_PICTURES else marks.group()[0].replace("\u200c", "")
    is_key = _KEY.match(before) and marks.string.startswith(_KEY_CAP, marks.end())
    return "\ufe0f" if is_key and "\ufe0f" in marks.group() else ""
