"""Versions change with what they are of."""

import shutil
from pathlib import Path

import pytest

from arena.version import ROOT, images_version


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("requirements/blackbox.lock", True),
        ("requirements/optimizer.lock", True),
        ("arena/sandbox/blackbox/main.py", True),
        ("arena/sandbox/optimizer/main.py", True),
        ("services/runner/service.py", False),
        ("requirements/runtime.lock", False),
    ],
)
def test_the_images_version_is_of_what_is_in_them(tmp_path: Path, changed: str, matters: bool) -> None:
    for folder in ("requirements", "services", "arena/sandbox"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert images_version(tmp_path) == images_version()

    with (tmp_path / changed).open("a") as file:
        file.write("# changed\n")
    images_version.cache_clear()

    assert (images_version(tmp_path) != images_version()) == matters
