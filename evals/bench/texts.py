"""Notes to measure with: the demonstration's sentences, drawn anew, so that no two notes are the same."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from api.demo import demo_pairs
from coach.capture.import_lines import line_of
from coach.language.sentences import sentence_spans

_SENTENCES = range(4, 13)
_START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def sentences() -> list[str]:
    texts = [
        n["text"]
        for pair in demo_pairs()
        for s in pair["sessions"]
        for n in s["notes"]
        if n["kind"] == "note"
    ]
    return [text[a:b] for text in texts for a, b in sentence_spans(text)]


def note_lines(count: int, pairings: int, seed: int = 7) -> Iterator[bytes]:
    """A program of `pairings` pairs with `count` notes between them, as lines of the import format."""
    rng = random.Random(seed)
    stock = sentences()
    yield line_of("program", key="bench", name="Bench", objectives=["Leaders use social media themselves"])
    for pair in range(pairings):
        for role in ("mentor", "mentee"):
            yield line_of(
                "participant", key=f"{role}-{pair}", program="bench", name=f"{role.title()} {pair}", role=role
            )
        sides = {"mentors": [f"mentor-{pair}"], "mentees": [f"mentee-{pair}"]}
        yield line_of("pairing", key=f"pair-{pair}", program="bench", kind="reverse", **sides)
    for n in range(count):
        pair, nth = n % pairings, n // pairings
        held = (_START + timedelta(days=7 * nth)).isoformat()
        yield line_of("session", key=f"session-{n}", pairing=f"pair-{pair}", held_at=held)
        text = " ".join(rng.choices(stock, k=rng.choice(_SENTENCES)))
        yield line_of("note", key=f"note-{n}", session=f"session-{n}", author=f"mentor-{pair}", text=text)
