"""`python -m evals.check_fixtures [FOLDER]`: whether the fixtures are whole, and what they hold."""

import sys
from collections import Counter
from pathlib import Path

from coach.errors import Invalid
from evals.cases.loading import FIXTURES, load_cases
from evals.datasets.labelled import labelled_notes


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES
    if not folder.is_dir():
        sys.exit(__doc__)
    try:
        cases = load_cases(folder)
    except Invalid as fault:
        sys.exit(fault.detail)
    pairs = [pair for case in cases for pair in case.pairs]
    print(f"{len(cases)} programs, {len(pairs)} pairs")
    for name, told in (
        ("split", Counter(pair.split.value for pair in pairs)),
        ("language", Counter(pair.language for pair in pairs)),
        ("kind", Counter(pair.kind.value for pair in pairs)),
        ("sessions", Counter(len(pair.sessions) for pair in pairs)),
        ("trials", Counter(trial for pair in pairs for trial in pair.trials)),
    ):
        print(f"{name}: " + ", ".join(f"{value} {times}" for value, times in sorted(told.items())))
    labels = Counter[str]()
    for pair in pairs:
        labels["agenda musts"] += sum(len(gold.must) for gold in pair.agenda)
        labels["reflection touches"] += sum(len(gold.touch) for gold in pair.reflection)
        labels["progress facts"] += sum(len(gold.facts) for gold in pair.progress)
        labels["answerable"] += len(pair.answerable)
        labels["unanswerable"] += len(pair.unanswerable)
        labels["feedback drafts"] += len(pair.feedback)
        labels["canaries"] += len(pair.canaries)
        labels["injections"] += len(pair.injections)
    print("labels: " + ", ".join(f"{name} {count}" for name, count in labels.items()))
    if folder == FIXTURES:
        every = labelled_notes().values()
        print(
            f"labelled notes: {len(every)} pairings, {sum(len(n.answerable) for n in every)} answerable and "
            f"{sum(len(n.unanswerable) for n in every)} unanswerable questions, "
            f"{sum(len(n.statements) for n in every)} statements"
        )


if __name__ == "__main__":
    main()
