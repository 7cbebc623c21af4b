"""SECURITY.md names defences and tests that exist, and every threat that it must."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FILES = sorted(set(re.findall(r"`((?:api|coach|vectorstore|tests|evals|prompts)/[\w/.]*)`", PAGE)))
THREATS = (
    "curious partner",
    "curious owner",
    "operator",
    "former member",
    "stolen token",
    "guessing",
    "Injected notes",
    "model endpoint",
    "embedding endpoint",
    "backup thief",
    "disk thief",
    "Differencing",
    "Denial of service",
    "Supply chain",
    "browser of `/docs`",
    "Logs",
)


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_each_test_that_is_named_exists(file: str, name: str) -> None:
    assert name.startswith("test_") and name in functions(file)


@pytest.mark.parametrize("file", FILES)
def test_each_file_that_is_named_exists(file: str) -> None:
    assert (ROOT / file).exists()


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_is_there_with_a_defence_and_a_test(threat: str) -> None:
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| **")]
    (found, *_) = [row for row in rows if threat.lower() in row[0].lower()]
    assert len(found) == 3
    assert re.search(r"`|TODO\(founder\)|no defence", found[1])
    assert re.search(r"`tests/|TODO\(founder\)", found[2])


def test_no_row_names_a_test_without_its_place() -> None:
    for name in re.findall(r"`(test_\w+)`", PAGE):
        pytest.fail(f"{name} needs its file")
