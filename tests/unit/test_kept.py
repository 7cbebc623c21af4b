"""Results kept by a hash of what they are of."""

from functools import partial

from coach.language.kept import Kept


def test_the_same_text_is_worked_out_once() -> None:
    made: list[str] = []

    def shouted(text: str) -> str:
        made.append(text)
        return text.upper()

    kept = Kept[str](10)
    for text in ("a", "b", "a", "a\ud800"):
        assert kept.of(text, partial(shouted, text)) == text.upper()
    assert made == ["a", "b", "a\ud800"]


def test_no_more_is_kept_than_told_and_no_text() -> None:
    kept = Kept[int](2)
    for n in range(5):
        kept.of(f"secret {n}", partial(int, n))
    assert len(kept._held) <= 2
    assert "secret" not in repr(vars(kept))
