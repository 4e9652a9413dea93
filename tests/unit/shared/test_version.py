"""Versions change with what they are of."""

import re

from arena.version import code_version, images_version


def test_versions_are_short_hashes_that_stay() -> None:
    for version in (code_version, images_version):
        assert re.fullmatch("[0-9a-f]{12}", version())
        version.cache_clear()
        assert version() == version()
