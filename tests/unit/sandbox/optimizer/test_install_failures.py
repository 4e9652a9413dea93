"""Why a wheel or sources do not install, from what pip and the build wrote."""

from pathlib import Path

import pytest

from arena.sandbox.optimizer.install_failures import explain_build, explain_tags, explain_version

FITTING = ["cp313-cp313-manylinux_2_41_x86_64", "cp313-cp313-linux_x86_64", "cp313-abi3-linux_x86_64", "py3-none-any"]
TRACEBACK = """
  error: subprocess-exited-with-error
  ╰─> [9 lines of output]
      Traceback (most recent call last):
        File "/opt/venv/lib/python3.13/site-packages/setuptools/build_meta.py", line 335, in run_setup
          exec(code, locals())
        File "<string>", line 2, in <module>
        File "{place}/versioneer.py", line 1, in describe
          subprocess.run(["git", "describe"])
        File "/usr/lib/python3.13/subprocess.py", line 1955, in _execute_child
          raise child_exception_type(errno_num, err_msg, err_filename)
      {error}
      [end of output]
  note: This error originates from a subprocess, and is likely not a problem with pip.
error: metadata-generation-failed
"""


def explain(folder: Path, error: str) -> str:
    (folder / "setup.py").write_text("import versioneer\nversioneer.describe()\n")
    (folder / "versioneer.py").write_text('subprocess.run(["git", "describe"])\n')
    return explain_build("x-1.tar.gz", TRACEBACK.format(place=folder, error=error), folder)


def test_the_last_line_of_the_sources_that_failed_is_shown_with_the_error(tmp_path: Path) -> None:
    told = explain(tmp_path, "ValueError: no tags")

    assert told.startswith("x-1.tar.gz: expected sources that setuptools can build here")
    assert 'in versioneer.py, line 1, `subprocess.run(["git", "describe"])`: ValueError: no tags\n' in told


@pytest.mark.parametrize(
    ("error", "need"),
    [
        ("urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>", "wants the network"),
        ("ERROR: No matching distribution found for numba", "wants the network"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'git'", "needs git, which"),
        (
            "error: command 'x86_64-gcc' failed: No such file or directory",
            "needs x86_64-gcc, which",
        ),
        ("ModuleNotFoundError: No module named 'Cython'", "needs Cython, which"),
    ],
)
def test_what_was_missing_is_named(tmp_path: Path, error: str, need: str) -> None:
    assert need in explain(tmp_path, error)


def test_a_missing_file_of_the_sources_is_no_missing_program(tmp_path: Path) -> None:
    told = explain(tmp_path, "FileNotFoundError: [Errno 2] No such file or directory: 'README.md'")

    assert "README.md" in told
    assert "this environment does not have" not in told


def test_a_build_that_exits_with_a_word_is_told_that_word(tmp_path: Path) -> None:
    output = "  ╰─> [2 lines of output]\n      running\n      no licence\n      [end of output]\nerror: metadata-failed"

    assert ": running\n      no licence\nBring a wheel" in explain_build("x-1.tar.gz", output, tmp_path)


def test_output_without_an_error_line_is_shown_by_its_end(tmp_path: Path) -> None:
    assert "something odd" in explain_build("x-1.tar.gz", "much\nsomething odd\n", tmp_path)


def test_a_foreign_wheel_is_told_its_tags_and_those_that_fit() -> None:
    told = explain_tags("torch-1.5.0-1-cp36-cp36m-manylinux1_x86_64.whl", FITTING)

    assert "got one with the tags cp36-cp36m-manylinux1_x86_64." in told
    assert "cp313-cp313-manylinux_2_41_x86_64 or an older manylinux, cp313-abi3-linux_x86_64, py3-none-any." in told


@pytest.mark.parametrize(
    ("stated", "wheel", "right"),
    [
        ("2.5", "x-2.5-py3-none-any.whl", True),
        ("2.5", "x-0.0.0-py3-none-any.whl", False),
        ("0.0.0", "x-0.0.0-py3-none-any.whl", True),
        (None, "x-0.0.0-py3-none-any.whl", True),
    ],
)
def test_version_that_setuptools_could_not_find_is_noticed(
    tmp_path: Path, stated: str | None, wheel: str, right: bool
) -> None:
    if stated:
        (tmp_path / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: x\nVersion: {stated}\n")
    (tmp_path / "pyproject.toml").write_text('[build-system]\nrequires = ["hatch-vcs",\n  "hatchling"]\n')

    fault = explain_version("x-2.5.tar.gz", wheel, tmp_path)

    assert (fault is None) == right
    assert right or '["hatch-vcs", "hatchling"]' in str(fault)
