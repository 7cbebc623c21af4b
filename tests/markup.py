"""What a page or a chat client would make of a text, by a Markdown renderer that knows no rule of ours."""

import re
import unicodedata

from markdown_it import MarkdownIt

_RENDERER = MarkdownIt("commonmark", {"linkify": True, "html": True}).enable("linkify")
_ACTIVE = {"link_open", "image", "html_block", "html_inline"}
_MARKED_UP = re.compile(
    r"</?[a-z!?][^<>]*>|\w+://|\b(?:javascript|vbscript|mailto):\S|\bdata:\w+/", re.IGNORECASE
)
_SEEN = "\n\t"
_BIDI_OR_ZERO = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e01ef]"
)


def active_in(text: str) -> list[str]:
    """Links, pictures, tags, and characters that nobody sees."""
    tokens = [token for block in _RENDERER.parse(text) for token in (block, *(block.children or ()))]
    found = [f"{token.type} {token.content} {token.attrs}" for token in tokens if token.type in _ACTIVE]
    found += _MARKED_UP.findall(text)
    found += [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) == "Cc" and c not in _SEEN]
    return found + [f"U+{ord(c):04X}" for c in _BIDI_OR_ZERO.findall(text)]
