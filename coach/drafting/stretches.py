"""Long texts in stretches, so that looking for forms in them takes a time that grows with their length."""

from collections.abc import Iterator

_MOST = 2_000
_ENDS = ("\n", ". ", " ")


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each, in order and without a gap; between lines, sentences or words if it can be."""
    start = 0
    while len(text) - start > _MOST:
        end = _end(text, start)
        yield start, end
        start = end
    yield start, len(text)


def _end(text: str, start: int) -> int:
    half, most = start + _MOST // 2, start + _MOST
    for mark in _ENDS:
        at = text.rfind(mark, half, most)
        if at >= 0:
            return at + len(mark)
    return most
