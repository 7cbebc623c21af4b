"""Words of names, however they are written: with accents or without, transcribed, in capitals or wide."""

import re
import unicodedata

# Scripts that are written without spaces: each sign is a word of its own.
_SIGNS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# Letters by their class that stand for an apostrophe.
_MARKS = "\u02b9-\u02bf\u02c8-\u02cb\u02ee\ua78b\ua78c"
_OVER = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe20-\ufe2f"
NAME_WORD = re.compile(rf"[{_SIGNS}]|(?:[^\W\d_{_SIGNS}{_MARKS}][{_OVER}]*)+")
APOSTROPHES = f"'’‘‛`´′＇՚{_MARKS}"
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_SINGLE = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "œ": "oe", "ı": "i"})
_JOINERS = str.maketrans("", "", "\u200c\u200d")

JOINING = frozenset(
    {
        "van", "von", "vom", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le",
        "les", "el", "al", "bin", "ibn", "st", "ten", "ter", "zu", "zum", "y", "e", "und",
    }
)  # fmt: skip
NOBODYS = frozenset(
    {
        "speaker", "moderator", "interviewer", "coach", "mentor", "mentee", "host", "guest", "participant",
        "unknown", "facilitator", "sprecher", "sprecherin", "moderatorin", "teilnehmer", "teilnehmerin",
        "unbekannt", "intervenant", "animateur", "animatrice", "inconnu", "participante", "moderador",
        "moderadora", "entrevistador", "entrevistadora", "desconocido", "desconocida",
    }
)  # fmt: skip


def key_of(text: str) -> tuple[str, ...]:
    """Its words, folded."""
    return tuple(folded(word) for word in NAME_WORD.findall(text))


def letters_of(text: str) -> str:
    """Its words folded and joined, as in a handle: "obrien" of "O'Brien"."""
    return "".join(key_of(text))


def transcribed(text: str) -> str:
    """In small letters, umlauts and the like as two: "mueller"."""
    return unicodedata.normalize("NFC", text).lower().translate(_TRANSCRIBED)


def folded(word: str) -> str:
    """In small letters and without accents."""
    if word.isascii():
        return word.lower()
    plain = word.casefold().translate(_SINGLE).translate(_JOINERS)
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
