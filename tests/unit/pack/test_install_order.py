"""In which order a zip's wheels and sources are installed."""

from pathlib import Path

import pytest

from arena.failure import Failure
from arena.pack.install_order import choose_order, complete_order
from tests.support.zips import write_wheel

A, B, C = (f"{name}-1.0-py3-none-any.whl" for name in "abc")


@pytest.fixture
def wheels(tmp_path: Path) -> dict[str, Path]:
    """Wheels of a, which needs c, of b and of c."""
    for name, *needs in (("a", "c"), ("b",), ("c",)):
        write_wheel(tmp_path, name, "1.0", *needs)
    return {path.name: path for path in tmp_path.iterdir()}


def test_wheels_come_after_what_they_need_and_sources_last(wheels: dict[str, Path]) -> None:
    assert choose_order(wheels, ["z-1.tar.gz", "my-code-master.zip"]) == [C, A, B, "my-code-master.zip", "z-1.tar.gz"]


def test_sources_of_which_there_is_a_wheel_are_not_installed(wheels: dict[str, Path]) -> None:
    assert choose_order(wheels, ["B-1.0.tar.gz"]) == [C, A, B]


def test_an_order_as_the_kit_of_2020_wanted_it_is_that_of_the_wheels_that_are_there_now(
    wheels: dict[str, Path],
) -> None:
    stated = "# as downloaded then\nb-0.9.tar.gz\nnumpy-1.18.tar.gz\n\nA-1.0-cp36-cp36m-manylinux1_x86_64.whl\n"

    assert complete_order(stated, [], wheels, [], installed=["numpy"]) == [C, B, A]


def test_an_order_may_name_sources_that_the_sandbox_builds(wheels: dict[str, Path]) -> None:
    stated = f"{B}\nmine-1.tar.gz\n{A}\n{C}\n"

    assert complete_order(stated, wheels, wheels, ["mine-1.tar.gz", "data.zip"]) == [B, "mine-1.tar.gz", A, C]


@pytest.mark.parametrize("stated", ["", A, f"{A}\n{B}\n{C}\n{C}", f"{A}\n{B}\n{C}\nd-1.tar.gz"])
def test_an_order_that_leaves_out_or_repeats_a_wheel_or_names_nothing_is_refused(
    wheels: dict[str, Path], stated: str
) -> None:
    with pytest.raises(Failure, match=r"install_order\.txt: expected each wheel once"):
        complete_order(stated, wheels, wheels, [])
