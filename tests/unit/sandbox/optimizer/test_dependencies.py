"""Which files of a zip are installed, and in which order."""

from pathlib import Path

import pytest

from arena.sandbox.optimizer.dependencies import BadOrder, find_dependencies
from tests.support.zips import pack, sdist


def place(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch()


def names_of(folder: Path) -> list[str]:
    return [path.name for path in find_dependencies(folder)[0]]


def test_nothing_to_install_is_nothing_to_order(tmp_path: Path) -> None:
    assert find_dependencies(tmp_path) == ([], False)


def test_wheels_come_by_name_and_sources_after_them(tmp_path: Path) -> None:
    place(tmp_path, "b-1-py3-none-any.whl", "z-1-py3-none-any.whl", "notes.txt")
    (tmp_path / "a-1.tar.gz").write_bytes(sdist("a-1", {"setup.py": "", "a/__init__.py": ""}))
    (tmp_path / "c-1.zip").write_bytes(pack({"c-1/pyproject.toml": "", "c-1/c.py": ""}))

    assert names_of(tmp_path) == ["b-1-py3-none-any.whl", "z-1-py3-none-any.whl", "a-1.tar.gz", "c-1.zip"]


def test_archives_that_are_no_sources_are_data(tmp_path: Path) -> None:
    (tmp_path / "weights.tar.gz").write_bytes(sdist("weights", {"layer.txt": ""}))
    (tmp_path / "nested.tar.gz").write_bytes(sdist("nested", {"deep/setup.py": ""}))
    (tmp_path / "two.zip").write_bytes(pack({"one/setup.py": "", "two/setup.py": ""}))
    (tmp_path / "broken.tar.gz").write_bytes(b"x")
    (tmp_path / "broken.zip").write_bytes(b"PK")

    assert names_of(tmp_path) == []


def test_install_order_decides_which_and_when(tmp_path: Path) -> None:
    place(tmp_path, "a.whl", "b.whl", "c-1.tar.gz")
    (tmp_path / "install_order.txt").write_text("# first the base\nc-1.tar.gz\n\na.whl\n")

    assert find_dependencies(tmp_path) == ([tmp_path / "c-1.tar.gz", tmp_path / "a.whl"], True)


@pytest.mark.parametrize("name", ["missing.whl", "missing.tar.gz", "../outside.whl", "notes.txt", "/etc/passwd"])
def test_install_order_may_only_name_wheels_and_sources_of_the_zip(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    place(tmp_path, "outside.whl")
    place(folder, "notes.txt")
    (folder / "install_order.txt").write_text(name)

    with pytest.raises(BadOrder, match="install_order"):
        find_dependencies(folder)
