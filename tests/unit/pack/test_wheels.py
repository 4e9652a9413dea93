"""Which of the image's packages stay, and what pip's failures mean."""

from pathlib import Path

import pytest

from arena.failure import Failure
from arena.pack.wheels import (
    download_wheels,
    explain_failure,
    image_packages,
    kept_of_image,
    source_requirements,
)


def test_the_images_packages_are_those_of_its_lock() -> None:
    assert image_packages()["numpy"] == "1.23.5"
    assert image_packages()["pydoe2"] == "1.3.0"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("numpy", True),
        ("NumPy>=1.20,<2 # enough", True),
        ("numpy==1.23.5", True),
        ("numpy>=1.24", False),
        ("numpy @ https://example.org/numpy-1.23.5-py3-none-any.whl", False),
        ("toolz", True),
        ("--pre", True),
    ],
)
def test_a_package_of_the_image_stays_unless_another_version_is_asked_for(
    tmp_path: Path, line: str, kept: bool
) -> None:
    (tmp_path / "requirements.txt").write_text(f"# comment\n{line}\n")
    assert ("numpy" in kept_of_image(tmp_path / "requirements.txt", {})) is kept


def test_a_wheel_in_the_folder_stands_for_the_images_package(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("toolz")
    own = {"numpy-1.26.0-cp311-cp311-manylinux2014_x86_64.whl": tmp_path}
    assert "numpy" not in kept_of_image(tmp_path / "requirements.txt", own)


def test_a_requirement_without_a_wheel_is_named_with_what_to_do() -> None:
    stderr = "WARNING: x\nERROR: Could not find a version\nERROR: No matching distribution found for foo==3\n"
    text = explain_failure(Path("requirements.txt"), stderr, "aarch64")
    assert "expected a wheel of foo==3 for CPython 3.11 on Linux aarch64" in text
    assert "put it beside optimizer.py" in text


def test_an_index_that_cannot_be_reached_is_no_missing_wheel() -> None:
    output = (
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(\"HTTPSConnection"
        "(host='index.invalid', port=443): Failed to resolve 'index.invalid'\")': /simple/toolz/\n"
        "ERROR: No matching distribution found for toolz\n"
    )

    text = explain_failure(Path("requirements.txt"), output, "x86_64")

    assert "expected to reach the package index" in text
    assert "Failed to resolve 'index.invalid'" in text
    assert "a wheel of toolz" not in text


@pytest.mark.parametrize(
    ("line", "is_source"),
    [
        ("git+https://example.org/tool.git@v1 # ours", True),
        ("tool @ git+ssh://git@example.org/tool.git", True),
        ("-e ./tool", True),
        ("--editable=git+https://example.org/tool", True),
        ("tool @ https://example.org/tool-1.0.tar.gz", True),
        ("tool @ https://example.org/tool-1.0-py3-none-any.whl#sha256=00", False),
        ("tool @ https://example.org/tool-1.0-py3-none-any.whl?signature=00", False),
        ("tool==1.0", False),
        ("-r more.txt", False),
        ("# git+https://example.org/tool", False),
    ],
)
def test_what_would_have_to_be_built_is_told_from_what_has_wheels(line: str, is_source: bool) -> None:
    assert bool(source_requirements(f"toolz\n{line}\n")) is is_source


def test_a_requirement_of_a_version_control_system_is_refused_with_the_reason_and_the_cure(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("git+https://example.invalid/tool.git\n")

    with pytest.raises(Failure) as refused:
        download_wheels(requirements, {}, "x86_64")

    assert "git+https://example.invalid/tool.git, which would have to be built" in str(refused.value)
    assert "pip wheel --no-deps 'git+https://example.invalid/tool.git'" in str(refused.value)


def test_a_failure_that_pip_does_not_mark_as_an_error_is_shown_by_its_last_lines() -> None:
    output = "Collecting x\n  fatal: Could not resolve host: example.org\nerror: subprocess-exited-with-error\n"

    text = explain_failure(Path("requirements.txt"), output, "x86_64")

    assert "Could not resolve host: example.org" in text
    assert "put a wheel of it beside optimizer.py" in text
