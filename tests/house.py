"""Checks of the house that no linter makes: file sizes, import cycles, and what the top level holds.

python tests/house.py
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PACKAGES = ("coach", "prompts", "vectorstore", "api", "evals")
MOST_LINES = 400
FILES = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "constraints.txt"}


def long_files() -> Iterator[str]:
    for folder in (*PACKAGES, "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            lines = len(file.read_text("utf-8").splitlines())
            if lines > MOST_LINES and "migrations/versions" not in file.as_posix():
                yield f"{file.relative_to(ROOT)} has {lines} lines, the most is {MOST_LINES}"


def cycles() -> Iterator[str]:
    """Groups of modules that reach each other."""
    graph = grimp.build_graph(*PACKAGES)
    seen: set[str] = set()
    for module in sorted(graph.modules):
        if module in seen:
            continue
        upstream = graph.find_upstream_modules(module)
        ring = sorted(other for other in upstream if module in graph.find_upstream_modules(other))
        if ring:
            seen |= {module, *ring}
            yield f"import cycle: {module}, {', '.join(ring)}"


def strangers() -> Iterator[str]:
    tracked = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    allowed = {*PACKAGES, *FILES, "tests", "data", "dist", "Dockerfile", "SECURITY.md"}
    yield from (f"{name} does not belong at the top level" for name in sorted(tracked - allowed))


def main() -> int:
    faults = [*long_files(), *cycles(), *strangers()]
    print("\n".join(faults) or "The house is in order.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
