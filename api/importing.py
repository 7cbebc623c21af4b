"""Many imports at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """What imports make stays, so that looking for garbage among it is time lost."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
