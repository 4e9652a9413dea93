"""Which requirements have to be built, what stays of an environment's packages, and what pip's failures mean."""

from pathlib import Path

import pytest

from arena.failure import Failure
from arena.pack.known_environments import find_environment
from arena.pack.stand_ins import kept_packages
from arena.pack.wheels import source_requirements
from arena.pack.wording import explain_build, explain_failure

SMALL = find_environment("small", "x86_64")
REQUIREMENTS = Path("requirements.txt")


def kept(text: str, own: dict[str, Path] | None = None) -> dict[str, str]:
    return kept_packages(SMALL.packages, text, own or {})


def test_an_environments_packages_are_those_of_its_lock() -> None:
    assert SMALL.packages["numpy"] == "1.23.5"
    assert SMALL.packages["pydoe2"] == "1.3.0"


def test_an_environment_has_the_python_and_the_packages_of_its_debian_too() -> None:
    modern = find_environment("modern", "aarch64")
    assert str(modern) == "CPython 3.13 on Linux aarch64 with glibc up to 2.41"
    assert modern.packages["torch"].startswith("2.6.0")
    assert (modern.packages["numpy"], modern.packages["bayesmark"]) == ("2.2.4", "0.0.8")


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("a-1-py3-none-any.whl", True),
        ("a-1-py2.py3-none-any.whl", True),
        ("a-1-cp311-cp311-linux_x86_64.whl", True),
        ("a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        ("a-1-cp38-abi3-manylinux1_x86_64.whl", True),
        ("a-1-cp313-cp313-linux_x86_64.whl", False),
        ("a-1-cp311-cp311-linux_aarch64.whl", False),
        ("a-1-cp311-cp311-manylinux_2_39_x86_64.whl", False),
        ("a-1-cp311-cp311-win_amd64.whl", False),
    ],
)
def test_a_wheel_for_another_python_or_machine_is_refused_with_a_tag_that_fits(name: str, fits: bool) -> None:
    if fits:
        SMALL.check_tags([name])
        return
    with pytest.raises(Failure, match=rf"\*-cp311-cp311-manylinux_2_36_x86_64\.whl or .*; got {name}\."):
        SMALL.check_tags([name])


@pytest.mark.parametrize(
    ("line", "stays"),
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
def test_a_package_of_the_image_stays_unless_another_version_is_asked_for(line: str, stays: bool) -> None:
    assert ("numpy" in kept(f"# comment\n{line}\n")) is stays


def test_a_wheel_in_the_folder_stands_for_the_images_package() -> None:
    assert "numpy" not in kept("toolz", {"numpy-1.26.0-cp311-cp311-manylinux2014_x86_64.whl": Path()})


def test_a_requirement_without_a_wheel_is_named_with_what_to_do() -> None:
    stderr = "WARNING: x\nERROR: Could not find a version\nERROR: No matching distribution found for foo==3\n"
    text = explain_failure(REQUIREMENTS, stderr, find_environment("small", "aarch64"))
    assert "expected a wheel of foo==3 for CPython 3.11 on Linux aarch64" in text
    assert "put it beside optimizer.py" in text


def test_an_index_that_cannot_be_reached_is_no_missing_wheel() -> None:
    output = (
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(\"HTTPSConnection"
        "(host='index.invalid', port=443): Failed to resolve 'index.invalid'\")': /simple/toolz/\n"
        "ERROR: No matching distribution found for toolz\n"
    )

    text = explain_failure(REQUIREMENTS, output, SMALL)

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
        ("./tool", True),
        ("tool-1.0.tar.gz", True),
        ("tool @ https://example.org/tool-1.0-py3-none-any.whl#sha256=00", False),
        ("tool @ https://example.org/tool-1.0-py3-none-any.whl?signature=00", False),
        ("tool==1.0", False),
        ("-r more.txt", False),
        ("# git+https://example.org/tool", False),
    ],
)
def test_what_has_to_be_built_is_told_from_what_has_wheels(line: str, is_source: bool) -> None:
    assert bool(source_requirements(f"toolz\n{line}\n")) is is_source


def test_a_failure_that_pip_does_not_mark_as_an_error_is_shown_by_its_last_lines() -> None:
    output = "Collecting x\n  error: something went wrong\nerror: subprocess-exited-with-error\n"

    text = explain_failure(REQUIREMENTS, output, SMALL)

    assert "something went wrong" in text
    assert "put a wheel of it beside optimizer.py" in text


def test_a_build_that_fails_is_told_with_its_package_and_its_last_lines() -> None:
    output = (
        "Collecting tool\n  Building wheel for tool (setup.py): started\n  error: subprocess-exited-with-error\n"
        "      tool.c:1:10: fatal error: missing.h: No such file or directory\n      [end of output]\n"
        "  note: This error originates from a subprocess, and is likely not a problem with pip.\n"
        "  ERROR: Failed building wheel for tool\nERROR: Failed to build one or more wheels\n"
    )

    text = explain_build(REQUIREMENTS, output, SMALL)

    assert "expected tool to be built in the image of the environment small, it failed" in text
    assert "fatal error: missing.h: No such file or directory\nAsk for another version" in text
