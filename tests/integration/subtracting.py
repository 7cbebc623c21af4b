"""What an owner who subtracts claims of the answers, and whether it is so."""

from collections.abc import Iterator
from itertools import combinations

from tests.integration.moving_notes import LEAST, PARTS, Answer, Key, World

RECOVERIES = (
    "few within a theme",
    "few apart",
    "few apart within a theme",
    "few apart beside a part",
    "few held back",
    "fell below",
    "one of few moved it",
    "each of few moved it",
    "few beside nested words",
)


def claims(world: World, answers: list[Answer]) -> Iterator[tuple[str, bool]]:
    """What follows from answers, and whether it is so."""
    for answer in answers:
        yield from _of_parts(answer)
    for one, other in combinations(answers, 2):
        earlier, later = sorted((one, other), key=lambda answer: answer.state)
        yield from _of_differences(world, earlier, later)
        yield from _of_nested(world, earlier, later)


def _few(number: int) -> bool:
    return 0 < number < LEAST


def _of_parts(answer: Answer) -> Iterator[tuple[str, bool]]:
    """The pairings of a theme that did not learn, or struggle, where these are few."""
    for pairings, *parts in answer.themes.values():
        for part in parts:
            if part is not None and (_few(part) or _few(pairings - part)):
                yield "few within a theme", True


def _of_differences(world: World, earlier: Answer, later: Answer) -> Iterator[tuple[str, bool]]:
    moved = world.moved(earlier.state, later.state)
    same_period = (earlier.since, earlier.until) == (later.since, later.until)
    for key in earlier.themes.keys() | later.themes.keys():
        before, after = (world.carriers(key, answer) for answer in (earlier, later))
        was, is_now = (answer.themes[key][0] if key in answer.themes else 0 for answer in (earlier, later))
        missing = [answer for answer in (earlier, later) if key not in answer.themes]
        if any(not answer.whole for answer in missing) or was == is_now:
            continue
        if not missing and _few(abs(is_now - was)):
            yield "few apart", _few(len(before ^ after))
        if not missing:
            yield from _of_part_differences(world, key, earlier, later)
        if not same_period:
            continue
        if is_now - was > len(moved):
            yield "few held back", _few(len(before) - was)
        if missing == [later]:
            yield "fell below", _few(len(after))
        if _few(len(moved)):
            yield from _of_few_movers(moved, was, is_now, before, after)


def _of_part_differences(
    world: World, key: Key, earlier: Answer, later: Answer
) -> Iterator[tuple[str, bool]]:
    """The pairings of a theme that learned, or struggled, and the others, where few seem to have changed."""
    for at, part in enumerate(PARTS):
        was, is_now = earlier.themes[key][at], later.themes[key][at]
        if not part or was is None or is_now is None:
            continue
        within = [world.carriers(key, answer, part) for answer in (earlier, later)]
        without = [
            world.carriers(key, answer) - found
            for answer, found in zip((earlier, later), within, strict=True)
        ]
        others = [answer.themes[key][0] - told for answer, told in ((earlier, was), (later, is_now))]
        if _few(abs(is_now - was)):
            yield "few apart within a theme", _few(len(within[0] ^ within[1]))
        if _few(abs(others[1] - others[0])):
            yield "few apart beside a part", _few(len(without[0] ^ without[1]))


def _of_few_movers(
    moved: set[str], was: int, is_now: int, before: frozenset[str], after: frozenset[str]
) -> Iterator[tuple[str, bool]]:
    """Few moved and a number changed: some of them did it, and each where it changed by as many."""
    came = is_now > was
    changed = after - before if came else before - after
    yield "one of few moved it", bool(changed & moved)
    if was and is_now and abs(is_now - was) == len(moved):
        yield "each of few moved it", moved <= changed


def _of_nested(world: World, earlier: Answer, later: Answer) -> Iterator[tuple[str, bool]]:
    """Of words within more words, nobody having moved: who uses the others alone."""
    if world.moved(earlier.state, later.state):
        return
    for small, of in earlier.themes.items():
        for large, among in later.themes.items():
            if set(small) < set(large) and _few(among[0] - of[0]):
                others = world.carriers(large, later) - world.carriers(small, earlier)
                yield "few beside nested words", _few(len(others))
