"""What is said, as it is read aloud."""

from typing import NamedTuple


class Spoken(NamedTuple):
    """Words and who says them, by first name; "" when nobody in particular does."""

    speaker: str
    text: str
