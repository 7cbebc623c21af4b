"""Texts for property tests: any unicode, and notes made of what people really type."""

from hypothesis import strategies as st

_TYPED = [
    *(
        "I ",
        "we ",
        "said. ",
        "why? ",
        "stop! ",
        "Dr. Smith ",
        "e.g. ",
        "because ",
        ", and ",
        " - ",
        "… ",
        "3.5 ",
    ),
    *("\n", "\n\n", "\r\n", "\t", " ", "- ", "• ", "1. ", "[ ] ", "> ", "{laughs} ", "(aside) ", "“quote” "),
    *(
        "Maya: ",
        "[10:02] Ingrid: ",
        "to do: ",
        "\u2028",
        "\x85",
        "\u200b",
        "é",
        "e\u0301",
        "日本語。",
        "👩🏽‍💻 ",
    ),
    *("“", "”", "(", ")", "‘", "’", '"', "word " * 12, "x" * 90, "unbroken" * 80),
]

notes = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(_TYPED), max_size=40).map("".join))

_MATTER = (
    "dashboard",
    "video",
    "budget",
    "workshop",
    "channel",
    "slides",
    "podcast",
    "board",
    "robot",
    "garden",
)

plain_words = st.lists(st.sampled_from(_MATTER), min_size=1, max_size=12)


def exactly_covers(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the spans are ordered, apart, trimmed and not empty, and leave only white space out."""
    at = 0
    for start, end in spans:
        inside = text[start:end]
        if not at <= start < end <= len(text) or inside != inside.strip() or text[at:start].strip():
            return False
        at = end
    return not text[at:].strip()
