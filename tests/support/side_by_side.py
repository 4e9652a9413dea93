"""Which tests may run beside which, when several processes run them."""

import pytest

from tests.support.stack import ROOT

ENGINE = (
    "tests/end_to_end",
    "tests/browser/test_user_journeys.py",
    "tests/integration/sandbox",
    "tests/integration/images",
    "tests/integration/packaging",
    "tests/integration/arena/test_check.py",
)
"""Tests that share the container engine and its CPUs: one process runs them, one after the other."""


def group_tests(items: list[pytest.Item]) -> None:
    """Put the tests on the container engine into one group, and first, because it takes longest."""
    folders = [ROOT / each for each in ENGINE]
    grouped = {item for item in items if any(item.path.is_relative_to(folder) for folder in folders)}
    for item in grouped:
        item.add_marker(pytest.mark.xdist_group("engine"))
    items.sort(key=lambda item: item not in grouped)
