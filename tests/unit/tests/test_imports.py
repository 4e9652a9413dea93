"""Tests stand on their own: what two of them need is in tests/support."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import ROOT

MODULES = sorted(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Full names of what a module imports."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # a file of the hostile set
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_a_test(name: str) -> bool:
    """Whether what has this name is in a module of tests or fixtures."""
    return name.startswith("tests.") and any(
        part == "conftest" or part.startswith("test_") for part in name.split(".")[1:]
    )


def test_no_module_imports_from_a_test_or_a_conftest() -> None:
    wrong = [f"{path.relative_to(ROOT)}: {name}" for path in MODULES for name in imports_of(path) if is_a_test(name)]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tests.integration.gateway.test_final.set_up", True),
        ("tests.integration.conftest.gateway", True),
        ("tests.support.waiting.wait_until", False),
        ("shared.tests", False),
    ],
)
def test_what_counts_as_a_test(name: str, found: bool) -> None:
    assert is_a_test(name) is found
