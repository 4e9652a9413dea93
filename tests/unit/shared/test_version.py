"""Versions change with what they are of."""

import re

from arena.version import code_version, images_version


def test_versions_are_short_hashes_that_stay() -> None:
    first = code_version(), images_version("small")
    code_version.cache_clear()
    images_version.cache_clear()

    assert all(re.fullmatch("[0-9a-f]{12}", version) for version in first)
    assert (code_version(), images_version("small")) == first


def test_the_images_of_another_environment_have_another_version() -> None:
    names = ["small", "classic", "modern", "own", "other"]
    assert len({images_version(name) for name in names}) == len(names)
    assert images_version(f"modern@sha256:{'9f' * 32}") == images_version("modern")
