"""Characters that nobody sees: they hide words, split them, turn their order, or command a terminal."""

import re

_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufe00-\ufe0d\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_JOINED_SCRIPTS = "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefe]"
_PICTURE = "[\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_STYLE = "[\ufe0e\ufe0f]"
_JOINING = (
    rf"(?<={_JOINED_SCRIPTS})[\u200c\u200d]|(?:(?<={_PICTURE})|(?<={_PICTURE}{_STYLE}))\u200d(?={_PICTURE})"
    rf"|(?<={_PICTURE}){_STYLE}|(?<=[#*0-9]){_STYLE}(?=\u20e3)"
)
_JOINS_NOTHING = re.compile(rf"(?!{_JOINING})[\u200c\u200d\ufe0e\ufe0f]")


def visible(text: str) -> str:
    """The text without control, zero-width and bidirectional characters and terminal sequences.

    Lines stay lines. What joins letters of Arabic or Indic scripts, or the parts of a picture, stays.
    """
    plain = _BREAKS.sub("\n", _TERMINAL.sub("", text))
    plain = _UNSEEN.sub("", _CONTROL.sub("", plain))
    return _JOINS_NOTHING.sub("", plain)
