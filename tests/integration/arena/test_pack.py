"""`arena pack` on wheels and requirements that contradict each other, with the real pip and no network."""

import os
from pathlib import Path

from tests.support.command_line import Arena, write_optimizer
from tests.support.zips import write_wheel

NOWHERE = "http://nowhere.invalid"


def write_folder(parent: Path, *requirements: str) -> Path:
    """Write an optimizer's folder, whose requirements pip finds in a folder beside it, and nowhere else."""
    folder = write_optimizer(parent)
    if requirements:
        write_index(parent / "index")
        lines = ["--no-index", f"--find-links {parent / 'index'}", *requirements]
        (folder / "requirements.txt").write_text("\n".join(lines))
    return folder


async def pack(folder: Path) -> tuple[int, str]:
    """Pack a folder; returns the exit code and what the command said."""
    code, output, errors = await Arena(NOWHERE, folder.parent).run("pack", folder.name)
    assert "Traceback" not in errors
    assert ("optimizer.py" in output) == (code == 0)
    return code, errors


def write_index(folder: Path) -> None:
    """Write wheels of which `old` needs part 1, `new` part 2, and `numeric` another NumPy than the image's."""
    folder.mkdir()
    for name, version, *needs in (
        ("part", "1.0"),
        ("part", "2.0"),
        ("old", "1.0", "part<2"),
        ("new", "1.0", "part>=2"),
        ("numeric", "1.0", "numpy>=1.26"),
    ):
        write_wheel(folder, name, version, *needs)


async def test_a_requirement_asked_for_twice_in_different_versions_is_named_with_both(tmp_path: Path) -> None:
    code, said = await pack(write_folder(tmp_path, "part==1.0", "part==2.0"))

    assert code == 1
    assert "requirements.txt asks for part==1.0\n    requirements.txt asks for part==2.0\nAsk for versions" in said
    assert "image" not in said, "which has nothing to do with it"


async def test_two_requirements_that_need_different_versions_of_a_third_are_named_with_it(tmp_path: Path) -> None:
    code, said = await pack(write_folder(tmp_path, "old", "new"))

    assert code == 1
    assert "old 1.0 needs part<2\n" in said
    assert "new 1.0 needs part>=2\n" in said


async def test_a_requirement_that_the_image_contradicts_is_named_with_the_images_version(
    tmp_path: Path,
) -> None:
    code, said = await pack(write_folder(tmp_path, "numeric"))

    assert code == 1
    assert "numeric 1.0 needs numpy>=1.26\n    the image has numpy 1.23.5\n" in said
    assert "name it with that version in requirements.txt" in said


async def test_a_wheel_in_the_folder_against_a_requirement_is_named_by_its_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, "new")
    write_wheel(folder, "part", "1.0")

    code, said = await pack(folder)

    assert code == 1
    assert "part-1.0-py3-none-any.whl is beside optimizer.py" in said
    assert "new 1.0 needs part>=2" in said


async def test_wheels_in_the_folder_that_contradict_each_other_or_the_image_are_named_without_any_requirement(
    tmp_path: Path,
) -> None:
    folder = write_folder(tmp_path)
    for name, version, *needs in (
        ("part", "1.0"),
        ("new", "1.0", "part>=2", "part>=3; python_version < '3.0'"),
        ("numeric", "1.0", "numpy>=1.26", "absent>=1"),
        ("content", "1.0", "numpy>=1.20", "part<2"),
    ):
        write_wheel(folder, name, version, *needs)

    code, said = await pack(folder)

    assert code == 1
    assert "new-1.0-py3-none-any.whl needs part>=2, but part-1.0-py3-none-any.whl is in the zip\n" in said
    assert "numeric-1.0-py3-none-any.whl needs numpy>=1.26, but the image has numpy 1.23.5\n" in said
    assert said.count(" needs ") == 2


async def test_requirements_that_go_together_are_packed(tmp_path: Path) -> None:
    assert (await pack(write_folder(tmp_path, "old", "part")))[0] == 0


async def test_a_zip_past_the_usual_limits_is_packed_with_a_remark_that_names_what_is_large(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "weights.bin").write_bytes(os.urandom(51 * 1024**2))

    code, said = await pack(folder)

    assert code == 0
    assert "It is larger than the usual 50 MiB, 512 MiB unpacked: see on the phase's rules page" in said
    assert "weights.bin (53477376 bytes)" in said
    assert (tmp_path / "mine.zip").stat().st_size > 51 * 1024**2
