"""Manifests, rendered once."""

from pathlib import Path

import pytest

from tests.support.manifests import Manifests, copy_with_secrets, render


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests, with secrets."""
    return copy_with_secrets(tmp_path_factory.mktemp("manifests"))


@pytest.fixture(scope="session")
def rendered(copied: Path) -> dict[str, Manifests]:
    """The documents of every overlay."""
    return {each.name: render(each) for each in sorted((copied / "overlays").iterdir())}
