"""The order in which a zip's wheels are installed."""

from pathlib import Path

import pytest

from arena.sandbox.optimizer.wheels import BadWheels, order_wheels


def place(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch()


def test_no_wheels_no_order(tmp_path: Path) -> None:
    assert order_wheels(tmp_path) == []


def test_wheels_are_taken_by_name(tmp_path: Path) -> None:
    place(tmp_path, "b-1-py3-none-any.whl", "a-1-py3-none-any.whl", "notes.txt")

    assert [wheel.name[0] for wheel in order_wheels(tmp_path)] == ["a", "b"]


def test_install_order_decides_which_and_when(tmp_path: Path) -> None:
    place(tmp_path, "a.whl", "b.whl", "c.whl")
    (tmp_path / "install_order.txt").write_text("# first the base\nc.whl\n\na.whl\n")

    assert [wheel.name for wheel in order_wheels(tmp_path)] == ["c.whl", "a.whl"]


@pytest.mark.parametrize("name", ["missing.whl", "../outside.whl", "notes.txt", "/etc/passwd"])
def test_install_order_may_only_name_wheels_of_the_zip(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    place(tmp_path, "outside.whl")
    place(folder, "notes.txt")
    (folder / "install_order.txt").write_text(name)

    with pytest.raises(BadWheels, match="install_order"):
        order_wheels(folder)
