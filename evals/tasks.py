"""What a program's labels have the coach asked."""

from collections.abc import Iterable, Iterator

from coach.domain.suggestions import Kind
from evals.answers import SEARCH, Task
from evals.cases.lines import last_session
from evals.cases.loading import Case, may_read
from evals.cases.schema import Pair, Split

AGENDA_ITEMS = 6
QUESTIONS = 5
MINUTES = 60
BEFORE, ANSWERABLE, UNANSWERABLE = "before", "answerable", "unanswerable"


def tasks_of(case: Case, repeat: int = 0, pairs: Iterable[str] | None = None) -> Iterator[Task]:
    """Every task of a program, the program's own last; of the pairs named alone, if any are."""
    wanted = [pair for pair in case.pairs if pairs is None or pair.key in pairs]
    for pair in wanted:
        yield from _pair_tasks(case, pair, repeat)
    if pairs is None or len(wanted) == len(case.pairs):
        for owner in case.program.owners[:1]:
            yield _task(case, None, owner.key, Kind.LEARNINGS, case.program.split, repeat, ask={"limit": 10})


def _pair_tasks(case: Case, pair: Pair, repeat: int) -> Iterator[Task]:
    def task(kind: str, reader: str, gold: int, variant: str = "", /, **ask: str | int) -> Task:
        return _task(case, pair.key, reader, kind, pair.split, repeat, variant, gold, ask)

    agenda: dict[str, str | int] = {"minutes": MINUTES, "limit": AGENDA_ITEMS}
    for at, due in enumerate(pair.agenda):
        if last_session(pair) is not None:
            yield task(Kind.AGENDA, due.reader, at, BEFORE, **agenda)
        yield task(Kind.AGENDA, due.reader, at, **agenda)
    for at, reflected in enumerate(pair.reflection):
        session: dict[str, str | int] = {"session": reflected.session} if reflected.session else {}
        yield task(Kind.REFLECTION, reflected.reader, at, limit=QUESTIONS, **session)
    for at, progress in enumerate(pair.progress):
        yield task(Kind.PROGRESS, progress.reader, at)
    for at, answerable in enumerate(pair.answerable):
        yield task(Kind.ASK, answerable.reader, at, ANSWERABLE, question=answerable.ask)
    for at, unanswerable in enumerate(pair.unanswerable):
        yield task(Kind.ASK, unanswerable.reader, at, UNANSWERABLE, question=unanswerable.ask)
    for at, given in enumerate(pair.feedback):
        said: dict[str, str | int] = {"situation": given.situation} if given.situation else {}
        yield task(Kind.FEEDBACK, given.reader, at, draft=given.draft, to=given.to, **said)
    for at, canary in enumerate(pair.canaries):
        for person in pair.people:
            if not may_read(pair, person.key, canary.note):
                yield task(SEARCH, person.key, at, query=canary.says)


def _task(
    case: Case,
    pair: str | None,
    reader: str,
    kind: str,
    split: Split,
    repeat: int,
    variant: str = "",
    gold: int = 0,
    ask: dict[str, str | int] | None = None,
) -> Task:
    parts = (case.program.key, pair, str(kind), variant, reader, str(gold), str(repeat))
    return Task(
        id="/".join(part for part in parts if part),
        program=case.program.key,
        pair=pair,
        reader=reader,
        kind=str(kind),
        variant=variant,
        gold=gold,
        split=split,
        repeat=repeat,
        ask=ask or {},
    )
