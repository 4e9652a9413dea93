"""The order in which the hostile set is sent: another one each time."""

import os
import random
import time
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.support.hostile.submission")

SEED = int(os.environ.get("ARENA_SHUFFLE", time.time()))
HERE = Path(__file__).parent


def pytest_report_header() -> str:
    """Say how to get the same order again."""
    return f"hostile set: shuffled by ARENA_SHUFFLE={SEED}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shuffle the set, wherever it stands among the other tests; by modules, because each has a platform."""
    for module in {item.path for item in items if item.path.parent == HERE}:
        places = [index for index, item in enumerate(items) if item.path == module]
        shuffled = [items[index] for index in places]
        random.Random(SEED).shuffle(shuffled)  # noqa: S311 - an order, not a secret
        for index, item in zip(places, shuffled, strict=True):
            items[index] = item
